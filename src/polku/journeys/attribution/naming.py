"""What models are called where people read of them."""

from __future__ import annotations

from typing import Final

from polku.i18n import LazyText, _l
from polku.journeys.attribution.shares import Model

NAMES: Final[dict[Model, LazyText]] = {
    "first": _l("first touchpoint"),
    "last": _l("last touchpoint"),
    "linear": _l("even split"),
    "decay": _l("latest most"),
    "position": _l("first and last most"),
    "markov1": _l("Markov 1"),
    "markov2": _l("Markov 2"),
    "markov3": _l("Markov 3"),
    "shapley": _l("Shapley"),
}

MEANINGS: Final[dict[Model, LazyText]] = {
    "first": _l("all to the first touchpoint of the path"),
    "last": _l("all to the last touchpoint before it"),
    "linear": _l("alike to all of the path"),
    "decay": _l("more to the latest: half for each half-life further back"),
    "position": _l("40%% to the first, 40%% to the last, the rest alike"),
    "markov1": _l("what would be lost without it, if the next step depended on the touchpoint before"),
    "markov2": _l("the same, on the two before"),
    "markov3": _l("the same, on the three before"),
    "shapley": _l("alike to each different touchpoint of the path, however often it is there"),
}
"""What each gives, and to whom."""
