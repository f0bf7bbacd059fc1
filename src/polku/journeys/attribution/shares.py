"""What each model gives to each touchpoint, with how sure it is."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
import numpy.typing as npt

from polku.journeys.attribution.removal import removal
from polku.journeys.attribution.tally import Tally
from polku.stats import delete_a_group

Model = Literal["first", "last", "linear", "decay", "position", "markov1", "markov2", "markov3", "shapley"]
MODELS: Final[tuple[Model, ...]] = (
    "first", "last", "linear", "decay", "position", "markov1", "markov2", "markov3", "shapley",
)  # fmt: skip
RULES: Final[tuple[Model, ...]] = ("first", "last", "linear", "decay", "position", "shapley")
"""Those that `share_out` gives, in its order."""

Values = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Shares:
    """Shares (0–1) of conversions [0] and of what they are worth [1], by model and touchpoint, and half the width of
    their 95% intervals; NaN where there is nothing to divide, or too few profiles to say how sure it is.

    `met` are the conversions in whose paths each touchpoint is; the rest is as in Tally, `led_worth` what the
    conversions are worth that any touchpoint comes before.
    """

    models: tuple[Model, ...]
    share: Values
    half: Values
    met: npt.NDArray[np.int64]
    conversions: int
    valued: int
    worth: float
    led: int
    led_worth: float
    paths: int


def shares_of(tallies: Sequence[Tally], size: int, order: int) -> Shares:
    """The shares from what was counted in each random group of profiles."""
    parts = [_rules(tallies), *_chains(tallies, size, order)]
    whole, without = (np.concatenate([part[i] for part in parts], axis=-2) for i in (0, 1))
    told = [*RULES, *(f"markov{back}" for back in range(1, order + 1))]
    models = tuple(m for m in MODELS if m in told)
    whole, without = (shares[..., [told.index(m) for m in models], :] for shares in (whole, without))
    half = delete_a_group(without) if len(tallies) > 1 else np.full_like(whole, np.nan)
    together = sum(tallies[1:], tallies[0])
    return Shares(
        models,
        whole,
        half,
        together.met,
        together.conversions,
        together.valued,
        together.worth,
        together.led,
        float(together.credit[:, len(RULES)].sum()),  # what any rule gives of it to all touchpoints
        together.paths,
    )


def _chains(tallies: Sequence[Tally], size: int, order: int) -> list[tuple[Values, Values]]:
    """The shares of the chains that remember 1, 2, … touchpoints, and those without each group."""
    follows: list[npt.NDArray[Any]] = [t.follows for t in tallies]
    worths: list[npt.NDArray[Any]] = [t.worths for t in tallies]
    counted = [(follows, worths)]
    for _ in range(order - 1):
        follows, worths = ([_shorter(c, size) for c in counts] for counts in (follows, worths))
        counted.append((follows, worths))
    with ThreadPoolExecutor(2) as pool:  # the longest first
        found = list(pool.map(lambda of: removal(of[0], of[1], size), counted))
    return [(whole[:, None], without[:, :, None]) for whole, without in reversed(found)]


def _shorter(counts: npt.NDArray[Any], size: int) -> npt.NDArray[Any]:
    """Counts by the touchpoints that came last, by one fewer of them."""
    shorter: npt.NDArray[Any] = counts.reshape(size + 1, -1, *counts.shape[1:]).sum(
        axis=0, dtype=counts.dtype
    )
    return shorter


def _rules(tallies: Sequence[Tally]) -> tuple[Values, Values]:
    """The shares that rules give, and those without each group: [measure, rule, touchpoint]."""
    size = len(tallies[0].met)
    credit = np.array([t.credit.reshape(size, 2, len(RULES)).transpose(1, 2, 0) for t in tallies])
    whole = credit.sum(axis=0)
    return _divided(whole), _divided(whole - credit)


def _divided(credit: Values) -> Values:
    total = credit.sum(axis=-1, keepdims=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(total > 0, credit / total, np.nan)
