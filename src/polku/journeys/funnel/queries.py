"""The funnel."""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar

from pydantic import Field

from polku.errors import InvalidInput
from polku.journeys.asking.gaps import median_gap
from polku.journeys.asking.query import Asker, JourneyQuery
from polku.journeys.asking.telling import met_of, share
from polku.journeys.funnel.funnel import Climbed, FunnelQuestion
from polku.journeys.funnel.results import FunnelOfJourneys, FunnelStep
from polku.journeys.map.encounters import EncountersQuestion
from polku.journeys.touchpoints.catalogue import Touchpoint
from polku.journeys.touchpoints.known import Touchpoints
from polku.workspace import Duration, Names, Workspace


class JourneyFunnel(JourneyQuery):
    """How many profiles get through given touchpoints in order, each within a time of the first.

    Every time of the first step begins an attempt; the furthest attempt counts. Other touchpoints in
    between do not matter. All steps are within the period.
    """

    path: ClassVar[str] = "journeys/funnel"
    steps: Names = Field(description="Touchpoints in order, by key or name, e.g. product_page,cart,purchase")
    within: Duration | None = Field(
        None, description="From the first step to the last, e.g. 30d; default: no limit"
    )

    def answer(self, workspace: Workspace) -> FunnelOfJourneys:
        return self.each(workspace, lambda ask: self._told(workspace, ask))

    def _told(self, workspace: Workspace, ask: Asker) -> FunnelOfJourneys:
        if self.within is not None and self.within <= timedelta(0):
            raise InvalidInput(
                "The window must be longer than 0, not %(given)s. Give e.g. 30d.", given=str(self.within)
            )
        catalogue = workspace.part(Touchpoints).catalogue()
        steps = [catalogue.touchpoint(name) for name in self.steps if name]
        scope = self.scope(workspace, dict.fromkeys(steps))
        window = None if self.within is None else int(self.within.total_seconds())
        climbed = ask(FunnelQuestion(scope, tuple(t.code for t in steps), window))
        if climbed.reached.all():  # the usual case, and then nothing more needs to be asked
            occur = set(scope.codes)
        else:
            volume = ask(EncountersQuestion(scope)).volume
            occur = {code for code, times in zip(scope.codes, volume, strict=True) if times}
        told = tuple(_step(steps[k], k, climbed, occurs=steps[k].code in occur) for k in range(len(steps)))
        return FunnelOfJourneys(
            self.covered(workspace), self.within.total_seconds() if self.within else None, told
        )


def _step(touchpoint: Touchpoint, k: int, climbed: Climbed, *, occurs: bool) -> FunnelStep:
    here, first = int(climbed.reached[k]), int(climbed.reached[0])
    before = int(climbed.reached[max(0, k - 1)])
    return FunnelStep(
        met_of(touchpoint),
        here,
        share(here, first),
        share(here, before),
        before - here,
        median_gap(climbed.gaps[k]),
        None if occurs else "never_occurs",
    )
