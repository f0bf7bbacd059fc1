"""The graph of paths."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np
from pydantic import Field

from polku.journeys.asking.quantiles import quantiles, wanted
from polku.journeys.asking.query import Asker, JourneyQuery
from polku.journeys.asking.results import Quantiles
from polku.journeys.asking.scope import Scope
from polku.journeys.asking.telling import ends_of, share
from polku.journeys.asking.units import Level, units
from polku.journeys.paths.graph import Follows, FollowsQuestion, NarrowQuestion
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
    level: Level = Field("touchpoint", description="What follows what: touchpoint, channel or stage")

    def answer(self, workspace: Workspace) -> GraphOfJourneys:
        return self.each(workspace, lambda ask: self._told(workspace, ask))

    def _told(self, workspace: Workspace, ask: Asker) -> GraphOfJourneys:
        catalogue = workspace.part(Touchpoints).catalogue()
        seen = units(self.scope(workspace, catalogue.touchpoints), catalogue, self.level)
        found = ask(FollowsQuestion(seen.scope))
        counts, departures = found.counts, np.zeros(len(seen.met), np.int64)
        np.add.at(departures, found.came, counts)
        listed = counts >= FEWEST
        if self.touchpoint:
            place = seen.number(self.touchpoint, catalogue)
            listed &= (found.came == place) | (found.went == place)
        order = [int(i) for i in np.argsort(-counts, kind="stable") if listed[i]][: self.top]
        transitions = tuple(
            Transition(
                seen.met[found.came[i]],
                seen.met[found.went[i]],
                int(counts[i]),
                share(int(counts[i]), int(departures[found.came[i]])),
                took.at_50,
                took,
            )
            for i, took in zip(order, _times(found, order, seen.scope, ask), strict=True)
        )
        total = int(counts.sum())
        shown = sum(t.count for t in transitions) / total if total else 1.0
        return GraphOfJourneys(
            self.covered(workspace), transitions, shown, total, ends_of(seen.met, found.starts, found.ends)
        )


def _times(found: Follows, listed: Sequence[int], scope: Scope, ask: Asker) -> list[Quantiles]:
    """The quantiles of the gaps of the pairs that are listed: they are looked at once more, closer."""
    bins = tuple(tuple(wanted(found.gaps[i])) for i in listed)
    pairs = tuple(int(found.came[i]) * scope.size + int(found.went[i]) for i in listed)
    if not any(bins):
        return [quantiles(found.gaps[i], {}) for i in listed]
    rows = iter(ask(NarrowQuestion(scope, pairs, bins)))
    return [
        quantiles(found.gaps[i], {b: next(rows) for b in of_pair})
        for i, of_pair in zip(listed, bins, strict=True)
    ]
