"""What sessions answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from polku.answer import Answer
from polku.journeys.asking.results import Count, Covered, Group, Met
from polku.stats import Estimate


@dataclass(frozen=True, slots=True)
class SessionEnds:
    """How many sessions begin and end at a touchpoint."""

    touchpoint: Met
    starts: Annotated[Count, Field(description="Sessions that begin there")]
    starts_share: Annotated[
        Estimate, Field(description="Of all sessions; per channel: of all of the channel")
    ]
    ends: Annotated[Count, Field(description="Sessions that end there")]
    ends_share: Annotated[Estimate, Field(description="Of all sessions; per channel: of all of the channel")]


@dataclass(frozen=True, slots=True)
class SessionsOfChannel:
    """Sessions within one channel: what happens in others neither ends one nor is part of it."""

    channel: Met
    sessions: Count
    profiles: Annotated[Count, Field(description="Profiles with a session in it")]
    length_s: Annotated[Estimate, Field(description="Median length, in seconds")]
    size: Annotated[Estimate, Field(description="Median number of encounters")]
    single: Annotated[Estimate, Field(description="Share of sessions with one encounter only")]


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
    ends: Annotated[
        tuple[SessionEnds, ...], Field(description="Where they begin and end, in order of the path")
    ]
    channels: Annotated[
        tuple[SessionsOfChannel, ...], Field(description="Per channel: the sessions of each by itself")
    ] = ()
    breakdown: Annotated[tuple[Group, ...], Field(description="Of a breakdown, the largest first")] = ()
    each: Annotated[tuple[SessionsOfJourneys, ...], Field(description="The same for each of the groups")] = ()
