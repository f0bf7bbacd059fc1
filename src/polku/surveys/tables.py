"""Surveys, their versions, what their questions measure, and answers that are not finished."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Boolean, Float, ForeignKey, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from polku.db import Base, UtcDateTime


class SurveyRow(Base):
    """A survey. `draft` is the definition that is being worked on; what customers see is a version."""

    __tablename__ = "survey"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    key: Mapped[str] = mapped_column(String(60), unique=True)  # in addresses and events; never changes
    name: Mapped[str] = mapped_column(String(120))
    anonymous: Mapped[bool] = mapped_column(Boolean)  # settled when the first version is published
    touchpoint: Mapped[str] = mapped_column(
        String(80), default=""
    )  # what it is about; empty: nothing in particular
    draft: Mapped[str] = mapped_column(Text)
    changed_by: Mapped[str] = mapped_column(String(200))
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class SurveyVersionRow(Base):
    """A definition as it was published. Never changed, never deleted: answers were given to it."""

    __tablename__ = "survey_version"

    survey_id: Mapped[int] = mapped_column(ForeignKey("survey.id"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    definition: Mapped[str] = mapped_column(Text)
    published_by: Mapped[str] = mapped_column(String(200))
    published_at: Mapped[datetime] = mapped_column(UtcDateTime)


class SurveyQuestionRow(Base):
    """What a question of a survey measures: outside the definition, so that past answers can be read anew."""

    __tablename__ = "survey_question"

    survey_id: Mapped[int] = mapped_column(ForeignKey("survey.id", ondelete="CASCADE"), primary_key=True)
    question: Mapped[str] = mapped_column(String(80), primary_key=True)
    metric: Mapped[str] = mapped_column(String(40), default="")
    level: Mapped[str] = mapped_column(String(16), default="")  # action, emotion, meaning
    touchpoint: Mapped[str] = mapped_column(String(80), default="")  # if another than the survey's


class SurveyPlacementRow(Base):
    """When a survey shows itself on the company's sites, as a card in the corner."""

    __tablename__ = "survey_placement"

    survey_id: Mapped[int] = mapped_column(ForeignKey("survey.id", ondelete="CASCADE"), primary_key=True)
    on: Mapped[bool] = mapped_column("is_on", Boolean)
    paths: Mapped[str] = mapped_column(Text)  # a line each, * for anything; empty: every page
    event: Mapped[str] = mapped_column(String(120))  # that must have happened on the page; empty: none
    delay_s: Mapped[int] = mapped_column(Integer)
    share: Mapped[float] = mapped_column(Float)  # of visitors, chosen by lot
    gap_days: Mapped[int] = mapped_column(Integer)  # before the same browser is asked again
    segment: Mapped[str] = mapped_column(String(120), default="", server_default="")  # its name
    who: Mapped[str] = mapped_column(
        Text, default="", server_default=""
    )  # conditions on visitors, a line each
    touchpoint: Mapped[str] = mapped_column(
        String(80), default="", server_default=""
    )  # lately met; empty: any
    within_minutes: Mapped[int] = mapped_column(Integer, default=30, server_default="30")


class AnswersRow(Base):
    """Answers that somebody has begun and not finished. Of an anonymous survey they say nothing of who."""

    __tablename__ = "survey_answers"

    response: Mapped[str] = mapped_column(String(36), primary_key=True)
    survey_id: Mapped[int] = mapped_column(ForeignKey("survey.id", ondelete="CASCADE"), index=True)
    version: Mapped[int] = mapped_column(Integer)
    answers: Mapped[str] = mapped_column(Text)
    page: Mapped[int] = mapped_column(Integer)
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
