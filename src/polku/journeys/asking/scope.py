"""What a journey question counts: which touchpoints, when, from which source."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Self

import numpy as np
import numpy.typing as npt

from polku.journeys.asking.kernels import responses_among, sift, values_that_count
from polku.journeys.asking.views import views
from polku.store import Block
from polku.workspace import FOREVER


@dataclass(frozen=True, slots=True, eq=False)
class Counted:
    """The events of a block that count, without those that do not: what the kernels of questions walk.

    Journey p's are `starts[p]` to `ends[p]` (int64, none where they are equal), in time order; of each event its
    `time` in seconds since 1970 (uint32) and the `number` of its touchpoint in the scope (uint16, from 0).
    """

    starts: npt.NDArray[np.int64]
    ends: npt.NDArray[np.int64]
    time: npt.NDArray[np.uint32]
    number: npt.NDArray[np.uint16]

    @property
    def columns(
        self,
    ) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.uint32], npt.NDArray[np.uint16]]:
        """As kernels take them."""
        return self.starts, self.ends, self.time, self.number

    def choose(self, chosen: npt.NDArray[np.int64]) -> Self:
        """Only the journeys at these places."""
        return type(self)(self.starts[chosen], self.ends[chosen], self.time, self.number)


@dataclass(frozen=True, slots=True, eq=False)
class Responses:
    """Of each response: whose it is (a place among the whole block's journeys, ascending), the place in `time` and
    `number` of Counted of the first event that counts at or after it (both uint32), when it was given in seconds since
    1970 (uint32), and its score (float32)."""

    profile: npt.NDArray[np.uint32]
    place: npt.NDArray[np.uint32]
    time: npt.NDArray[np.uint32]
    score: npt.NDArray[np.float32]


@dataclass(frozen=True)
class Scope:
    """Events of the touchpoints `codes` (touchpoint 0 is none and never counts), with `low` ≤ time < `high` in
    seconds since 1970, of the source with this id, or of all sources when it is None.

    Everything else is as if it had not happened: what follows a touchpoint is the next one within the
    scope. A touchpoint's number is its place in `codes`, or, where `numbers` are given, the one at that place:
    several touchpoints of one channel or stage may share a number.
    """

    codes: tuple[int, ...]
    low: int = 0
    high: int = FOREVER
    source: int | None = None
    numbers: tuple[int, ...] | None = field(default=None)

    @property
    def size(self) -> int:
        """How many numbers there are."""
        return len(self.codes) if self.numbers is None else max(self.numbers, default=-1) + 1

    @cached_property
    def index(self) -> npt.NDArray[np.uint16]:
        """For each touchpoint code its number + 1, or 0 where it does not count."""
        numbers = range(len(self.codes)) if self.numbers is None else self.numbers
        return _index(tuple(zip(self.codes, numbers, strict=True)))

    @property
    def limits(self) -> npt.NDArray[np.int64]:
        """The rest of the scope as kernels take it."""
        return np.array([self.low, self.high, -1 if self.source is None else self.source], np.int64)

    def counted(self, block: Block) -> Counted:
        """The events of a block that count."""
        if block.part_of is not None:
            whole, chosen = block.part_of
            return self.counted(whole).choose(chosen)
        found: Counted | None = views.get(block, self)
        if found is None:
            rows = len(block.time)
            time, number = np.empty(rows, np.uint32), np.empty(rows, np.uint16)
            starts, ends, size = sift(
                block.starts, block.ends, block.time, block.touchpoint, block.source, self.index, self.limits,
                time, number,
            )  # fmt: skip
            found = Counted(starts, ends, time[:size], number[:size])
            views.keep(block, self, found, starts, ends, found.time, found.number)
        return found

    def values(self, block: Block, number: int) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float32]]:
        """The events with this number among those that count (their places in `time` and `number` of `counted`,
        ascending), and their values (NaN where there is none)."""
        whole = block.part_of[0] if block.part_of is not None else block
        key = (self, "values", number)
        found: tuple[npt.NDArray[np.int64], npt.NDArray[np.float32]] | None = views.get(whole, key)
        if found is None:
            found = values_that_count(
                whole.starts, whole.ends, whole.time, whole.touchpoint, whole.source, whole.value, self.index,
                self.limits, number,
            )  # fmt: skip
            views.keep(whole, key, found, *found)
        return found

    def responses(self, block: Block) -> Responses:
        """The responses of a block's profiles, wherever they came from, beside the events that count."""
        whole, chosen = block.part_of or (block, None)
        key = (self, "responses")
        found: Responses | None = views.get(whole, key)
        if found is None:
            of_each = responses_among(
                whole.starts, whole.ends, whole.time, whole.touchpoint, whole.source, whole.score, self.index,
                self.limits,
            )  # fmt: skip
            found = Responses(*of_each)
            views.keep(whole, key, found, *of_each)
        if chosen is None:
            return found
        is_chosen = np.zeros(len(whole.profiles), bool)
        is_chosen[chosen] = True
        kept = is_chosen[found.profile]
        return Responses(found.profile[kept], found.place[kept], found.time[kept], found.score[kept])


@lru_cache(maxsize=64)
def _index(numbered: tuple[tuple[int, int], ...]) -> npt.NDArray[np.uint16]:
    index = np.zeros(65_536, np.uint16)
    for code, number in numbered:
        index[code] = number + 1
    index[0] = 0
    index.setflags(write=False)
    return index
