"""What questions about feedback answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from pydantic import Field

from polku.answer import Answer
from polku.stats import Estimate


@dataclass(frozen=True, slots=True)
class Comment:
    """What a customer said, without personal data, and what that says."""

    id: int
    profile: Annotated[str | None, Field(description="The customer; None: it is not known who")]
    at: datetime
    touchpoint: str
    score: Annotated[float | None, Field(description="That was given with it, −100…100")]
    text: str
    language: str
    sentiment: Annotated[str | None, Field(description="None: in a language that no model knows")]
    negative: float | None
    positive: float | None
    effort: str | None
    urgent: bool
    levels: list[str]
    emotions: Annotated[list[str], Field(description="That are told of, the likeliest first")]
    aspects: list[str]
    copies: Annotated[int, Field(description="How often the same came")]
    felt: Annotated[dict[str, str], Field(description="Sentiment of each aspect that it speaks of")]
    corrected_by: Annotated[str | None, Field(description="Who corrected what is told of it")]
    corrected_at: datetime | None


@dataclass(frozen=True, slots=True)
class Comments(Answer):
    """Comments, newest first. `more` says that there are more than `total`, which is counted up to 10,000."""

    comments: tuple[Comment, ...]
    total: int
    more: bool
    waiting: Annotated[bool, Field(description="Whether some have come that are not read yet")]


@dataclass(frozen=True, slots=True)
class Spoken:
    """A language that comments are in, and whether more than that is told of them."""

    language: str
    count: int
    understood: bool


@dataclass(frozen=True, slots=True)
class ThemeIn:
    """A theme in one period."""

    start: datetime
    count: int
    share: Estimate


@dataclass(frozen=True, slots=True)
class Example:
    """A comment that is typical of a theme or tells of a pain point."""

    id: int
    text: str
    profile: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class ThemeOf:
    """What many comments have in common, named by its words."""

    name: str
    language: str
    words: list[str]
    count: int
    share: Annotated[Estimate, Field(description="Of the comments in that language, 0–1")]
    negative: Annotated[Estimate, Field(description="Of its comments, 0–1")]
    positive: Annotated[Estimate, Field(description="Of its comments, 0–1")]
    course: Annotated[str, Field(description="new, growing, shrinking or steady, by more than chance")]
    q_value: float | None
    periods: tuple[ThemeIn, ...]
    examples: tuple[Example, ...]


@dataclass(frozen=True, slots=True)
class ThemesTold(Answer):
    """Themes, most spoken of first. `read` is how many comments they rest on: the newest of each language."""

    themes: tuple[ThemeOf, ...]
    languages: tuple[Spoken, ...]
    comments: int
    read: int
    waiting: bool


@dataclass(frozen=True, slots=True)
class PainPoint:
    """Something at a touchpoint that customers complain of."""

    aspect: str
    aspect_name: str
    touchpoint: str
    count: Annotated[int, Field(description="Comments that complain")]
    reach: Annotated[Estimate, Field(description="Share of those who commented that speak of it, 0–1")]
    severity: Annotated[Estimate, Field(description="Share of those for whom it was bad, 0–1")]
    trend: Annotated[Estimate, Field(description="How many times as common complaints are lately as before")]
    priority: Annotated[Estimate, Field(description="Reach × severity × trend")]
    examples: tuple[Example, ...]


@dataclass(frozen=True, slots=True)
class LevelAt:
    """How many comments at a stage tell of what was done, how it felt and what it means."""

    stage: Annotated[str, Field(description="Key of the stage; empty: of no stage")]
    n: int
    action: Estimate
    emotion: Estimate
    meaning: Estimate


@dataclass(frozen=True, slots=True)
class Pains(Answer):
    """Pain points, the worst first, and the three levels of experience by stage."""

    pains: tuple[PainPoint, ...]
    stages: tuple[LevelAt, ...]
    comments: Annotated[int, Field(description="That this rests on: the newest 50,000 that are understood")]
    negative: Annotated[Estimate, Field(description="Share of those comments, 0–1")]
    positive: Annotated[Estimate, Field(description="Share of those comments, 0–1")]
    waiting: bool
