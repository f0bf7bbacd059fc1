"""The journey map."""

from __future__ import annotations

from typing import ClassVar

from polku.journeys.asking.query import JourneyQuery
from polku.journeys.map.mapping import map_of
from polku.journeys.map.results import MapOfJourneys
from polku.journeys.stages.reached import on_map
from polku.workspace import Workspace


class JourneyMap(JourneyQuery):
    """The journey map: how stages and touchpoints are reached, what follows and how it feels.

    For each touchpoint its reach, volume, median time to the next and score, for each stage who goes on.
    A touchpoint's score is the mean of the responses within 30 days after it. What does not belong to the
    period, source or channel is left out; responses may come from any source and later than the period.
    """

    path: ClassVar[str] = "journeys/map"

    def answer(self, workspace: Workspace) -> MapOfJourneys:
        catalogue, scope = on_map(self, workspace)
        covered = self.covered(workspace)
        return self.each(workspace, lambda ask: map_of(catalogue, scope, ask, covered))
