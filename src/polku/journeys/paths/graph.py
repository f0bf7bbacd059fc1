"""Which touchpoint follows which: the directly-follows graph."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from polku.journeys.asking.gaps import BINS
from polku.journeys.asking.scope import Scope
from polku.journeys.paths.kernels import follow
from polku.store import Block

Counts = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Follows:
    """Touchpoints `came[i]` → `went[i]` (places in the scope's codes) with gaps in bins; `starts` and
    `ends` count the journeys that begin and end at each touchpoint."""

    came: Counts
    went: Counts
    gaps: Counts
    starts: Counts
    ends: Counts

    @property
    def counts(self) -> Counts:
        """How often each pair occurs."""
        total: Counts = self.gaps.sum(axis=1)
        return total


@dataclass(frozen=True)
class FollowsQuestion:
    """Count each touchpoint that comes right after another in a journey, within the scope, and the time
    between."""

    scope: Scope

    def partial(self, block: Block) -> tuple[Counts, Counts, Counts, Counts]:
        found: tuple[Counts, Counts, Counts, Counts] = follow(
            *self.scope.counted(block).columns, self.scope.size
        )
        return found

    def merge(
        self, a: tuple[Counts, Counts, Counts, Counts], b: tuple[Counts, Counts, Counts, Counts]
    ) -> tuple[Counts, Counts, Counts, Counts]:
        if np.array_equal(a[0], b[0]):
            return a[0], a[1] + b[1], a[2] + b[2], a[3] + b[3]
        pairs, place = np.unique(np.concatenate([a[0], b[0]]), return_inverse=True)
        gaps = np.zeros((len(pairs), BINS), a[1].dtype)
        gaps[place[: len(a[0])]] = a[1]  # a pair occurs once in each part
        gaps[place[len(a[0]) :]] += b[1]
        return pairs, gaps, a[2] + b[2], a[3] + b[3]

    def finish(self, partial: tuple[Counts, Counts, Counts, Counts]) -> Follows:
        pairs, gaps, starts, ends = partial
        came, went = np.divmod(pairs, max(1, self.scope.size))
        return Follows(came, went, gaps.astype(np.int64), starts, ends)
