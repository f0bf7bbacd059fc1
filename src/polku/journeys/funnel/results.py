"""What a funnel answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from polku.answer import Answer
from polku.journeys.asking.results import Count, Covered, Group, Met
from polku.stats import Estimate


@dataclass(frozen=True, slots=True)
class FunnelStep:
    """A step of a funnel: who gets there, of those who began and of those at the step before."""

    touchpoint: Met
    profiles: Annotated[Count, Field(description="Profiles that got to this step")]
    of_first: Annotated[Estimate, Field(description="Share of the profiles at the first step")]
    of_previous: Annotated[Estimate, Field(description="Share of the profiles at the step before")]
    lost: Annotated[Count, Field(description="Profiles at the step before that did not get here")]
    after_s: Annotated[Estimate, Field(description="Median time from the first step, in seconds")]
    reason: Annotated[
        str | None, Field(description="never_occurs: no such event within what is covered, else None")
    ] = None


@dataclass(frozen=True, slots=True)
class FunnelOfJourneys(Answer):
    """How many profiles get through the steps in order."""

    covered: Covered
    within_s: Annotated[float | None, Field(description="All steps within this of the first; None: no limit")]
    steps: tuple[FunnelStep, ...]
    breakdown: Annotated[tuple[Group, ...], Field(description="Of a breakdown, the largest first")] = ()
    each: Annotated[tuple[FunnelOfJourneys, ...], Field(description="The same for each of the groups")] = ()
