"""What is asked of feedback."""

from __future__ import annotations

from datetime import date, timedelta
from typing import ClassVar, Literal
from zoneinfo import ZoneInfo

from pydantic import Field

from polku.errors import InvalidInput
from polku.feedback import reading, telling
from polku.feedback.comments import Comments
from polku.feedback.search import Wanted, search
from polku.feedback.themes import FoundThemes
from polku.workspace import FOREVER, LAST_DAY, Query, Workspace, midnight

Sentiment = Literal["negative", "neutral", "positive"]
Level = Literal["action", "emotion", "meaning"]
Every = Literal["day", "week", "month"]


class FeedbackQuery(Query):
    """A question about the comments of some days."""

    since: date | None = Field(
        None, description="First day, e.g. 2026-08-01; default: as far back as there is"
    )
    until: date | None = Field(None, description="Last day, included; default: to the end")

    def period(self, workspace: Workspace) -> tuple[int, int]:
        """low ≤ time < high in seconds since 1970. Raises InvalidInput if it ends before it starts."""
        if self.since and self.until and self.until < self.since:
            raise InvalidInput(
                "The period ends (%(until)s) before it starts (%(since)s). Swap the two days.",
                until=self.until,
                since=self.since,
            )
        zone = ZoneInfo(workspace.settings.timezone)
        low = midnight(self.since, zone) if self.since else 0
        high = midnight(min(self.until, LAST_DAY) + timedelta(days=1), zone) if self.until else FOREVER
        return low, high


class FeedbackComments(FeedbackQuery):
    """What customers said, the newest first, without personal data.

    A search finds words in all their forms: toimitus finds toimituksen. A word that ends in * stands for all that
    begin so.
    """

    path: ClassVar[str] = "feedback/comments"
    text: str = Field("", max_length=200, description="Words that the comment has, in any of their forms")
    sentiment: Sentiment | None = Field(None, description="negative, neutral or positive")
    aspect: str | None = Field(None, description="What it speaks of, by its name in the taxonomy, e.g. price")
    theme: str | None = Field(None, description="A theme's name as polku feedback themes tells it")
    touchpoint: str | None = Field(None, description="The key of the touchpoint that it came with")
    level: Level | None = Field(None, description="Level of experience: action, emotion or meaning")
    language: str | None = Field(None, description="Code of the language it is in, e.g. fi")
    limit: int = Field(50, ge=1, le=500, description="How many at most")
    offset: int = Field(0, ge=0, le=1_000_000, description="How many to leave out from the newest")

    def answer(self, workspace: Workspace) -> telling.Comments:
        comments = workspace.part(Comments)
        file = comments.current()
        low, high = self.period(workspace)
        ids = workspace.part(FoundThemes).comments_of(self.theme) if self.theme else None
        wanted = Wanted(
            self.text,
            self.sentiment,
            self.aspect,
            self.level,
            self.language,
            self.touchpoint,
            ids,
            low,
            high,
        )
        with file.reading() as connection:
            hits = search(connection, wanted, limit=self.limit, offset=self.offset)
            told = reading.comments(workspace, connection, hits.rows)
        return telling.Comments(told, hits.total, hits.more, comments.waiting())


class FeedbackThemes(FeedbackQuery):
    """Themes that comments have by themselves, over time: which are new, which grow, how they are felt."""

    path: ClassVar[str] = "feedback/themes"
    every: Every = Field("month", description="How long the spans of time are")
    language: str | None = Field(None, description="Only comments in this language, e.g. fi")
    touchpoint: str | None = Field(None, description="The key of the touchpoint that they came with")

    def answer(self, workspace: Workspace) -> telling.ThemesTold:
        low, high = self.period(workspace)
        return workspace.part(FoundThemes).of(
            low, high, every=self.every, language=self.language, touchpoint=self.touchpoint
        )


class FeedbackPains(FeedbackQuery):
    """Pain points: what customers complain of, the worst first by reach × severity × trend.

    Of fewer than five customers nothing is told.
    """

    path: ClassVar[str] = "feedback/pains"
    touchpoint: str | None = Field(None, description="The key of the touchpoint that they came with")
    limit: int = Field(20, ge=1, le=200, description="How many at most")

    def answer(self, workspace: Workspace) -> telling.Pains:
        low, high = self.period(workspace)
        comments = workspace.part(Comments)
        with comments.current().reading() as connection:
            return reading.pains(
                workspace,
                connection,
                low=low,
                high=high,
                touchpoint=self.touchpoint,
                limit=self.limit,
                waiting=comments.waiting(),
            )
