"""How many get through given touchpoints in order."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from polku.errors import InvalidInput
from polku.journeys.asking.scope import Scope
from polku.journeys.funnel.kernels import climb
from polku.store import Block
from polku.workspace import FOREVER

MOST_STEPS = 32
Counts = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Climbed:
    """`reached[k]`: profiles that get to step k or further; `gaps[k]`: their times from the first step
    to it, in bins."""

    reached: Counts
    gaps: Counts


@dataclass(frozen=True)
class FunnelQuestion:
    """Count profiles by the furthest step they get to, each step after the one before, all within `window`
    seconds of the first (None: no limit).

    Every occurrence of the first step begins an attempt, so a later one may succeed where an earlier
    failed; other touchpoints in between do not matter; an event is never two steps of one attempt. Events
    of the same moment are in their order of arrival. The time to a step is that of the first attempt that
    gets there, counted from the latest first step that makes it possible. Raises InvalidInput without steps
    or with more than 32.
    """

    scope: Scope
    steps: tuple[int, ...]  # touchpoint codes; one may occur several times
    window: int | None = None

    def __post_init__(self) -> None:
        if not 1 <= len(self.steps) <= MOST_STEPS:
            raise InvalidInput(
                "A funnel has 1 to %(most)s steps, not %(given)s.", most=MOST_STEPS, given=len(self.steps)
            )

    @cached_property
    def _steps_of(self) -> npt.NDArray[np.uint32]:
        bits = np.zeros(max(1, self.scope.size), np.uint32)
        for place, code in enumerate(self.steps):
            if code in self.scope.codes:
                bits[self.scope.codes.index(code)] |= np.uint32(1 << place)
        return bits

    def partial(self, block: Block) -> tuple[Counts, Counts]:
        window = FOREVER if self.window is None else self.window
        return climb(*self.scope.counted(block).columns, self._steps_of, len(self.steps), window)

    def merge(self, a: tuple[Counts, Counts], b: tuple[Counts, Counts]) -> tuple[Counts, Counts]:
        return a[0] + b[0], a[1] + b[1]

    def finish(self, partial: tuple[Counts, Counts]) -> Climbed:
        furthest, gaps = partial
        return Climbed(np.cumsum(furthest[::-1])[::-1][1:], gaps)
