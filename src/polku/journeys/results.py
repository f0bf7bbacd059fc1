"""What journey queries answer. Times are UTC, lengths of time in seconds, shares 0–1, scores −100…100."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field

from polku.stats import Estimate

Day = Annotated[date | None, Field(description="None: as far as there are events")]
Count = Annotated[int, Field(ge=0)]


@dataclass(frozen=True, slots=True)
class Covered:
    """What an answer covers: the filters it was asked with, and how fresh it is."""

    since: Day
    until: Day
    source: Annotated[str | None, Field(description="Only events of this source; None: of all")]
    channel: Annotated[str | None, Field(description="Only touchpoints of this channel; None: of all")]
    as_of: Annotated[datetime, Field(description="Events that arrived later are not in it")]


@dataclass(frozen=True, slots=True)
class Met:
    """A touchpoint by its key and its names."""

    key: Annotated[str, Field(description="Its name in queries, e.g. checkout")]
    name_fi: str
    name_en: str
    channel: str

    def name(self, language: str) -> str:
        return self.name_fi if language == "fi" else self.name_en


@dataclass(frozen=True, slots=True)
class TouchpointOnMap:
    """A touchpoint: how many meet it, what follows and how it felt."""

    touchpoint: Met
    reach: Annotated[Count, Field(description="Profiles that met it")]
    share: Annotated[Estimate, Field(description="Of the profiles that reached its stage, those that met it")]
    volume: Annotated[Count, Field(description="Times it was met")]
    next_s: Annotated[Estimate, Field(description="Median time to the next touchpoint, in seconds")]
    score: Annotated[
        Estimate, Field(description="Mean score of the responses within 30 days after it, −100…100")
    ]


@dataclass(frozen=True, slots=True)
class StageOnMap:
    """A stage of the path: how many reach it and go on to the next."""

    key: str
    name_fi: str
    name_en: str
    reached: Annotated[Count, Field(description="Profiles with an event of this stage")]
    goes_on: Annotated[
        Estimate | None,
        Field(description="Share of them with an event of the next stage at or after this; last stage: None"),
    ]
    touchpoints: tuple[TouchpointOnMap, ...]

    def name(self, language: str) -> str:
        return self.name_fi if language == "fi" else self.name_en


@dataclass(frozen=True, slots=True)
class MapOfJourneys:
    """The journey map: stages in order, and their touchpoints."""

    covered: Covered
    profiles: Annotated[Count, Field(description="Profiles that met any touchpoint of the map")]
    encounters: Annotated[Count, Field(description="Times any touchpoint of the map was met")]
    stages: tuple[StageOnMap, ...]

    @property
    def touchpoints(self) -> tuple[TouchpointOnMap, ...]:
        return tuple(t for s in self.stages for t in s.touchpoints)


@dataclass(frozen=True, slots=True)
class StagesReached:
    """How many reach each stage of the path, and the next."""

    covered: Covered
    profiles: Annotated[Count, Field(description="Profiles that reached any stage")]
    stages: Annotated[tuple[StageOnMap, ...], Field(description="In order, without their touchpoints")]


@dataclass(frozen=True, slots=True)
class Transition:
    """One touchpoint right after another."""

    came: Met
    went: Met
    count: Count
    share: Annotated[Estimate, Field(description="Of the times something came right after `came`")]
    after_s: Annotated[Estimate, Field(description="Median time between the two, in seconds")]


@dataclass(frozen=True, slots=True)
class Ends:
    """How many journeys, or sessions, start and end at a touchpoint."""

    touchpoint: Met
    starts: Count
    ends: Count


@dataclass(frozen=True, slots=True)
class GraphOfJourneys:
    """Which touchpoint follows which, the most frequent first."""

    covered: Covered
    transitions: tuple[Transition, ...]
    shown: Annotated[float, Field(description="Share of all transitions that are listed, 0–1")]
    total: Annotated[Count, Field(description="All transitions, also those not listed")]
    ends: tuple[Ends, ...]


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
class FunnelOfJourneys:
    """How many profiles get through the steps in order."""

    covered: Covered
    within_s: Annotated[float | None, Field(description="All steps within this of the first; None: no limit")]
    steps: tuple[FunnelStep, ...]


@dataclass(frozen=True, slots=True)
class VolumeOfTouchpoint:
    """How often a touchpoint was met in each span."""

    touchpoint: Met
    volume: tuple[int, ...]
    reach: Annotated[tuple[int, ...], Field(description="Profiles that met it in the span")]


@dataclass(frozen=True, slots=True)
class VolumesOverTime:
    """How often touchpoints were met in each day, week or month of the company's time zone."""

    covered: Covered
    by: Literal["day", "week", "month"]
    starts: Annotated[tuple[date, ...], Field(description="First day of each; the last may be unfinished")]
    touchpoints: tuple[VolumeOfTouchpoint, ...]


@dataclass(frozen=True, slots=True)
class ScoresOfTouchpoint:
    """How a touchpoint felt in each span."""

    touchpoint: Met
    scores: Annotated[tuple[Estimate, ...], Field(description="Of those who met it in the span, −100…100")]


@dataclass(frozen=True, slots=True)
class ScoresOverTime:
    """How touchpoints felt in each day, week or month of the company's time zone."""

    covered: Covered
    by: Literal["day", "week", "month"]
    starts: Annotated[tuple[date, ...], Field(description="First day of each; the last may be unfinished")]
    touchpoints: tuple[ScoresOfTouchpoint, ...]


@dataclass(frozen=True, slots=True)
class SessionsOfJourneys:
    """Sessions: encounters with no long pause between them."""

    covered: Covered
    pause_s: Annotated[float, Field(description="A longer pause begins a new session")]
    sessions: Count
    profiles: Annotated[Count, Field(description="Profiles with a session")]
    length_s: Annotated[Estimate, Field(description="Median length, in seconds")]
    size: Annotated[Estimate, Field(description="Median number of encounters")]
    single: Annotated[Estimate, Field(description="Share of sessions with one encounter only")]
    ends: tuple[Ends, ...]
