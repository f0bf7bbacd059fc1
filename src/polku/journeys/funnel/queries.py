"""What can be asked about a funnel: how many get through it, by when they began, and who did not."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import ClassVar

from pydantic import Field

from polku.errors import InvalidInput
from polku.journeys.asking.marks import Marks
from polku.journeys.asking.newest import NewestQuestion
from polku.journeys.asking.over_time import SpannedQuery
from polku.journeys.asking.query import Asker, JourneyQuery
from polku.journeys.asking.telling import share
from polku.journeys.funnel import steps as texts
from polku.journeys.funnel import telling
from polku.journeys.funnel.comparing import differences
from polku.journeys.funnel.dropouts import Dropped
from polku.journeys.funnel.funnel import ConversionQuestion, FunnelQuestion, Way
from polku.journeys.funnel.results import (
    ConversionOverTime,
    DropoutsOfFunnel,
    FunnelOfJourneys,
    SpanConversion,
)
from polku.journeys.funnel.steps import Step, Steps
from polku.journeys.map.encounters import EncountersQuestion
from polku.journeys.touchpoints.known import Touchpoints
from polku.workspace import FOREVER, Duration, Workspace


class FunnelQuery(JourneyQuery):
    """A question about those who go through given touchpoints in order.

    Every time of the first step begins an attempt. A step may be any of several touchpoints (a|b), an event with
    conditions (purchase[value>100&category=shoes]), and follow the one before without another in between
    (cart,!return,purchase). Other touchpoints do not matter. All steps are within the period.
    """

    steps: Steps = Field(description="In order, e.g. ad|email,product,cart,!return,purchase[value>100]")
    within: Duration | None = Field(
        None, description="From the first step to the last, e.g. 30d; default: no limit"
    )
    between: Duration | None = Field(
        None, description="From each step to the next, e.g. 2d; default: no limit"
    )

    def way(self, workspace: Workspace) -> Way:
        """What an attempt has to get through. Raises InvalidInput, and UnknownTouchpoint."""
        steps, marks = self.read(workspace), self.marks(workspace)
        asked = [m for s in steps for m in s.marks]
        by_code = workspace.part(Touchpoints).catalogue().by_code
        scope = self.scope(workspace, dict.fromkeys(by_code[m.code] for m in asked))
        codes = dict.fromkeys(c for m in asked if m.code in scope.codes for c in marks.codes(m))
        any_of = tuple(tuple(c for m in s.any_of for c in marks.codes(m)) for s in steps)
        barred = tuple(tuple(c for m in s.without for c in marks.codes(m)) for s in steps)
        within, between = self._seconds(self.within), self._seconds(self.between)
        return Way(replace(scope, codes=tuple(codes)), any_of, barred, within, between)

    def read(self, workspace: Workspace) -> tuple[Step, ...]:
        return texts.read(self.steps, workspace.part(Touchpoints).catalogue())

    def marks(self, workspace: Workspace) -> Marks:
        return Marks.of(m for s in self.read(workspace) for m in s.marks)

    @property
    def windows(self) -> tuple[float | None, float | None]:
        """`within` and `between` in seconds."""
        within, between = (None if w is None else w.total_seconds() for w in (self.within, self.between))
        return within, between

    def _seconds(self, window: timedelta | None) -> int | None:
        if window is not None and window <= timedelta(0):
            raise InvalidInput(
                "The window must be longer than 0, not %(given)s. Give e.g. 30d.", given=str(window)
            )
        return None if window is None else min(int(window.total_seconds()), FOREVER)


class JourneyFunnel(FunnelQuery):
    """How many profiles get through given touchpoints in order, and how long it takes them.

    Every time of the first step begins an attempt; the attempt that gets furthest counts. A step may be any of several
    touchpoints (a|b), an event with conditions (purchase[value>100&category=shoes]), and follow the one before without
    another in between (cart,!return,purchase). Other touchpoints do not matter. All steps are within the period.
    """

    path: ClassVar[str] = "journeys/funnel"

    def answer(self, workspace: Workspace) -> FunnelOfJourneys:
        told = self.each(workspace, lambda ask: self._told(workspace, ask))
        return replace(told, differences=differences(told)) if told.breakdown else told

    def _told(self, workspace: Workspace, ask: Asker) -> FunnelOfJourneys:
        way, catalogue = self.way(workspace), workspace.part(Touchpoints).catalogue()
        climbed = ask(FunnelQuestion(way))
        if climbed.reached.all():  # the usual case, and then nothing more needs to be asked
            occur = set(way.scope.codes)
        else:
            volume = ask(EncountersQuestion(way.scope)).volume
            occur = {code for code, times in zip(way.scope.codes, volume, strict=True) if times}
        steps = self.read(workspace)
        return FunnelOfJourneys(
            self.covered(workspace),
            *self.windows,
            tuple(
                telling.step(s, k, climbed, catalogue, occurs=not occur.isdisjoint(way.steps[k]))
                for k, s in enumerate(steps)
            ),
            tuple(telling.times(s, k, climbed, catalogue) for k, s in enumerate(steps)),
            telling.to_convert(climbed.after[-1]),
        )


class JourneyConversion(FunnelQuery, SpannedQuery):
    """How many of those who begin a funnel get through it, by the day, week or month in which they began.

    A profile counts once in each span of time in which it begins an attempt, and as converted if an attempt that began
    in it gets through. Steps are written as those of journeys/funnel.
    """

    path: ClassVar[str] = "journeys/conversion"

    def answer(self, workspace: Workspace) -> ConversionOverTime:
        return self.each(workspace, lambda ask: self._told(workspace, ask))

    def _told(self, workspace: Workspace, ask: Asker) -> ConversionOverTime:
        way = self.way(workspace)
        calendar = self.calendar(workspace)
        unit, starts, limits = calendar.unit, calendar.starts, calendar.edges
        covered = self.covered(workspace)
        if not starts:
            return ConversionOverTime(covered, *self.windows, unit, ())
        found = ask(ConversionQuestion(way, limits))
        over = min(way.scope.high, int(covered.as_of.timestamp())) - (way.longest or 0)
        counted = zip(starts, pairwise(limits), found.began.tolist(), found.converted.tolist(), strict=True)
        spans = tuple(
            SpanConversion(start, began, converted, share(converted, began), end <= over)
            for start, (_, end), began, converted in counted
        )
        return ConversionOverTime(covered, *self.windows, unit, spans)


class JourneyDropouts(FunnelQuery):
    """Who got to a step of a funnel and no further, the newest first.

    With the last step, those who got through. Steps are written as those of journeys/funnel. Any other question can be
    asked of them: --who funnel:product>cart>purchase:2.
    """

    path: ClassVar[str] = "journeys/dropouts"
    at: int = Field(ge=1, description="The step they got to, from 1; what must not happen is no step")
    top: int = Field(100, ge=1, le=10_000, description="How many to list")

    def answer(self, workspace: Workspace) -> DropoutsOfFunnel:
        return self.each(workspace, lambda ask: self._told(workspace, ask))

    def dropped(self, workspace: Workspace) -> Dropped:
        """What holds of those who dropped out. Raises InvalidInput for a step that is not there."""
        way = self.way(workspace)
        if self.at > len(way.steps):
            raise InvalidInput(
                "There is no step %(at)s: the funnel has %(steps)s. Choose 1 to %(steps)s.",
                at=self.at,
                steps=len(way.steps),
            )
        return Dropped(way, self.at, self.marks(workspace))

    def _told(self, workspace: Workspace, ask: Asker) -> DropoutsOfFunnel:
        dropped, catalogue = self.dropped(workspace), workspace.part(Touchpoints).catalogue()
        found = ask(NewestQuestion(dropped, self.top))
        step = telling.step_name(self.read(workspace)[self.at - 1], catalogue)
        return DropoutsOfFunnel(self.covered(workspace), *self.windows, step, found.total, found.listed)
