"""How many get through given touchpoints in order: of all, and of those who began in each span of time."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt

from polku.errors import InvalidInput
from polku.journeys.asking.scope import Scope
from polku.journeys.funnel.kernels import climb, descend
from polku.store import Block
from polku.workspace import FOREVER

MOST_STEPS: Final = 32
Counts = npt.NDArray[np.int64]
Codes = tuple[int, ...]
Bits = npt.NDArray[np.uint32]


@dataclass(frozen=True)
class Way:
    """What an attempt has to get through: of each step the codes of which it is any, and the codes that must not come
    between the step before and it; all steps within `within` seconds of the first, each within `between` of the one
    before it (None: no limit).

    Every event of the first step begins an attempt. Others in between do not matter, and an event is never two steps
    of one attempt. Events of the same moment are in their order of arrival. Raises InvalidInput without steps or with
    more than 32.
    """

    scope: Scope
    steps: tuple[Codes, ...]
    barred: tuple[Codes, ...] = ()
    within: int | None = None
    between: int | None = None

    def __post_init__(self) -> None:
        if not 1 <= len(self.steps) <= MOST_STEPS:
            raise InvalidInput(
                "A funnel has 1 to %(most)s steps, not %(given)s.", most=MOST_STEPS, given=len(self.steps)
            )

    def climb(self, block: Block) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint32], Counts, Counts]:
        """What the kernel `climb` finds in a block."""
        starts, ends, time, number = self.scope.counted(block).columns
        steps_of, barred_of, only = self._of_numbers
        return climb(starts, ends, time, number, steps_of, barred_of, only, len(self.steps), *self._windows)

    def descend(self, block: Block, edges: tuple[int, ...]) -> tuple[Counts, Counts]:
        """What the kernel `descend` finds in a block."""
        starts, ends, time, number = self.scope.counted(block).columns
        steps_of, barred_of, only = self._of_numbers
        within, between = self._windows
        return descend(
            starts, ends, time, number, steps_of, barred_of, only, len(self.steps), within, between,
            np.array(edges, np.int64),
        )  # fmt: skip

    @property
    def _windows(self) -> tuple[int, int]:
        within, between = (FOREVER if w is None else w for w in (self.within, self.between))
        return within, between

    @cached_property
    def _of_numbers(self) -> tuple[Bits, Bits, Counts]:
        steps, barred = self._bits(self.steps), self._bits(self.barred)
        is_one = (steps & (steps - 1) == 0) & (steps > 0) & (barred == 0)
        only = np.where(is_one, np.log2(np.maximum(steps, 1)), -1).astype(np.int64)
        return steps, barred, only

    @property
    def longest(self) -> int | None:
        """The longest that an attempt can take, in seconds."""
        hops = None if self.between is None else self.between * (len(self.steps) - 1)
        return min((w for w in (self.within, hops) if w is not None), default=None)

    def _bits(self, codes_of: tuple[Codes, ...]) -> Bits:
        bits = np.zeros(max(1, self.scope.size), np.uint32)
        places = {code: i for i, code in enumerate(self.scope.codes)}
        for k, codes in enumerate(codes_of):
            for code in codes:
                if code in places:
                    bits[places[code]] |= np.uint32(1 << k)
        return bits


@dataclass(frozen=True, slots=True)
class Climbed:
    """`reached[k]`: profiles that get to step k or further; `after[k]` and `wait[k]`: their times to it, from the
    first step and from the step before, in bins."""

    reached: Counts
    after: Counts
    wait: Counts


@dataclass(frozen=True)
class FunnelQuestion:
    """Count profiles by the furthest step that any of their attempts gets to.

    The time to a step is that of the first attempt that gets there; of several at once, of the one that began last.
    """

    way: Way

    def partial(self, block: Block) -> tuple[Counts, Counts, Counts]:
        furthest, _, after, wait = self.way.climb(block)
        return np.bincount(furthest, minlength=len(self.way.steps) + 1), after, wait

    def merge(
        self, a: tuple[Counts, Counts, Counts], b: tuple[Counts, Counts, Counts]
    ) -> tuple[Counts, Counts, Counts]:
        return a[0] + b[0], a[1] + b[1], a[2] + b[2]

    def finish(self, partial: tuple[Counts, Counts, Counts]) -> Climbed:
        furthest, after, wait = partial
        return Climbed(np.cumsum(furthest[::-1])[::-1][1:], after, wait)


@dataclass(frozen=True, slots=True)
class Conversions:
    """Of each span of time the profiles that began an attempt in it, and those of whom such an attempt got through."""

    began: Counts
    converted: Counts


@dataclass(frozen=True)
class ConversionQuestion:
    """Count profiles that begin in each span of time between two `edges` (seconds since 1970), and of them those who
    get through by an attempt that began in it."""

    way: Way
    edges: tuple[int, ...]

    def partial(self, block: Block) -> tuple[Counts, Counts]:
        return self.way.descend(block, self.edges)

    def merge(self, a: tuple[Counts, Counts], b: tuple[Counts, Counts]) -> tuple[Counts, Counts]:
        return a[0] + b[0], a[1] + b[1]

    def finish(self, partial: tuple[Counts, Counts]) -> Conversions:
        return Conversions(*partial)
