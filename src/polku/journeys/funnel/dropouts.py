"""Who got to a step of a funnel and no further."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from polku.journeys.asking.marks import NO_MARKS, Marks
from polku.journeys.funnel.funnel import Way
from polku.store import Block


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
