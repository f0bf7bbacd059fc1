"""What journey types answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from polku.answer import Answer
from polku.journeys.asking.results import Count, Covered, Group, Met
from polku.stats import Estimate


@dataclass(frozen=True, slots=True)
class Mark:
    """What tells a type from the others: a touchpoint that more, or fewer, of its profiles meet."""

    touchpoint: Met
    share: Annotated[Estimate, Field(description="Of the type's profiles, those that meet it")]
    difference: Annotated[Estimate, Field(description="Less the share of the others, −1…1")]


@dataclass(frozen=True, slots=True)
class JourneyType:
    """Journeys that are alike."""

    number: Annotated[int, Field(ge=1, description="1 is the most frequent")]
    profiles: Count
    share: Annotated[Estimate, Field(description="Of all that have a type")]
    encounters: Annotated[
        Estimate, Field(description="Median number of encounters, before the outcome if any")
    ]
    lasts_s: Annotated[
        Estimate, Field(description="Median time from the first to the last of them, in seconds")
    ]
    outcome: Annotated[
        Estimate | None, Field(description="Share that gets to the outcome; None: none was named")
    ]
    outcome_difference: Annotated[Estimate | None, Field(description="Less the share of the others, −1…1")]
    outcome_q: Annotated[
        float | None, Field(description="Rate of false discoveries at which the difference counts as one")
    ]
    score: Annotated[Estimate, Field(description="Mean score of all their responses, −100…100")]
    score_difference: Annotated[Estimate, Field(description="Less the mean of the others")]
    path: Annotated[tuple[Met, ...], Field(description="The most typical path, without repetitions")]
    marks: Annotated[tuple[Mark, ...], Field(description="What tells it from the others, the clearest first")]


@dataclass(frozen=True, slots=True)
class TypesOfJourneys(Answer):
    """The types that journeys fall into."""

    covered: Covered
    outcome: Annotated[Met | None, Field(description="Journeys are looked at until they first get here")]
    types: tuple[JourneyType, ...]
    silhouette: Annotated[
        float | None,
        Field(description="−1…1: how much nearer journeys are to their own type than to the next"),
    ]
    strength: Annotated[
        float | None,
        Field(description="0–1: how far other journeys of the same kind would be put together alike"),
    ]
    is_distinct: Annotated[
        bool, Field(description="Whether there are types to speak of: silhouette ≥ 0.25 and strength ≥ 0.8")
    ]
    sampled: Annotated[Count, Field(description="Profiles whose journeys the types were made of")]
    profiles: Annotated[Count, Field(description="Profiles that have a type")]
    others: Annotated[Count, Field(description="Profiles that have none: nothing came before the outcome")]
    breakdown: Annotated[tuple[Group, ...], Field(description="Of a breakdown, the largest first")] = ()
    each: Annotated[tuple[TypesOfJourneys, ...], Field(description="The same for each of the groups")] = ()
