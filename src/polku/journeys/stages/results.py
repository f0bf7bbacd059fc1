"""What the stages of the path answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from polku.answer import Answer
from polku.journeys.asking.results import Count, Covered, Group
from polku.stats import Estimate


@dataclass(frozen=True, slots=True)
class Lengths:
    """Lengths of time in seconds: a quarter are shorter than `lower`, a half than `median`, a quarter longer than
    `upper`."""

    lower: Estimate
    median: Estimate
    upper: Estimate


@dataclass(frozen=True, slots=True)
class StageOfJourneys:
    """A stage of the path: how many reach it and go on, how many are in it now and how long they stay."""

    key: str
    name_fi: str
    name_en: str
    reached: Annotated[Count, Field(description="Profiles with an event of this stage in the period")]
    goes_on: Annotated[
        Estimate | None,
        Field(description="Share of them with an event of the next stage at or after this; last stage: None"),
    ]
    now: Annotated[
        Count,
        Field(description="Profiles that are in it at the end of the period: their latest touchpoint is its"),
    ]
    share: Annotated[Estimate, Field(description="Of all profiles that are in a stage, those in this")]
    stayed_s: Annotated[
        Lengths, Field(description="How long stays lasted that ended in the period, in seconds")
    ]
    been_s: Annotated[
        Lengths, Field(description="How long those in it now have been there, to the hour, in seconds")
    ]

    def name(self, language: str) -> str:
        return self.name_fi if language == "fi" else self.name_en


@dataclass(frozen=True, slots=True)
class FlowOfStage:
    """Who comes to a stage and goes from it in a span of time: where they are when it begins and when it ends."""

    key: str
    entered: Annotated[Count, Field(description="In it at the end of the span, not at its beginning")]
    left: Annotated[Count, Field(description="In it at the beginning of the span, not at its end")]
    forward: Annotated[Count, Field(description="Of those who left, those in a later stage at the end")]
    backward: Annotated[Count, Field(description="Of those who left, those in an earlier stage at the end")]
    stock: Annotated[Count, Field(description="In it at the end of the span, or of what is known of it")]


@dataclass(frozen=True, slots=True)
class FlowOfSpan:
    """The flow between stages in a day, week or month of the company's time zone."""

    start: Annotated[date, Field(description="Its first day")]
    finished: Annotated[bool, Field(description="Whether it is over; if not, its numbers are of so far")]
    new: Annotated[Count, Field(description="Profiles that had not been in any stage before")]
    forward: Annotated[Count, Field(description="Profiles in a later stage at its end than at its beginning")]
    backward: Annotated[
        Count, Field(description="Profiles in an earlier stage at its end than at its beginning")
    ]
    stages: tuple[FlowOfStage, ...]


@dataclass(frozen=True, slots=True)
class StagesOfJourneys(Answer):
    """The stages of the path: who reaches them, who is in them, for how long, and the flow between them."""

    covered: Covered
    profiles: Annotated[Count, Field(description="Profiles that reached any stage in the period")]
    staged: Annotated[Count, Field(description="Profiles that are in a stage at the end of the period")]
    stages: Annotated[tuple[StageOfJourneys, ...], Field(description="In order")]
    by: Literal["day", "week", "month"]
    flow: Annotated[tuple[FlowOfSpan, ...], Field(description="For each day, week or month of the period")]
    breakdown: Annotated[tuple[Group, ...], Field(description="Of a breakdown, the largest first")] = ()
    each: Annotated[tuple[StagesOfJourneys, ...], Field(description="The same for each of the groups")] = ()
