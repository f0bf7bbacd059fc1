"""What can be asked about paths."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from pydantic import Field

from polku.journeys.asking.gaps import median_gap
from polku.journeys.asking.query import Asker, JourneyQuery
from polku.journeys.asking.telling import ends_of, met_of, share
from polku.journeys.paths.graph import FollowsQuestion
from polku.journeys.paths.results import GraphOfJourneys, Transition
from polku.journeys.touchpoints.known import Touchpoints
from polku.stats import FEWEST
from polku.workspace import Workspace


class JourneyGraph(JourneyQuery):
    """Which touchpoint follows which, how often and how soon; the most frequent first."""

    path: ClassVar[str] = "journeys/graph"
    top: int = Field(100, ge=1, le=10_000, description="How many transitions to list; rarer than 5 never are")
    touchpoint: str | None = Field(
        None, description="Only from and to this one, by key or name; default: all"
    )

    def answer(self, workspace: Workspace) -> GraphOfJourneys:
        return self.each(workspace, lambda ask: self._told(workspace, ask))

    def _told(self, workspace: Workspace, ask: Asker) -> GraphOfJourneys:
        catalogue = workspace.part(Touchpoints).catalogue()
        scope = self.scope(workspace, catalogue.touchpoints)
        found = ask(FollowsQuestion(scope))
        met = [met_of(catalogue.by_code[c]) for c in scope.codes]
        counts, departures = found.counts, np.zeros(len(met), np.int64)
        np.add.at(departures, found.came, counts)
        wanted = counts >= FEWEST
        if self.touchpoint:
            code = catalogue.touchpoint(self.touchpoint).code
            place = scope.codes.index(code) if code in scope.codes else -1
            wanted &= (found.came == place) | (found.went == place)
        order = [int(i) for i in np.argsort(-counts, kind="stable") if wanted[i]][: self.top]
        transitions = tuple(
            Transition(
                met[found.came[i]],
                met[found.went[i]],
                int(counts[i]),
                share(int(counts[i]), int(departures[found.came[i]])),
                median_gap(found.gaps[i]),
            )
            for i in order
        )
        total = int(counts.sum())
        shown = sum(t.count for t in transitions) / total if total else 1.0
        return GraphOfJourneys(
            self.covered(workspace), transitions, shown, total, ends_of(met, found.starts, found.ends)
        )
