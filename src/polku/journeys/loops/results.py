"""What loops answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from polku.answer import Answer
from polku.journeys.asking.results import Count, Covered, Group, Met
from polku.stats import Estimate


@dataclass(frozen=True, slots=True)
class Rework:
    """A touchpoint, and those who meet it again."""

    touchpoint: Met
    reach: Annotated[Count, Field(description="Profiles that meet it")]
    again: Annotated[Count, Field(description="Profiles that meet it again")]
    share: Annotated[Estimate, Field(description="Of those who meet it, those who meet it again")]
    times: Annotated[float | None, Field(description="How often those who meet it again meet it, on average")]
    takes_s: Annotated[
        Estimate, Field(description="Median time from their first time to their last, in seconds")
    ]
    direct: Annotated[Count, Field(description="Times it follows itself right away")]
    direct_share: Annotated[
        Estimate, Field(description="Of those who meet it, those for whom it follows itself")
    ]
    direct_s: Annotated[Estimate, Field(description="Median time between the two, in seconds")]


@dataclass(frozen=True, slots=True)
class Loop:
    """A touchpoint that leads to another and right back; repeats of either are one time."""

    touchpoint: Met
    by: Met
    count: Annotated[Count, Field(description="Times")]
    profiles: Annotated[Count, Field(description="Profiles that go this way, once or more")]
    share: Annotated[Estimate, Field(description="Of those who meet the touchpoint, those who go this way")]
    after_s: Annotated[Estimate, Field(description="Median time from leaving it to being back, in seconds")]


@dataclass(frozen=True, slots=True)
class LoopsOfJourneys(Answer):
    """What is met again: for whom, how often, and the time it takes."""

    covered: Covered
    touchpoints: Annotated[tuple[Rework, ...], Field(description="Those that most meet again come first")]
    loops: Annotated[tuple[Loop, ...], Field(description="The most frequent first")]
    breakdown: Annotated[tuple[Group, ...], Field(description="Of a breakdown, the largest first")] = ()
    each: Annotated[tuple[LoopsOfJourneys, ...], Field(description="The same for each of the groups")] = ()
