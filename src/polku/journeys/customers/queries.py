"""Who customers are of whom any question can be asked."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from polku.journeys.asking.newest import NewestQuestion
from polku.journeys.asking.query import Asker, JourneyQuery
from polku.journeys.customers.customers import Active
from polku.journeys.customers.results import CustomersOfJourneys
from polku.journeys.touchpoints.known import Touchpoints
from polku.workspace import Workspace


class JourneyCustomers(JourneyQuery):
    """Who has met a touchpoint in the period, source and channel, the newest first: the customers of any condition.

    Whatever is told of customers with these choices is told of those in the list: --who 'plan=pro,!met:order'.
    """

    path: ClassVar[str] = "journeys/customers"
    top: int = Field(100, ge=1, le=10_000, description="How many to list")

    def answer(self, workspace: Workspace) -> CustomersOfJourneys:
        return self.each(workspace, lambda ask: self._told(workspace, ask))

    def _told(self, workspace: Workspace, ask: Asker) -> CustomersOfJourneys:
        scope = self.scope(workspace, workspace.part(Touchpoints).catalogue().touchpoints)
        found = ask(NewestQuestion(Active(scope), self.top))
        return CustomersOfJourneys(self.covered(workspace), found.total, found.listed)
