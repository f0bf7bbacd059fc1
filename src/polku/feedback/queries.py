"""What is asked of feedback."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import ClassVar, Literal

from pydantic import Field

from polku.feedback import reading, telling
from polku.feedback.alerts import AlertsTold, alerts_told
from polku.feedback.comments import Comments
from polku.feedback.models import ModelsTold, models_told
from polku.feedback.pain_points import pain_points
from polku.feedback.search import Wanted, search
from polku.feedback.taxonomies import TaxonomyTold, taxonomy_told
from polku.feedback.themes import FoundThemes
from polku.workspace import PeriodQuery, Query, Workspace

Sentiment = Literal["negative", "neutral", "positive"]
Level = Literal["action", "emotion", "meaning"]
Every = Literal["day", "week", "month"]


class FeedbackComments(PeriodQuery):
    """What customers said, the newest first, without personal data.

    A search finds words in all their forms: toimitus finds toimituksen. A word that ends in * stands for all that
    begin so.
    """

    path: ClassVar[str] = "feedback/comments"
    text: str = Field("", max_length=200, description="Words that the comment has, in any of their forms")
    sentiment: Sentiment | None = Field(None, description="negative, neutral or positive")
    aspect: str | None = Field(None, description="What it speaks of, by its name in the taxonomy, e.g. price")
    felt: Sentiment | None = Field(None, description="How that is felt which it speaks of")
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
            self.felt,
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


class FeedbackThemes(PeriodQuery):
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


class FeedbackPains(PeriodQuery):
    """Pain points: what customers complain of, the worst first by reach × severity × trend.

    Of fewer than five customers nothing is told.
    """

    path: ClassVar[str] = "feedback/pains"
    touchpoint: str | None = Field(None, description="The key of the touchpoint that they came with")
    limit: int = Field(20, ge=1, le=200, description="How many at most")

    def answer(self, workspace: Workspace) -> telling.Pains:
        low, high = self.period(workspace)
        return pain_points(workspace, low=low, high=high, touchpoint=self.touchpoint, limit=self.limit)


class FeedbackTaxonomy(Query):
    """The words that tell what comments speak of, and the versions that were saved.

    What is printed as JSON can be changed and saved: polku feedback set-taxonomy FILE
    """

    path: ClassVar[str] = "feedback/taxonomy"

    def answer(self, workspace: Workspace) -> TaxonomyTold:
        return taxonomy_told(workspace)


class FeedbackModels(Query):
    """What was learned from the company's own comments, how well it tells them, and whether it is used."""

    path: ClassVar[str] = "feedback/models"

    def answer(self, workspace: Workspace) -> ModelsTold:
        return models_told(workspace)


class FeedbackAlerts(Query):
    """Themes that were told of as new or growing, the newest first."""

    path: ClassVar[str] = "feedback/alerts"
    days: int = Field(90, ge=1, le=3_650, description="Of how many days back")

    def answer(self, workspace: Workspace) -> AlertsTold:
        return alerts_told(workspace, datetime.now(UTC) - timedelta(days=self.days))
