"""What a list of customers answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from polku.answer import Answer
from polku.journeys.asking.results import Count, Covered, Group, Listed


@dataclass(frozen=True, slots=True)
class CustomersOfJourneys(Answer):
    """Who has met a touchpoint, the newest first."""

    covered: Covered
    total: Annotated[Count, Field(description="How many they are in all")]
    customers: Annotated[
        tuple[Listed, ...],
        Field(description="Profiles, and when each last met a touchpoint, the newest first"),
    ]
    breakdown: Annotated[tuple[Group, ...], Field(description="Of a breakdown, the largest first")] = ()
    each: Annotated[
        tuple[CustomersOfJourneys, ...], Field(description="The same for each of the groups")
    ] = ()
