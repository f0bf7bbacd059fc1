"""What is answered about touchpoints as time goes by."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from polku.answer import Answer
from polku.journeys.asking.results import Covered, Group, Met
from polku.stats import Estimate


@dataclass(frozen=True, slots=True)
class VolumeOfTouchpoint:
    """How often a touchpoint was met in each span."""

    touchpoint: Met
    volume: tuple[int, ...]
    reach: Annotated[tuple[int, ...], Field(description="Profiles that met it in the span")]


@dataclass(frozen=True, slots=True)
class VolumesOverTime(Answer):
    """How often touchpoints were met in each day, week or month of the company's time zone."""

    covered: Covered
    by: Literal["day", "week", "month"]
    starts: Annotated[tuple[date, ...], Field(description="First day of each; the last may be unfinished")]
    touchpoints: tuple[VolumeOfTouchpoint, ...]
    breakdown: Annotated[tuple[Group, ...], Field(description="Of a breakdown, the largest first")] = ()
    each: Annotated[tuple[VolumesOverTime, ...], Field(description="The same for each of the groups")] = ()


@dataclass(frozen=True, slots=True)
class ScoresOfTouchpoint:
    """How a touchpoint felt in each span."""

    touchpoint: Met
    scores: Annotated[tuple[Estimate, ...], Field(description="Of those who met it in the span, −100…100")]


@dataclass(frozen=True, slots=True)
class ScoresOverTime(Answer):
    """How touchpoints felt in each day, week or month of the company's time zone."""

    covered: Covered
    by: Literal["day", "week", "month"]
    starts: Annotated[tuple[date, ...], Field(description="First day of each; the last may be unfinished")]
    touchpoints: tuple[ScoresOfTouchpoint, ...]
    breakdown: Annotated[tuple[Group, ...], Field(description="Of a breakdown, the largest first")] = ()
    each: Annotated[tuple[ScoresOverTime, ...], Field(description="The same for each of the groups")] = ()
