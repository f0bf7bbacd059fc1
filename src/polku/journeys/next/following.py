"""What comes after a path so far."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from polku.stats import FEWEST, delete_a_group, witten_bell

Counts = npt.NDArray[np.int64]
Values = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Following:
    """The probability of each touchpoint of the scope to come next, and last that of none, and half the width of their
    intervals (NaN where nobody can say); `plain` and `plain_half` are the same whatever came before.

    `seen[o]` is how often the last o touchpoints of the path were seen together, `rests_on` the most of them that were
    seen often enough.
    """

    probability: Values
    half: Values
    plain: Values
    plain_half: Values
    seen: tuple[int, ...]
    rests_on: int


def after(path: tuple[int, ...], counts: npt.NDArray[np.integer]) -> Counts:
    """What came after anything (row 0), after the last of `path` (row 1), after its last two in a row, and so on, from
    how often what came after what (one axis for each touchpoint, the last for what came)."""
    came = []
    for back in range(len(path) + 1):
        where: Any = (..., *path[len(path) - back :], slice(None))
        came.append(counts[where].reshape(-1, counts.shape[-1]).sum(axis=0, dtype=np.int64))
    return np.stack(came)


def following(groups: Counts) -> Following:
    """What to expect from `after` of each random group (first axis).

    Where the whole of a path is rare, more weight is on what comes after its end only (`witten_bell`); what was seen
    fewer than five times is of single persons and left out.
    """
    seen = groups.sum(axis=(0, 2))
    rests_on = max(0, int((seen >= FEWEST).sum()) - 1)
    probability, half = _believed(groups[:, : rests_on + 1])
    return Following(probability, half, *_believed(groups[:, :1]), tuple(seen.tolist()), rests_on)


def _believed(groups: Counts) -> tuple[Values, Values]:
    """Probabilities from what was counted in each group after each context, and half the width of their intervals."""
    counts = groups.sum(axis=0)
    whole = witten_bell(list(counts))
    if len(groups) < 2:
        return whole, np.full_like(whole, np.nan)
    return whole, delete_a_group(witten_bell(list((counts - groups).transpose(1, 0, 2))))
