"""What the time between two touchpoints answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from polku.answer import Answer
from polku.journeys.asking.results import Count, Covered, Group, Met, Quantiles
from polku.stats import Estimate


@dataclass(frozen=True, slots=True)
class Bar:
    """How many take so long."""

    from_s: Annotated[int, Field(description="In seconds, included")]
    to_s: Annotated[int | None, Field(description="In seconds, not included; None: there is no end")]
    first: Annotated[Count, Field(description="Profiles, from their first time")]
    every: Annotated[Count, Field(description="Times, from every time")]


@dataclass(frozen=True, slots=True)
class TimeBetween(Answer):
    """How long it takes from one touchpoint to the next time of another, and how many get there."""

    covered: Covered
    bars: tuple[Bar, ...]
    start: Met
    end: Met
    within_s: Annotated[float | None, Field(description="Only what takes no longer; None: no limit")]
    profiles: Annotated[Count, Field(description="Profiles that meet the start")]
    first_share: Annotated[
        Estimate, Field(description="Of them, those who get to the end after their first start")
    ]
    first_s: Annotated[Quantiles, Field(description="Times from the first start to the first end after it")]
    starts: Annotated[Count, Field(description="Times the start is met")]
    every_share: Annotated[
        Estimate,
        Field(description="Of these, those after which the end is met; a profile's are not independent"),
    ]
    every_s: Annotated[Quantiles, Field(description="Times from every start to the next end after it")]
    reason: Annotated[
        str | None, Field(description="Why there is nothing: it never occurs with these filters")
    ]
    breakdown: Annotated[tuple[Group, ...], Field(description="Of a breakdown, the largest first")] = ()
    each: Annotated[tuple[TimeBetween, ...], Field(description="The same for each of the groups")] = ()
