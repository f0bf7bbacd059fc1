"""What answers have in common. Times are UTC, lengths of time in seconds, shares 0–1, scores −100…100."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated

from pydantic import Field

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
class Ends:
    """How many journeys, or sessions, start and end at a touchpoint."""

    touchpoint: Met
    starts: Count
    ends: Count
