"""Questions about each day, week or month of a period: which there are, which of them are over, and how kernels
find the one that a moment is in."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import Final, Literal
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
from pydantic import Field

from polku.journeys.asking.answers import Answers
from polku.journeys.asking.calendar import Unit, day_of, edges, spans, unit_for
from polku.journeys.asking.query import JourneyQuery
from polku.journeys.asking.views import views
from polku.store import Block
from polku.workspace import FIRST_DAY, LAST_DAY, Workspace

SLOT: Final = 16
"""Moments are looked up by the 2¹⁶ seconds (18 hours) they are in, which hold one midnight or none."""

_NEVER: Final = 2**32
_LATE: Final = int(timedelta(days=1).total_seconds())


@dataclass(frozen=True)
class ExtentQuestion:
    """The first and last second of any event of a block's profiles; None when there is none."""

    def partial(self, block: Block) -> tuple[int, int] | None:
        if not len(block):
            return None
        found: tuple[int, int] | None = views.get(block, "extent")
        if found is None:
            found = int(block.time.min()), int(block.time.max())
            views.keep(block, "extent", found)
        return found

    def merge(self, a: tuple[int, int] | None, b: tuple[int, int] | None) -> tuple[int, int] | None:
        if a is None or b is None:
            return a or b
        return min(a[0], b[0]), max(a[1], b[1])

    def finish(self, partial: tuple[int, int] | None) -> tuple[int, int] | None:
        return partial


@dataclass(frozen=True, slots=True)
class Calendar:
    """The whole days, weeks or months that hold a period's days: when each begins, and their edges in seconds (one
    more). The blocks, and the period, reach to `until`; the last event of anyone is at `last`."""

    unit: Unit
    starts: tuple[date, ...] = ()
    edges: tuple[int, ...] = ()
    until: int = 0
    last: int = 0

    @property
    def over(self) -> int:
        """How many of the spans are over, so that nothing more can happen in them that is not known yet.

        A file that was imported may end in the middle of a month, years ago: what follows is not known to be quiet.
        So the last event must be in a later span, or in the last tenth of the span.
        """
        ends = pairwise(self.edges)
        return sum(end <= self.until and end - (end - begin) // 10 <= self.last for begin, end in ends)

    def so_far(self) -> Calendar:
        """Without the spans in which, or after which, nothing has happened."""
        begun = sum(edge < self.until and edge <= self.last for edge in self.edges[:-1])
        return replace(self, starts=self.starts[:begun], edges=self.edges[: begun + 1] if begun else ())

    def with_one_before(self, zone: ZoneInfo) -> Calendar:
        """And the span right before the first, to which that is compared."""
        day_before = self.starts[0] - timedelta(days=1)
        before = spans(day_before, day_before, self.unit)
        begins = edges(before, self.unit, zone)[0]
        return replace(self, starts=(*before, *self.starts), edges=(begins, *self.edges))


class SpannedQuery(JourneyQuery):
    """A question about each day, week or month."""

    by: Literal["day", "week", "month"] | None = Field(None, description="Default: what suits the period")

    def unit(self, first: date, last: date) -> Unit:
        """The unit that suits a period."""
        return unit_for(first, last)

    def calendar(self, workspace: Workspace) -> Calendar:
        """The spans of the period as far as there are events; none where nothing has happened."""
        scope, zone = self.scope(workspace, ()), ZoneInfo(workspace.settings.timezone)
        extent = workspace.part(Answers).ask(ExtentQuestion())
        first = (
            max(self.since, FIRST_DAY) if self.since else extent and day_of(max(extent[0], scope.low), zone)
        )
        last = (
            min(self.until, LAST_DAY) if self.until else extent and day_of(min(extent[1], scope.high), zone)
        )
        if first is None or last is None or first > last:
            return Calendar(self.by or "day")
        unit: Unit = self.by or self.unit(first, last)
        starts = spans(first, last, unit)
        until = min(int(workspace.part(Answers).as_of.timestamp()), scope.high)
        return Calendar(unit, tuple(starts), edges(starts, unit, zone), until, extent[1] if extent else 0)


def known_until(workspace: Workspace, high: int) -> int:
    """Until when what happened is known, in seconds since 1970: the last event of anyone and a day, no later than
    the blocks are of, nor than `high`."""
    answers = workspace.part(Answers)
    extent = answers.ask(ExtentQuestion())
    if extent is None:
        return 0
    return min(extent[1] + _LATE, int(answers.as_of.timestamp()), high)


@lru_cache(maxsize=64)
def passed(edges: tuple[int, ...]) -> tuple[npt.NDArray[np.uint16], npt.NDArray[np.int64]]:
    """How a kernel finds how many of `edges` (ascending) are at or before a moment `t`: `slots` of them are when
    its slot begins, and as long as `t >= ends[that]`, one more is.

    So 0 is before the first span, and n + 1 after the last of n.
    """
    ends = np.array([*edges, _NEVER], np.int64)
    begins = np.arange(1 << SLOT, dtype=np.int64) << (32 - SLOT)
    slots = np.searchsorted(ends, begins, side="right").astype(np.uint16)
    for array in (slots, ends):
        array.setflags(write=False)
    return slots, ends
