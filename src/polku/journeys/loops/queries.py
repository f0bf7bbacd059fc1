"""Loops."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

import numpy as np
from pydantic import Field

from polku.journeys.asking.gaps import median_gap
from polku.journeys.asking.query import Asker, JourneyQuery
from polku.journeys.asking.telling import share
from polku.journeys.asking.units import Level, Units, units
from polku.journeys.loops.loops import LoopsQuestion, Repeated
from polku.journeys.loops.results import Loop, LoopsOfJourneys, Rework
from polku.journeys.touchpoints.known import Touchpoints
from polku.stats import FEWEST
from polku.workspace import Workspace


class JourneyLoops(JourneyQuery):
    """What customers meet again: how many of them, how often, and the time it takes.

    A touchpoint may follow itself right away, or lead to another and right back. Where what is met again is a call
    or a return it is work that is done twice.
    """

    path: ClassVar[str] = "journeys/loops"
    level: Level = Field("touchpoint", description="What is met again: touchpoint, channel or stage")
    top: int = Field(50, ge=1, le=1_000, description="How many loops to list; rarer than 5 never are")

    def answer(self, workspace: Workspace) -> LoopsOfJourneys:
        catalogue = workspace.part(Touchpoints).catalogue()
        seen = units(self.scope(workspace, catalogue.touchpoints), catalogue, self.level)
        covered = self.covered(workspace)

        def tell(ask: Asker) -> LoopsOfJourneys:
            found = ask(LoopsQuestion(seen.scope))
            return LoopsOfJourneys(covered, tuple(_again(found, seen)), tuple(_loops(found, seen, self.top)))

        return self.each(workspace, tell)


def _again(found: Repeated, seen: Units) -> Iterator[Rework]:
    for k in np.argsort(-found.again, kind="stable").tolist():
        reach, again = int(found.reach[k]), int(found.again[k])
        if not again:
            return
        yield Rework(
            seen.met[k],
            reach,
            again,
            share(again, reach),
            int(found.times[k]) / again if again >= FEWEST else None,
            median_gap(found.spans[k]),
            int(found.direct[k]),
            share(int(found.direct_reach[k]), reach),
            median_gap(found.waits[k]),
        )


def _loops(found: Repeated, seen: Units, top: int) -> Iterator[Loop]:
    frequent = [i for i in np.argsort(-found.loops, kind="stable").tolist() if found.loop_reach[i] >= FEWEST]
    for i in frequent[:top]:
        profiles = int(found.loop_reach[i])
        yield Loop(
            seen.met[found.came[i]],
            seen.met[found.by[i]],
            int(found.loops[i]),
            profiles,
            share(profiles, int(found.reach[found.came[i]])),
            median_gap(found.away[i]),
        )
