"""What profiles meet again, at once or by way of something else."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from polku.journeys.asking.gaps import BINS
from polku.journeys.asking.scope import Scope
from polku.journeys.loops.kernels import repeat
from polku.store import Block

Counts = npt.NDArray[np.int64]
Bins = npt.NDArray[np.uint32]
PAIRS = 1024
"""Room for so many pairs at first."""

Partial = tuple[Counts, Bins, Bins, Counts, Counts, Bins]


@dataclass(frozen=True, slots=True)
class Repeated:
    """For each number of the scope: the profiles that meet it (`reach`), that meet it again (`again`), the `times` that
    those meet it in all, `direct` repeats (nothing in between) and the profiles with one (`direct_reach`); the times
    from their first to their last time (`spans`) and between direct repeats (`waits`).

    For each loop (`came[i]` → `by[i]` → `came[i]`, repeats in between being one time) how often (`loops`), how many
    profiles (`loop_reach`), and the times from leaving to being back (`away`). Times are in bins of
    polku.journeys.asking.gaps.
    """

    reach: Counts
    again: Counts
    times: Counts
    direct: Counts
    direct_reach: Counts
    spans: Counts
    waits: Counts
    came: Counts
    by: Counts
    loops: Counts
    loop_reach: Counts
    away: Counts


@dataclass(frozen=True)
class LoopsQuestion:
    """Count what profiles meet again within the scope, at once or by way of something else."""

    scope: Scope

    def partial(self, block: Block) -> Partial:
        columns, room = self.scope.counted(block).columns, PAIRS
        while (found := repeat(*columns, self.scope.size, room))[0] > room:
            room *= 4
        _, told, spans, directs, loops, gaps = found
        pairs = np.flatnonzero(loops[:, 0])
        return told, spans, directs, pairs, loops[pairs, :2], gaps[loops[pairs, 2]]

    def merge(self, a: Partial, b: Partial) -> Partial:
        pairs, place = np.unique(np.concatenate([a[3], b[3]]), return_inverse=True)
        counts, gaps = np.zeros((len(pairs), 2), np.int64), np.zeros((len(pairs), BINS), np.uint32)
        for part, places in ((a, place[: len(a[3])]), (b, place[len(a[3]) :])):
            counts[places] += part[4]  # a pair occurs once in each part
            gaps[places] += part[5]
        return a[0] + b[0], a[1] + b[1], a[2] + b[2], pairs, counts, gaps

    def finish(self, partial: Partial) -> Repeated:
        told, spans, directs, pairs, loops, gaps = partial
        came, by = np.divmod(pairs, max(1, self.scope.size))
        reach, again, times, direct, direct_reach = told.T
        times_of = [c.astype(np.int64) for c in (spans, directs, gaps)]
        return Repeated(
            reach, again, times, direct, direct_reach, times_of[0], times_of[1],
            came, by, loops[:, 0], loops[:, 1], times_of[2],
        )  # fmt: skip
