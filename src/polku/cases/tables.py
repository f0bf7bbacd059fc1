"""Cases, what has happened in each, the rules that open them, and whom to tell."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Boolean, Float, ForeignKey, Index, Integer, SmallInteger, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from polku.db import Base, UtcDateTime


class CaseRuleRow(Base):
    """Which answers open a case, whose it is and by when. Users are listed by number, as JSON."""

    __tablename__ = "case_rule"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    name: Mapped[str] = mapped_column(String(120))
    survey: Mapped[str] = mapped_column(String(120), default="")  # empty: any
    question: Mapped[str] = mapped_column(String(80), default="")  # empty: the answer's own metric and score
    threshold: Mapped[float | None] = mapped_column(Float)  # none: the lowest category of the metric
    known_only: Mapped[bool] = mapped_column(Boolean, default=False)
    owners: Mapped[str] = mapped_column(Text, default="[]")  # in turn; none: nobody yet
    turns: Mapped[int] = mapped_column(Integer, default=0)  # how many have been given out
    told: Mapped[str] = mapped_column(Text, default="[]")
    due: Mapped[int] = mapped_column(SmallInteger)
    due_unit: Mapped[str] = mapped_column(String(8))  # days, hours
    priority: Mapped[str] = mapped_column(String(8), default="normal")
    on: Mapped[bool] = mapped_column("is_on", Boolean, default=False)
    on_since: Mapped[datetime | None] = mapped_column(UtcDateTime)  # earlier answers open nothing
    changed_by: Mapped[str] = mapped_column(String(200))
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class CaseRow(Base):
    """One case. `version` grows with every change, so that two who change it at once notice."""

    __tablename__ = "customer_case"
    __table_args__ = (
        Index("ix_customer_case_status_due_at", "status", "due_at"),
        Index("ix_customer_case_rule_profile", "rule_id", "profile"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    version: Mapped[int] = mapped_column(Integer, default=1)
    rule_id: Mapped[int] = mapped_column(ForeignKey("case_rule.id"))
    profile: Mapped[str] = mapped_column(String(16), default="", index=True)  # empty: nobody known
    touchpoint: Mapped[str] = mapped_column(String(80), default="")
    status: Mapped[str] = mapped_column(String(16))  # open, in_progress, waiting, closed
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True)
    priority: Mapped[str] = mapped_column(String(8))
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    remind_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)  # none: told already
    overdue_told: Mapped[bool] = mapped_column(Boolean, default=False)
    first_contact_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    outcome: Mapped[str] = mapped_column(String(16), default="")
    outcome_words: Mapped[str] = mapped_column(Text, default="")
    satisfied: Mapped[bool | None] = mapped_column(Boolean)  # none: not known


class CaseAnswerRow(Base):
    """A response that opened a case or came to it: each response once, whatever happens."""

    __tablename__ = "case_answer"

    source: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    response: Mapped[str] = mapped_column(String(200), primary_key=True)  # the event's id
    case_id: Mapped[int] = mapped_column(ForeignKey("customer_case.id"), index=True)
    seq: Mapped[int] = mapped_column(BigInteger)  # of the event
    answered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    survey: Mapped[str] = mapped_column(String(120))
    metric: Mapped[str] = mapped_column(String(40))
    score: Mapped[float] = mapped_column(Float)
    comment: Mapped[str] = mapped_column(Text, default="")  # without personal data


class CaseEntryRow(Base):
    """A line of a case's history. Only ever added, never changed."""

    __tablename__ = "case_entry"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("customer_case.id"), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by: Mapped[str] = mapped_column("by_name", String(200), default="")  # empty: Polku itself
    text: Mapped[str] = mapped_column(Text, default="")
    about: Mapped[str] = mapped_column(Text, default="{}")  # JSON: what changed from what to what
    form: Mapped[str | None] = mapped_column(String(32), unique=True)  # sent twice, it counts once


class CaseAlertRow(Base):
    """Somebody is to be told of a case by e-mail. Gone when the letter is in the outbox."""

    __tablename__ = "case_alert"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("customer_case.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    kind: Mapped[str] = mapped_column(String(16))  # opened, given, due_soon, overdue
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)


class CaseProgressRow(Base):
    """One row: up to which event answers have been looked at."""

    __tablename__ = "case_progress"

    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    seq: Mapped[int] = mapped_column(BigInteger)
