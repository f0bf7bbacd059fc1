"""Who got to a step of a funnel and no further."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from polku.journeys.asking.marks import NO_MARKS, Marks
from polku.journeys.funnel.funnel import Way
from polku.store import Block

Newest = tuple[int, npt.NDArray[np.uint32], npt.NDArray[np.uint64]]


@dataclass(frozen=True, slots=True)
class Dropped:
    """Profiles whose furthest attempt got to step `at` (from 1) of a way whose codes are those of `marks`."""

    way: Way
    at: int
    marks: Marks = NO_MARKS

    def holds(self, block: Block) -> npt.NDArray[np.bool_]:
        """Whether it does, of each profile of a block."""
        return self.when(block)[0]

    def when(self, block: Block) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.uint32]]:
        """The same, and when each profile last got as far as it got, in seconds since 1970."""
        furthest, when, _, _ = self.way.climb(block)
        return furthest == self.at, when


@dataclass(frozen=True, slots=True)
class Found:
    """So many dropped out in all, and the newest of them: profiles, and when they last got to the step."""

    total: int
    profiles: npt.NDArray[np.uint64]
    when: npt.NDArray[np.uint32]


@dataclass(frozen=True)
class DropoutsQuestion:
    """Find the profiles that dropped out, of them the `most` that did so last."""

    dropped: Dropped
    most: int

    def partial(self, block: Block) -> Newest:
        holds, when = self.dropped.when(block)
        return self._newest(int(holds.sum()), when[holds], block.profiles[holds])

    def merge(self, a: Newest, b: Newest) -> Newest:
        return self._newest(a[0] + b[0], np.concatenate([a[1], b[1]]), np.concatenate([a[2], b[2]]))

    def finish(self, partial: Newest) -> Found:
        total, when, profiles = partial
        order = np.lexsort((profiles, -when.astype(np.int64)))
        return Found(total, profiles[order], when[order])

    def _newest(self, total: int, when: npt.NDArray[np.uint32], profiles: npt.NDArray[np.uint64]) -> Newest:
        """No more than are wanted; of the same moment those with the smallest numbers, so that it does not matter
        which blocks are merged first."""
        if len(when) > self.most:
            kept = np.lexsort((profiles, -when.astype(np.int64)))[: self.most]
            when, profiles = when[kept], profiles[kept]
        return total, when, profiles
