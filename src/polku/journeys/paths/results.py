"""What queries of paths answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from polku.answer import Answer
from polku.journeys.asking.results import Count, Covered, Ends, Group, Met, Quantiles
from polku.stats import Estimate


@dataclass(frozen=True, slots=True)
class Transition:
    """One touchpoint, channel or stage right after another."""

    came: Met
    went: Met
    count: Count
    share: Annotated[Estimate, Field(description="Of the times something came right after `came`")]
    after_s: Annotated[Estimate, Field(description="Median time between the two, in seconds")]
    quantiles_s: Annotated[Quantiles, Field(description="How the times between the two spread, in seconds")]


@dataclass(frozen=True, slots=True)
class GraphOfJourneys(Answer):
    """Which touchpoint follows which, the most frequent first."""

    covered: Covered
    transitions: tuple[Transition, ...]
    shown: Annotated[float, Field(description="Share of all transitions that are listed, 0–1")]
    total: Annotated[Count, Field(description="All transitions, also those not listed")]
    ends: tuple[Ends, ...]
    breakdown: Annotated[tuple[Group, ...], Field(description="Of a breakdown, the largest first")] = ()
    each: Annotated[tuple[GraphOfJourneys, ...], Field(description="The same for each of the groups")] = ()
