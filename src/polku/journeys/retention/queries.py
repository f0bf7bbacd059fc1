"""Retention and the life cycle."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import ClassVar, Final
from zoneinfo import ZoneInfo

from pydantic import Field

from polku.journeys.asking.answers import Answers
from polku.journeys.asking.calendar import Unit, long_unit_for
from polku.journeys.asking.over_time import Calendar, ExtentQuestion, SpannedQuery
from polku.journeys.asking.query import Asker
from polku.journeys.asking.results import Met
from polku.journeys.asking.scope import Scope
from polku.journeys.asking.telling import met_of, share
from polku.journeys.map.encounters import EncountersQuestion
from polku.journeys.retention.averages import averages, cohorts, halves_of
from polku.journeys.retention.lifecycle import LifecycleQuestion
from polku.journeys.retention.results import (
    LifecycleOfJourneys,
    LifecycleOfSpan,
    Recurrence,
    RetentionOfJourneys,
)
from polku.journeys.retention.retention import MOST_FOLLOWED, RetentionQuestion
from polku.journeys.touchpoints.catalogue import Touchpoint
from polku.journeys.touchpoints.known import Touchpoints
from polku.stats import Estimate
from polku.workspace import Workspace

FOLLOWED: Final[dict[Unit, int]] = {"day": 14, "week": 12, "month": 12}
"""Where nothing else is said: for so many spans each cohort is followed."""


class JourneyRetention(SpannedQuery):
    """How many of those who start in a day, week or month come back in those after it.

    A start is a customer's first touchpoint, or the first time of the one given; with recurrence any, every time.
    A return is any touchpoint, or the one given. Repurchase is retention too: give a purchase as both. The first
    time is the first ever, also when it was before the period. What is not over yet is not told.

    The average weighs cohorts by their size. Its intervals are Wilson's; with recurrence any, where a customer is in
    several cohorts, the number of observations in them is the effective one, found from random groups of customers.
    """

    path: ClassVar[str] = "journeys/retention"
    start: str | None = Field(
        None, description="The touchpoint that starts, by key or name; default: any, so the first one seen"
    )
    comes_back: str | None = Field(
        None, description="The touchpoint of a return, by key or name; default: any"
    )
    recurrence: Recurrence = Field(
        "first", description="first: only a customer's first start counts; any: every one"
    )
    unbounded: bool = Field(False, description="true: who comes back later has come back in each span before")
    follow: int | None = Field(
        None,
        ge=1,
        le=MOST_FOLLOWED,
        description="For how many spans each cohort is followed, 1–60; default: 14 days, 12 weeks or months",
    )

    def unit(self, first: date, last: date) -> Unit:
        return long_unit_for(first, last)

    def answer(self, workspace: Workspace) -> RetentionOfJourneys:
        return self.each(workspace, lambda ask: self._told(workspace, ask))

    def _told(self, workspace: Workspace, ask: Asker) -> RetentionOfJourneys:
        start, back = _named(workspace, self.start), _named(workspace, self.comes_back)
        scope, calendar = _ever(self, workspace, start, back), self.calendar(workspace).so_far()
        follow = self.follow or FOLLOWED[calendar.unit]
        found = ask(
            RetentionQuestion(
                scope,
                (start.code,) if start else scope.codes,
                (back.code,) if back else scope.codes,
                calendar.edges,
                calendar.over,
                follow,
                self.recurrence == "first",
                self.unbounded,
            )
        )
        told = RetentionOfJourneys(
            self.covered(workspace),
            calendar.unit,
            _met(start),
            _met(back),
            self.recurrence,
            self.unbounded,
            cohorts(found, calendar, follow),
            averages(found, calendar.over, follow, clustered=self.recurrence == "any"),
            None,
        )
        if self.recurrence == "first" and not self.unbounded:
            told = replace(told, halves=halves_of(found, calendar, began=_began(workspace)))
        if calendar.starts and not found.came.any() and _one_never_occurs(scope, (start, back), ask):
            told = replace(told, reason="never_occurs")
        return told


class JourneyLifecycle(SpannedQuery):
    """How many customers are new, returning, resurrecting or dormant in each day, week or month.

    Active is who meets any touchpoint, or the one given. New is active for the first time ever, also looking before
    the period; returning was active in the day, week or month before too; resurrecting was active earlier, but not
    in the one before; dormant was active in the one before and is not now.
    """

    path: ClassVar[str] = "journeys/lifecycle"
    touchpoint: str | None = Field(
        None, description="Who meets it is active, by key or name; default: any touchpoint"
    )

    def unit(self, first: date, last: date) -> Unit:
        return long_unit_for(first, last)

    def answer(self, workspace: Workspace) -> LifecycleOfJourneys:
        return self.each(workspace, lambda ask: self._told(workspace, ask))

    def _told(self, workspace: Workspace, ask: Asker) -> LifecycleOfJourneys:
        touchpoint = _named(workspace, self.touchpoint)
        calendar = self.calendar(workspace).so_far()
        spans: tuple[LifecycleOfSpan, ...] = ()
        if calendar.starts:
            zone = ZoneInfo(workspace.settings.timezone)
            scope = _ever(self, workspace, touchpoint, touchpoint)
            spans = self._spans(ask, scope, calendar.with_one_before(zone))
        return LifecycleOfJourneys(self.covered(workspace), calendar.unit, _met(touchpoint), spans)

    def _spans(self, ask: Asker, scope: Scope, calendar: Calendar) -> tuple[LifecycleOfSpan, ...]:
        """All but the first span, with which the next is compared."""
        found = ask(LifecycleQuestion(scope, calendar.edges))
        active = found.active.tolist()
        counts = zip(found.new.tolist(), found.returning.tolist(), found.resurrecting.tolist(), strict=True)
        told = []
        for s, (new, returning, resurrecting) in enumerate(counts):
            if s == 0:
                continue
            before, over = active[s - 1], s < calendar.over
            kept = share(returning, before) if over else Estimate.unknown(before, "unfinished")
            dormant = before - returning if over else None
            told.append(
                LifecycleOfSpan(calendar.starts[s], over, new, returning, resurrecting, dormant, kept)
            )
        return tuple(told)


def _named(workspace: Workspace, name: str | None) -> Touchpoint | None:
    return workspace.part(Touchpoints).catalogue().touchpoint(name) if name else None


def _met(touchpoint: Touchpoint | None) -> Met | None:
    return met_of(touchpoint) if touchpoint else None


def _ever(
    query: SpannedQuery, workspace: Workspace, start: Touchpoint | None, back: Touchpoint | None
) -> Scope:
    """The touchpoints that matter, also before the period: what is first is the first ever."""
    some = dict.fromkeys(t for t in (start, back) if t)
    all_matter = start is None or back is None
    wanted = workspace.part(Touchpoints).catalogue().touchpoints if all_matter else some
    return replace(query.scope(workspace, wanted), low=0)


def _one_never_occurs(scope: Scope, touchpoints: Iterable[Touchpoint | None], ask: Asker) -> bool:
    volume = dict(zip(scope.codes, ask(EncountersQuestion(scope)).volume, strict=True))
    return not all(volume.get(t.code) for t in touchpoints if t)


def _began(workspace: Workspace) -> int:
    """When the first event of all was, in seconds since 1970."""
    extent = workspace.part(Answers).ask(ExtentQuestion())
    return extent[0] if extent else 0
