"""What people decide of how comments are understood, and what has been learned and told."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Boolean, Float, ForeignKey, Index, Integer, SmallInteger, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from polku.db import Base, UtcDateTime


class TaxonomyVersionRow(Base):
    """A taxonomy as somebody saved it; the latest holds. Never changed, never deleted."""

    __tablename__ = "feedback_taxonomy"

    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    source: Mapped[str] = mapped_column(Text)  # JSON; empty: the one that comes with Polku
    changed_by: Mapped[str] = mapped_column(String(200))
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class CorrectionRow(Base):
    """What a person says a comment says. Of a comment the latest that is not undone holds.

    A comment is known by its event's number and time and its place there: all outlive the file of comments.
    """

    __tablename__ = "comment_correction"
    __table_args__ = (Index("ix_comment_correction_comment", "comment"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    seq: Mapped[int] = mapped_column(BigInteger)
    part: Mapped[int] = mapped_column(SmallInteger)
    comment: Mapped[int] = mapped_column(BigInteger)  # the number made of the event's, its time and the part
    sentiment: Mapped[str] = mapped_column(String(8), default="")  # empty: as it is told
    aspects: Mapped[str] = mapped_column(Text, default="")  # JSON: sentiment by aspect; empty: as told
    touchpoint: Mapped[str | None] = mapped_column(String(80))  # None: as told
    corrected_by: Mapped[str] = mapped_column(String(200))
    corrected_at: Mapped[datetime] = mapped_column(UtcDateTime)
    undone_by: Mapped[str] = mapped_column(String(200), default="")
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class LearnedModelRow(Base):
    """An attempt to learn from the company's own comments, and how it went."""

    __tablename__ = "learned_model"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    language: Mapped[str] = mapped_column(String(10), index=True)
    learned_at: Mapped[datetime] = mapped_column(UtcDateTime)
    pairs: Mapped[int] = mapped_column(Integer)  # comments with a score that were there
    corrections: Mapped[int] = mapped_column(Integer)
    changes: Mapped[int] = mapped_column(Integer)  # the last correction made or undone that was known
    why: Mapped[str] = mapped_column(String(20), default="")  # it was not taken into use; empty: it was
    evaluated: Mapped[int | None] = mapped_column(Integer)
    accuracy: Mapped[float | None] = mapped_column(Float)
    macro_f1: Mapped[float | None] = mapped_column(Float)
    before: Mapped[float | None] = mapped_column(Float)
    digest: Mapped[str] = mapped_column(String(32), default="")  # of the model's file


class LearningChoiceRow(Base):
    """Whether comments of a language are told by what was learned; no row: yes."""

    __tablename__ = "learning_choice"

    language: Mapped[str] = mapped_column(String(10), primary_key=True)
    is_on: Mapped[bool] = mapped_column(Boolean)
    changed_by: Mapped[str] = mapped_column(String(200))
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ThemeAlertRow(Base):
    """A theme that was told of as new or growing."""

    __tablename__ = "theme_alert"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    language: Mapped[str] = mapped_column(String(10))
    name: Mapped[str] = mapped_column(String(200))
    words: Mapped[str] = mapped_column(Text)  # with line ends between
    course: Mapped[str] = mapped_column(String(10))  # new, growing
    told_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    since: Mapped[datetime] = mapped_column(UtcDateTime)  # of the week that was held against those before
    until: Mapped[datetime] = mapped_column(UtcDateTime)
    count: Mapped[int] = mapped_column(Integer)  # comments of the theme in that week
    total: Mapped[int] = mapped_column(Integer)  # comments of that week
    ratio: Mapped[float | None] = mapped_column(Float)  # times as common as before
    ratio_low: Mapped[float | None] = mapped_column(Float)
    ratio_high: Mapped[float | None] = mapped_column(Float)
    p_value: Mapped[float] = mapped_column(Float)
    examples: Mapped[str] = mapped_column(Text, default="")  # JSON: numbers of comments


class ThemeSubscriberRow(Base):
    """A user who is written to about new and growing themes."""

    __tablename__ = "theme_subscriber"

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    since: Mapped[datetime] = mapped_column(UtcDateTime)
