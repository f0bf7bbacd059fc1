"""What whole paths answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from polku.answer import Answer
from polku.journeys.asking.results import Count, Covered, Group, Met
from polku.stats import Estimate


@dataclass(frozen=True, slots=True)
class Variant:
    """A whole path, and those who take it."""

    path: Annotated[tuple[str, ...], Field(description="Its steps, by key")]
    profiles: Annotated[Count, Field(description="Profiles that take it")]
    share: Annotated[Estimate, Field(description="Of all profiles with a path")]
    duration_s: Annotated[
        Estimate,
        Field(description="Median time from its first step to its last, or to the outcome, in seconds"),
    ]
    outcome_share: Annotated[
        Estimate | None, Field(description="Of those who take it, those who meet the outcome")
    ]
    difference: Annotated[
        Estimate | None, Field(description="That share less the share of all who take another path, −1…1")
    ]
    p_value: Annotated[
        float | None, Field(description="How probable so large a difference is where there is none")
    ]
    q_value: Annotated[
        float | None,
        Field(
            description="The rate of false discoveries at which it counts: below 0.05 it is clear, of all listed"
        ),
    ]


@dataclass(frozen=True, slots=True)
class VariantsOfJourneys(Answer):
    """Whole paths, the most frequent first."""

    covered: Covered
    variants: tuple[Variant, ...]
    touchpoints: Annotated[tuple[Met, ...], Field(description="What the keys of the paths listed mean")]
    profiles: Annotated[Count, Field(description="Profiles with a path")]
    different: Annotated[Count, Field(description="Different paths in all, also those not listed")]
    single: Annotated[Count, Field(description="Paths that one profile only takes")]
    shown: Annotated[float, Field(description="Share of the profiles whose path is listed, 0–1")]
    longest: Annotated[Count, Field(description="Of longer paths only so many steps are looked at")]
    cut: Annotated[Count, Field(description="Profiles whose path is longer")]
    outcome: Annotated[Met | None, Field(description="A path ends where it is met, or with the journey")]
    outcome_share: Annotated[
        Estimate | None, Field(description="Of all profiles with a path, those who meet it")
    ]
    straight: Annotated[
        Count, Field(description="Profiles whose journey begins with the outcome: without a path")
    ]
    breakdown: Annotated[tuple[Group, ...], Field(description="Of a breakdown, the largest first")] = ()
    each: Annotated[tuple[VariantsOfJourneys, ...], Field(description="The same for each of the groups")] = ()
