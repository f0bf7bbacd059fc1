"""The journey map and its stages."""

from __future__ import annotations

from typing import ClassVar

from polku.journeys.asking.query import JourneyQuery
from polku.journeys.asking.scope import Scope
from polku.journeys.map.mapping import map_of, stages_of
from polku.journeys.map.results import MapOfJourneys, StagesReached
from polku.journeys.touchpoints.catalogue import Catalogue
from polku.journeys.touchpoints.known import Touchpoints
from polku.workspace import Workspace


class JourneyMap(JourneyQuery):
    """The journey map: how stages and touchpoints are reached, what follows and how it feels.

    For each touchpoint its reach, volume, median time to the next and score, for each stage who goes on.
    A touchpoint's score is the mean of the responses within 30 days after it. What does not belong to the
    period, source or channel is left out; responses may come from any source and later than the period.
    """

    path: ClassVar[str] = "journeys/map"

    def answer(self, workspace: Workspace) -> MapOfJourneys:
        catalogue, scope = _on_map(self, workspace)
        covered = self.covered(workspace)
        return self.each(workspace, lambda ask: map_of(catalogue, scope, ask, covered))


class JourneyStages(JourneyQuery):
    """How many profiles reach each stage, and of them the next one then or later."""

    path: ClassVar[str] = "journeys/stages"

    def answer(self, workspace: Workspace) -> StagesReached:
        catalogue, scope = _on_map(self, workspace)
        covered = self.covered(workspace)
        return self.each(workspace, lambda ask: StagesReached(covered, *stages_of(catalogue, scope, ask)))


def _on_map(query: JourneyQuery, workspace: Workspace) -> tuple[Catalogue, Scope]:
    catalogue = workspace.part(Touchpoints).catalogue()
    return catalogue, query.scope(workspace, (t for t in catalogue.touchpoints if t.stage))
