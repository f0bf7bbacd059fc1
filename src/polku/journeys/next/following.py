"""What comes after a path so far."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from polku.journeys.asking.groups import by_group
from polku.journeys.asking.scope import Scope
from polku.journeys.next.kernels import follow_path
from polku.stats import FEWEST, delete_a_group, witten_bell
from polku.store import Block

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


@dataclass(frozen=True)
class FollowingQuestion:
    """What comes after `path`, numbers of the scope, the last one last: from all that is seen in full before `end`.

    A path ends where nothing comes within `within` seconds. Where the whole of `path` is rare, more weight is on what
    comes after its end only (`witten_bell`); what was seen fewer than five times is of single persons and left out.
    """

    scope: Scope
    path: tuple[int, ...]
    within: int
    end: int

    def partial(self, block: Block) -> dict[int, Counts]:
        path = np.array(self.path, np.int64)
        return {
            group: follow_path(
                *self.scope.counted(part).columns, path, self.scope.size, self.within, self.end
            )
            for group, part in by_group(block)
        }

    def merge(self, a: dict[int, Counts], b: dict[int, Counts]) -> dict[int, Counts]:
        return a | {g: a[g] + counts if g in a else counts for g, counts in b.items()}

    def finish(self, partial: dict[int, Counts]) -> Following:
        empty = np.zeros((len(self.path) + 1, self.scope.size + 1), np.int64)
        groups = np.array([partial[g] for g in sorted(partial)] or [empty])
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
