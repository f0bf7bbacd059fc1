"""The time between two touchpoints."""

from __future__ import annotations

from datetime import timedelta
from itertools import zip_longest
from typing import ClassVar

from pydantic import Field

from polku.errors import InvalidInput
from polku.journeys.asking.quantiles import quantiles_of_fine
from polku.journeys.asking.query import Asker, JourneyQuery
from polku.journeys.asking.telling import met_of, share
from polku.journeys.between.between import EDGES, BetweenQuestion, Measured
from polku.journeys.between.results import Bar, TimeBetween
from polku.journeys.touchpoints.catalogue import Touchpoint
from polku.journeys.touchpoints.known import Touchpoints
from polku.stats import Estimate, clustered_proportion
from polku.workspace import Duration, Workspace


class JourneyBetween(JourneyQuery):
    """How long it takes from one touchpoint to the next time of another, and how many ever get there.

    From the first time of each profile, and from every time. Both touchpoints are within the period, so those who came
    lately have had less time to get there.
    """

    path: ClassVar[str] = "journeys/between"
    start: str = Field(description="From here, by key or name, e.g. cart")
    end: str = Field(description="To here, e.g. purchase; may be the same")
    within: Duration | None = Field(
        None, description="Only what takes no longer, e.g. 30d; default: no limit"
    )

    def answer(self, workspace: Workspace) -> TimeBetween:
        if self.within is not None and self.within <= timedelta(0):
            raise InvalidInput(
                "The window must be longer than 0, not %(given)s. Give e.g. 30d.", given=str(self.within)
            )
        catalogue = workspace.part(Touchpoints).catalogue()
        came, went = catalogue.touchpoint(self.start), catalogue.touchpoint(self.end)
        return self.each(workspace, lambda ask: self._told(workspace, came, went, ask))

    def _told(self, workspace: Workspace, came: Touchpoint, went: Touchpoint, ask: Asker) -> TimeBetween:
        scope = self.scope(workspace, dict.fromkeys([came, went]))
        places = [scope.codes.index(t.code) if t.code in scope.codes else -1 for t in (came, went)]
        window = None if self.within is None else int(self.within.total_seconds())
        found = ask(BetweenQuestion(scope, places[0], places[1], window))
        return TimeBetween(
            self.covered(workspace),
            _bars(found),
            met_of(came),
            met_of(went),
            self.within.total_seconds() if self.within else None,
            found.profiles,
            share(found.arrive, found.profiles),
            quantiles_of_fine(found.fine[1]),
            found.sums[1],
            _share_of_every(found),
            quantiles_of_fine(found.fine[0]),
            None if found.profiles else "never_occurs",
        )


def _bars(found: Measured) -> tuple[Bar, ...]:
    """The bars from the first to the last in which there is anything."""
    every, first = found.bars.tolist()
    told = [i for i, n in enumerate(every) if n]
    bars = [Bar(*of) for of in zip_longest(EDGES, EDGES[1:], first, every)]
    return tuple(bars[told[0] : told[-1] + 1]) if told else ()


def _share_of_every(found: Measured) -> Estimate:
    arrived, starts, profiles, squares, cross, counts2 = found.sums
    return clustered_proportion(
        arrived, starts, clusters=profiles, sum_squares=squares, sum_cross=cross, sum_counts2=counts2
    )
