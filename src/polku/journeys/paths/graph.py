"""Which touchpoint follows which: the directly-follows graph."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from polku.journeys.asking.quantiles import WIDE
from polku.journeys.asking.scope import Scope
from polku.journeys.paths.kernels import Bins, follow, narrow
from polku.store import Block

Counts = npt.NDArray[np.int64]
Partial = tuple[Counts, Bins, Counts, Counts]

PAIRS = 1024
"""Room for so many pairs at first."""


@dataclass(frozen=True, slots=True)
class Follows:
    """Numbers `came[i]` → `went[i]` of the scope with gaps in wide bins (polku.journeys.asking.quantiles); `starts`
    and `ends` count the journeys that begin and end at each."""

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

    def partial(self, block: Block) -> Partial:
        columns, room = self.scope.counted(block).columns, PAIRS
        while (found := follow(*columns, self.scope.size, room))[0] > room:
            room *= 4
        return found[1:]

    def merge(self, a: Partial, b: Partial) -> Partial:
        if np.array_equal(a[0], b[0]):
            return a[0], a[1] + b[1], a[2] + b[2], a[3] + b[3]
        pairs, place = np.unique(np.concatenate([a[0], b[0]]), return_inverse=True)
        gaps = np.zeros((len(pairs), WIDE), a[1].dtype)
        gaps[place[: len(a[0])]] = a[1]  # a pair occurs once in each part
        gaps[place[len(a[0]) :]] += b[1]
        return pairs, gaps, a[2] + b[2], a[3] + b[3]

    def finish(self, partial: Partial) -> Follows:
        pairs, gaps, starts, ends = partial
        came, went = np.divmod(pairs, max(1, self.scope.size))
        return Follows(came, went, gaps.astype(np.int64), starts, ends)


@dataclass(frozen=True)
class NarrowQuestion:
    """Count the gaps of `pairs` (from · size + to) once more, those in some wide bins only, in narrow ones: where
    their quantiles are. `bins[i]` are the wide bins of `pairs[i]`. Answers one row of counts for each pair and bin, in
    their order."""

    scope: Scope
    pairs: tuple[int, ...]
    bins: tuple[tuple[int, ...], ...]

    def partial(self, block: Block) -> Bins:
        size = self.scope.size
        wanted = [(i, b) for i, bins in enumerate(self.bins) for b in bins]
        lines = np.full(size * size, len(self.pairs), np.uint32)  # the last is of pairs that are not wanted
        lines[list(self.pairs)] = np.arange(len(self.pairs))
        rows = np.full((len(self.pairs) + 1, WIDE), len(wanted), np.uint32)
        for row, (i, b) in enumerate(wanted):
            rows[i, b] = row
        return narrow(*self.scope.counted(block).columns, size, lines, rows.ravel(), len(wanted))

    def merge(self, a: Bins, b: Bins) -> Bins:
        return a + b

    def finish(self, partial: Bins) -> Counts:
        return partial.astype(np.int64)
