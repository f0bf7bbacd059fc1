"""Mailings, the company's rules of asking, and addresses from lists. Nothing here refers to a response."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Boolean, Float, Index, SmallInteger, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from polku.db import Base, UtcDateTime


class AskingRulesRow(Base):
    """How often and when anybody may be asked, in any survey. There is one row, or none: then defaults hold."""

    __tablename__ = "asking_rules"

    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True)  # always 1
    gap_days: Mapped[int]
    touchpoint_gap_days: Mapped[int]
    gap_without_answer_days: Mapped[int]
    most_a_year: Mapped[int]
    latest_days: Mapped[int]
    opens: Mapped[int] = mapped_column(SmallInteger)  # hours of the company's clock
    closes: Mapped[int] = mapped_column(SmallInteger)
    weekends: Mapped[bool] = mapped_column(Boolean)
    answer_days: Mapped[int]
    remind_after_days: Mapped[int]
    reminders: Mapped[int] = mapped_column(SmallInteger)
    consent_trait: Mapped[str] = mapped_column(String(80), default="", server_default="")
    ask_unknown: Mapped[bool] = mapped_column(Boolean, default=True, server_default="1")


class MailingRow(Base):
    """A survey sent to a list or a segment at once, or after a touchpoint for as long as it is on.

    States are those of `polku.surveys.distribution.mailing.STATES`.
    """

    __tablename__ = "survey_mailing"
    __table_args__ = (Index("ix_survey_mailing_survey", "survey"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    survey: Mapped[str] = mapped_column(String(60))
    name: Mapped[str] = mapped_column(String(120))
    touchpoint: Mapped[str] = mapped_column(String(80), default="")  # empty: a list
    after_days: Mapped[int] = mapped_column(default=0)
    share: Mapped[float] = mapped_column(Float, default=1.0)
    on: Mapped[bool] = mapped_column("is_on", Boolean, default=True)
    looked_seq: Mapped[int] = mapped_column(BigInteger, default=0)  # the last event that a trigger looked at
    made_by: Mapped[str] = mapped_column(String(200))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    kind: Mapped[str] = mapped_column(String(8), default="list", server_default="list")
    channel: Mapped[str] = mapped_column(String(8), default="email", server_default="email")
    segment: Mapped[str] = mapped_column(String(120), default="", server_default="")  # its name
    who: Mapped[str] = mapped_column(Text, default="", server_default="")  # conditions, a line each
    words: Mapped[str] = mapped_column(Text, default="", server_default="")  # of a text message; empty: ours
    state: Mapped[str] = mapped_column(String(12), default="done", server_default="done")
    total: Mapped[int] = mapped_column(default=0, server_default="0")  # entries of its list
    read_to: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")  # bytes of its list
    told: Mapped[str] = mapped_column(
        Text, default="{}", server_default="{}"
    )  # what came of looking, as JSON


class SiteKeyRow(Base):
    """What the company's sites sign with who a visitor is. There is one row, or none."""

    __tablename__ = "site_key"

    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True)  # always 1
    secret: Mapped[str] = mapped_column(String(100))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)


class RecipientRow(Base):
    """The address of somebody asked from a list: no event of theirs need have it. Forgotten when all is over."""

    __tablename__ = "survey_recipient"

    survey: Mapped[str] = mapped_column(String(60), primary_key=True)
    profile: Mapped[str] = mapped_column(String(16), primary_key=True)  # its key as 16 hexadecimal digits
    address: Mapped[str] = mapped_column(String(254))
    added_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
