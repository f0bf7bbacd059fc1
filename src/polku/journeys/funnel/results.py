"""What funnels answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from pydantic import Field

from polku.answer import Answer
from polku.journeys.asking.results import Count, Covered, Group, Listed
from polku.stats import Estimate

Window = Annotated[float | None, Field(description="All steps within this of the first; None: no limit")]
Pause = Annotated[float | None, Field(description="Each step within this of the one before; None: no limit")]


@dataclass(frozen=True, slots=True)
class StepName:
    """A step as it is written, and as one reads it."""

    key: Annotated[str, Field(description="As it is written, e.g. email|ad or purchase[value>100]")]
    name_fi: str
    name_en: str

    def name(self, language: str) -> str:
        return self.name_fi if language == "fi" else self.name_en


@dataclass(frozen=True, slots=True)
class FunnelStep:
    """A step of a funnel: who gets there, of those who began and of those at the step before."""

    step: StepName
    without: Annotated[
        str, Field(description="What must not come between the step before and this one, as it is written")
    ]
    profiles: Annotated[Count, Field(description="Profiles that got to this step")]
    of_first: Annotated[Estimate, Field(description="Share of the profiles at the first step")]
    of_previous: Annotated[Estimate, Field(description="Share of the profiles at the step before")]
    lost: Annotated[Count, Field(description="Profiles at the step before that did not get here")]
    reason: Annotated[
        str | None, Field(description="never_occurs: no such event within what is covered, else None")
    ] = None


@dataclass(frozen=True, slots=True)
class StepTimes:
    """How long it takes to get to a step: a quarter are sooner than the first quartile, half than the median, three
    quarters than the third. Of each profile the first attempt that gets there counts."""

    step: StepName
    first_quartile_s: Annotated[Estimate, Field(description="From the first step, in seconds")]
    median_s: Annotated[Estimate, Field(description="From the first step, in seconds")]
    third_quartile_s: Annotated[Estimate, Field(description="From the first step, in seconds")]
    wait_first_quartile_s: Annotated[Estimate, Field(description="From the step before, in seconds")]
    wait_median_s: Annotated[Estimate, Field(description="From the step before, in seconds")]
    wait_third_quartile_s: Annotated[Estimate, Field(description="From the step before, in seconds")]


@dataclass(frozen=True, slots=True)
class TimeToConvert:
    """How many get through in a time of from `from_s` up to, but not, `to_s`."""

    from_s: float
    to_s: float
    profiles: Count


@dataclass(frozen=True, slots=True)
class GroupDifference:
    """Whether those of a group get through more or less often than those of all other groups."""

    group: Annotated[str, Field(description="Its key")]
    converted: Annotated[Estimate, Field(description="Share of the group's beginners who get through")]
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
class FunnelOfJourneys(Answer):
    """How many profiles get through the steps in order, and how long it takes them."""

    covered: Covered
    within_s: Window
    between_s: Pause
    steps: tuple[FunnelStep, ...]
    times: tuple[StepTimes, ...]
    to_convert: Annotated[
        tuple[TimeToConvert, ...],
        Field(description="Times from the first step to the last, in bins of an eighth of an octave"),
    ]
    breakdown: Annotated[tuple[Group, ...], Field(description="Of a breakdown, the largest first")] = ()
    each: Annotated[tuple[FunnelOfJourneys, ...], Field(description="The same for each of the groups")] = ()
    differences: Annotated[
        tuple[GroupDifference, ...], Field(description="Each of the groups beside all other groups")
    ] = ()


@dataclass(frozen=True, slots=True)
class SpanConversion:
    """Those who began in a day, week or month."""

    start: Annotated[date, Field(description="Its first day")]
    began: Annotated[Count, Field(description="Profiles that began an attempt in it")]
    converted: Annotated[Count, Field(description="Of them those who got through by such an attempt")]
    share: Annotated[Estimate, Field(description="The second of the first")]
    is_over: Annotated[bool, Field(description="False while some of them still have time to get through")]


@dataclass(frozen=True, slots=True)
class ConversionOverTime(Answer):
    """How many of those who begin get through, by when they began."""

    covered: Covered
    within_s: Window
    between_s: Pause
    by: Annotated[str, Field(description="day, week or month")]
    spans: tuple[SpanConversion, ...]
    breakdown: Annotated[tuple[Group, ...], Field(description="Of a breakdown, the largest first")] = ()
    each: Annotated[tuple[ConversionOverTime, ...], Field(description="The same for each of the groups")] = ()


@dataclass(frozen=True, slots=True)
class DropoutsOfFunnel(Answer):
    """Who got to a step and no further, the newest first."""

    covered: Covered
    within_s: Window
    between_s: Pause
    step: StepName
    total: Annotated[Count, Field(description="How many they are in all")]
    dropouts: Annotated[
        tuple[Listed, ...],
        Field(description="Profiles, and when each last got to the step, the newest first"),
    ]
    breakdown: Annotated[tuple[Group, ...], Field(description="Of a breakdown, the largest first")] = ()
    each: Annotated[tuple[DropoutsOfFunnel, ...], Field(description="The same for each of the groups")] = ()
