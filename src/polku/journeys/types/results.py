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
class TypeDifference:
    """Whether those of a group are of a type, or get to the outcome, more or less often than those of all others."""

    group: Annotated[str, Field(description="Its key")]
    type: Annotated[int | None, Field(description="The type's number; None: about getting to the outcome")]
    share: Annotated[Estimate, Field(description="Of those of the group that have a type")]
    others: Annotated[Estimate, Field(description="The same of all other groups together")]
    difference: Annotated[Estimate, Field(description="The first less the second, −1…1")]
    q: Annotated[
        float | None,
        Field(
            description="Of groups with as small a q, at most so large a share differ by chance (Benjamini & Hochberg)"
        ),
    ]
    is_clear: Annotated[bool, Field(description="Whether q is below 0.05: hardly chance")]


@dataclass(frozen=True, slots=True)
class TypesOfJourneys(Answer):
    """The types that journeys fall into."""

    covered: Covered
    outcome: Annotated[Met | None, Field(description="Journeys are looked at until they first get here")]
    types: Annotated[
        tuple[JourneyType, ...],
        Field(description="The most frequent first; of a breakdown's group the same in the same order"),
    ] = ()
    silhouette: Annotated[
        float | None,
        Field(description="−1…1: how much nearer journeys are to their own type than to the next"),
    ] = None
    strength: Annotated[
        float | None,
        Field(description="0–1: how far other journeys of the same kind would be put together alike"),
    ] = None
    is_distinct: Annotated[
        bool, Field(description="Whether there are types to speak of: silhouette ≥ 0.25 and strength ≥ 0.8")
    ] = False
    sampled: Annotated[Count, Field(description="Profiles whose journeys the types were made of")] = 0
    profiles: Annotated[Count, Field(description="Profiles that have a type")] = 0
    others: Annotated[
        Count, Field(description="Profiles that have none: nothing came before the outcome")
    ] = 0
    all_profiles: Annotated[
        Count,
        Field(
            description="Profiles with a journey; of more than a million, so many chosen by lot have a type"
        ),
    ] = 0
    outcome_share: Annotated[
        Estimate | None,
        Field(description="Share of those with a type that gets to the outcome; None: none was named"),
    ] = None
    differences: Annotated[
        tuple[TypeDifference, ...],
        Field(description="Of a breakdown: each group beside all others, by the outcome and by each type"),
    ] = ()
    breakdown: Annotated[tuple[Group, ...], Field(description="Of a breakdown, the largest first")] = ()
    each: Annotated[tuple[TypesOfJourneys, ...], Field(description="The same for each of the groups")] = ()
