"""What answers have in common. Times are UTC, lengths of time in seconds, shares 0–1, scores −100…100."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any, Protocol

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
    who: Annotated[tuple[str, ...], Field(description="Only profiles for whom all of this holds")] = ()
    breakdown: Annotated[str | None, Field(description="What it is broken down by")] = None


@dataclass(frozen=True, slots=True)
class Group:
    """A group of a breakdown: profiles of whom the same is known."""

    key: Annotated[
        str, Field(description="A trait's value, a channel, …; `…` is all groups too small to be named")
    ]
    profiles: Annotated[Count, Field(description="Profiles of the group, also those outside the period")]


class Grouped(Protocol):
    """An answer that can be broken down: a frozen dataclass with these fields."""

    @property
    def breakdown(self) -> tuple[Group, ...]: ...

    @property
    def each(self) -> tuple[Any, ...]:
        """The same answer for each of the groups."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A profile of whom something holds."""

    profile: Annotated[str, Field(description="Its id, 16 hexadecimal digits")]
    at: Annotated[datetime, Field(description="When it last did what the list is of")]


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
class Ends:
    """How many journeys, or sessions, start and end at a touchpoint."""

    touchpoint: Met
    starts: Count
    ends: Count


@dataclass(frozen=True, slots=True)
class Quantiles:
    """How lengths of time spread, in seconds: each is one that occurs, with its interval."""

    at_10: Annotated[Estimate, Field(description="One in ten is at most so long")]
    at_25: Annotated[Estimate, Field(description="A quarter is at most so long")]
    at_50: Annotated[Estimate, Field(description="Half is at most so long: the median")]
    at_75: Annotated[Estimate, Field(description="Three quarters are at most so long")]
    at_90: Annotated[Estimate, Field(description="Nine in ten are at most so long")]
