"""What can be asked about what comes next."""

from __future__ import annotations

from datetime import date, timedelta
from typing import ClassVar
from zoneinfo import ZoneInfo

from pydantic import Field

from polku.errors import InvalidInput
from polku.journeys.asking.answers import Answers
from polku.journeys.asking.calendar import day_of
from polku.journeys.asking.contexts import deepest, occurring
from polku.journeys.asking.over_time import ExtentQuestion
from polku.journeys.asking.query import Asker, JourneyQuery
from polku.journeys.asking.scope import Scope
from polku.journeys.asking.telling import met_of
from polku.journeys.next.forecast import ForecastQuestion
from polku.journeys.next.results import NextOfJourneys
from polku.journeys.next.telling import calibration_of, gain_of, steps_of, trials_of
from polku.journeys.touchpoints.catalogue import Touchpoint
from polku.journeys.touchpoints.known import Touchpoints
from polku.stats import Estimate
from polku.workspace import Duration, Names, Workspace, midnight

WITHIN = timedelta(days=30)
LEARNED = 0.8
"""Of the time, this share comes before the forecast is tried."""


class JourneyNext(JourneyQuery):
    """What comes next after a path so far, how likely each touchpoint is, and how good the forecast has been.

    The last three touchpoints count; where they were rarely seen together, more weight is on the last two or one. The
    forecast is learned before a day and tried on what happened after it, beside the plain shares of touchpoints.
    """

    path: ClassVar[str] = "journeys/next"
    so_far: Names = Field(
        default_factory=list,
        description="The path so far, by keys or names, the last touchpoint last, e.g. cart,checkout",
    )
    within: Duration = Field(WITHIN, description="If nothing comes within this, nothing comes, e.g. 30d")
    cut: date | None = Field(
        None, description="The forecast is tried from this day on; default: the last fifth of the time"
    )

    def answer(self, workspace: Workspace) -> NextOfJourneys:
        return self.each(workspace, lambda ask: self._told(workspace, ask))

    def _told(self, workspace: Workspace, ask: Asker) -> NextOfJourneys:
        if self.within < timedelta(seconds=1):
            raise InvalidInput(
                "The time must be longer than 0, not %(given)s. Give e.g. 30d.", given=str(self.within)
            )
        catalogue = workspace.part(Touchpoints).catalogue()
        path = [catalogue.touchpoint(name) for name in self.so_far if name]
        whole = self.scope(workspace, catalogue.touchpoints)
        scope = occurring(whole, workspace.part(Answers), always=[t.code for t in path])
        met = [met_of(catalogue.by_code[c]) for c in scope.codes]
        order, within = deepest(scope.size), int(self.within.total_seconds())
        span = ask(ExtentQuestion())
        low, end = (max(span[0], scope.low), min(span[1] + 1, scope.high)) if span else (0, 0)
        cut = self._cut(low, end - within, ZoneInfo(workspace.settings.timezone))
        numbers = tuple(self._number(t, scope) for t in path)
        forecast = ask(ForecastQuestion(scope, numbers[-order:], order, within, cut or end, end))
        found, tried = forecast.following, forecast.tried
        return NextOfJourneys(
            self.covered(workspace),
            self.within.total_seconds(),
            order,
            found.rests_on,
            found.seen[found.rests_on],
            steps_of(found, met),
            tuple(met_of(t) for t in path),
            day_of(cut, ZoneInfo(workspace.settings.timezone)) if tried else None,
            tried.learned if tried else 0,
            int(tried.n.sum()) if tried else 0,
            trials_of(tried) if tried else (),
            gain_of(tried) if tried else Estimate.unknown(0, "too_short"),
            calibration_of(tried) if tried else (),
            "never_occurs" if path and not found.seen[1] else None,
        )

    def _cut(self, low: int, end: int, zone: ZoneInfo) -> int:
        """When what is tried begins, in seconds since 1970; 0 where there is no time to try anything."""
        if self.cut is not None:
            return midnight(self.cut, zone)
        return midnight(day_of(int(low + LEARNED * (end - low)), zone), zone) if end > low else 0

    def _number(self, touchpoint: Touchpoint, scope: Scope) -> int:
        if touchpoint.code not in scope.codes:
            raise InvalidInput(
                "'%(touchpoint)s' is not of the channel '%(channel)s'. Choose another channel, or all.",
                touchpoint=touchpoint.key,
                channel=self.channel,
            )
        return scope.codes.index(touchpoint.code)
