"""What sessions answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from polku.answer import Answer
from polku.journeys.asking.results import Count, Covered, Ends, Group
from polku.stats import Estimate


@dataclass(frozen=True, slots=True)
class SessionsOfJourneys(Answer):
    """Sessions: encounters with no long pause between them."""

    covered: Covered
    pause_s: Annotated[float, Field(description="A longer pause begins a new session")]
    sessions: Count
    profiles: Annotated[Count, Field(description="Profiles with a session")]
    length_s: Annotated[Estimate, Field(description="Median length, in seconds")]
    size: Annotated[Estimate, Field(description="Median number of encounters")]
    single: Annotated[Estimate, Field(description="Share of sessions with one encounter only")]
    ends: tuple[Ends, ...]
    breakdown: Annotated[tuple[Group, ...], Field(description="Of a breakdown, the largest first")] = ()
    each: Annotated[tuple[SessionsOfJourneys, ...], Field(description="The same for each of the groups")] = ()
