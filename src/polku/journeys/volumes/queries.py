"""What can be asked about touchpoints as time goes by: how often they are met, and how they feel."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import ClassVar
from zoneinfo import ZoneInfo

from pydantic import Field

from polku.journeys.asking.calendar import Unit, edges, unit_for
from polku.journeys.asking.over_time import SpannedQuery
from polku.journeys.asking.query import Asker
from polku.journeys.asking.results import Met
from polku.journeys.asking.scope import Scope
from polku.journeys.asking.telling import met_of
from polku.journeys.map.experience import ExperienceQuestion
from polku.journeys.touchpoints.known import Touchpoints
from polku.journeys.volumes.results import (
    ScoresOfTouchpoint,
    ScoresOverTime,
    VolumeOfTouchpoint,
    VolumesOverTime,
)
from polku.journeys.volumes.volumes import VolumesQuestion
from polku.workspace import FOREVER, Names, Workspace


class OverTime(SpannedQuery):
    """A question about each touchpoint in each day, week or month."""

    touchpoints: Names = Field(default_factory=list, description="Only these, by key or name; default: all")

    def spans(self, workspace: Workspace) -> tuple[Unit, tuple[date, ...]]:
        """The unit of the spans of time, and when each begins; none where nothing has happened."""
        calendar = self.calendar(workspace)
        return calendar.unit, calendar.starts

    def scope_and_edges(
        self, workspace: Workspace, unit: Unit, starts: tuple[date, ...]
    ) -> tuple[Scope, tuple[int, ...]]:
        """All touchpoints, so that one answer serves every choice of them; the edges, not the scope, say when."""
        scope = self.scope(workspace, workspace.part(Touchpoints).catalogue().touchpoints)
        zone = ZoneInfo(workspace.settings.timezone)
        limits = tuple(min(max(e, scope.low), scope.high) for e in edges(list(starts), unit, zone))
        return Scope(scope.codes, 0, FOREVER, scope.source), limits

    def chosen(self, workspace: Workspace, scope: Scope) -> Iterator[tuple[Met, int]]:
        """The touchpoints wanted that are in the scope, and their places there. Raises UnknownTouchpoint."""
        catalogue = workspace.part(Touchpoints).catalogue()
        wanted = [catalogue.touchpoint(n) for n in self.touchpoints if n] or catalogue.touchpoints
        place = {code: i for i, code in enumerate(scope.codes)}
        return ((met_of(t), place[t.code]) for t in dict.fromkeys(wanted) if t.code in place)


class JourneyVolumes(OverTime):
    """How often touchpoints are met in each day, week or month."""

    path: ClassVar[str] = "journeys/volumes"

    def answer(self, workspace: Workspace) -> VolumesOverTime:
        return self.each(workspace, lambda ask: self._told(workspace, ask))

    def _told(self, workspace: Workspace, ask: Asker) -> VolumesOverTime:
        unit, starts = self.spans(workspace)
        scope, limits = self.scope_and_edges(workspace, unit, starts)
        chosen = self.chosen(workspace, scope)
        if not starts:
            return VolumesOverTime(self.covered(workspace), unit, (), ())
        found = ask(VolumesQuestion(scope, limits))
        told = (
            VolumeOfTouchpoint(met, tuple(found.volume[i].tolist()), tuple(found.reach[i].tolist()))
            for met, i in chosen
        )
        return VolumesOverTime(self.covered(workspace), unit, starts, tuple(told))


class JourneyScores(OverTime):
    """How touchpoints feel in each week or month: the scores of the responses that follow.

    A response counts where a touchpoint was met last within 30 days before it, once for each touchpoint. What
    does not belong to the period, source or channel is left out; responses may come from any source.
    """

    path: ClassVar[str] = "journeys/scores"

    def unit(self, first: date, last: date) -> Unit:
        """Longer than for volumes: a span has to hold answers."""
        return "week" if unit_for(first, last) == "day" else "month"

    def answer(self, workspace: Workspace) -> ScoresOverTime:
        return self.each(workspace, lambda ask: self._told(workspace, ask))

    def _told(self, workspace: Workspace, ask: Asker) -> ScoresOverTime:
        unit, starts = self.spans(workspace)
        scope, limits = self.scope_and_edges(workspace, unit, starts)
        chosen = self.chosen(workspace, scope)
        if not starts:
            return ScoresOverTime(self.covered(workspace), unit, (), ())
        found = ask(ExperienceQuestion(scope, limits))
        told = tuple(ScoresOfTouchpoint(met, found[i]) for met, i in chosen)
        return ScoresOverTime(self.covered(workspace), unit, starts, told)


QUERIES = (JourneyVolumes, JourneyScores)
