"""Sessions."""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar

from pydantic import Field

from polku.errors import InvalidInput
from polku.journeys.asking.gaps import median_count, median_gap
from polku.journeys.asking.query import Asker, JourneyQuery
from polku.journeys.asking.telling import ends_of, met_of, share
from polku.journeys.sessions.results import SessionsOfJourneys
from polku.journeys.sessions.sessions import PAUSE, SessionsQuestion
from polku.journeys.touchpoints.known import Touchpoints
from polku.workspace import Duration, Workspace


class JourneySessions(JourneyQuery):
    """Sessions, encounters close together in time: how many, how long, where they start and end."""

    path: ClassVar[str] = "journeys/sessions"
    pause: Duration = Field(PAUSE, description="A longer pause begins a new session, e.g. 30m")

    def answer(self, workspace: Workspace) -> SessionsOfJourneys:
        return self.each(workspace, lambda ask: self._told(workspace, ask))

    def _told(self, workspace: Workspace, ask: Asker) -> SessionsOfJourneys:
        if self.pause <= timedelta(0):
            raise InvalidInput(
                "The pause must be longer than 0, not %(given)s. Give e.g. 30m.", given=str(self.pause)
            )
        catalogue = workspace.part(Touchpoints).catalogue()
        scope = self.scope(workspace, catalogue.touchpoints)
        pause = int(self.pause.total_seconds())
        found = ask(SessionsQuestion(scope, pause))
        met = [met_of(catalogue.by_code[c]) for c in scope.codes]
        sessions = int(found.sizes.sum())
        return SessionsOfJourneys(
            self.covered(workspace),
            self.pause.total_seconds(),
            sessions,
            found.profiles,
            median_gap(found.lengths),
            median_count(found.sizes),
            share(int(found.sizes[1]), sessions),  # bin 1 holds exactly one
            ends_of(met, found.starts, found.ends),
        )
