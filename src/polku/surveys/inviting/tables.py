"""The ledger of invitations: who was asked, when, and what came of it.

Of anonymous surveys it knows that somebody answered, and on which day; neither when nor what. Nothing here refers to a
response, and a response of an anonymous survey refers to nothing here (`tests/surveys/test_anonymous.py` shows it).
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, Date, ForeignKey, Index, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from polku.db import Base, UtcDateTime


class Invitation(Base):
    """One decision on one occasion to ask somebody. States are those of `polku.surveys.inviting.ledger.STATES`."""

    __tablename__ = "invitation"
    __table_args__ = (
        Index("ix_invitation_survey_state", "survey", "state"),
        Index("ix_invitation_state_due_at", "state", "due_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    survey: Mapped[str] = mapped_column(String(60))
    version: Mapped[int]
    anonymous: Mapped[bool]
    occasion: Mapped[str] = mapped_column(
        String(200), unique=True
    )  # with the survey before it: decided on once
    profile: Mapped[str] = mapped_column(String(16), index=True)  # its key as 16 hexadecimal digits
    address_kind: Mapped[str] = mapped_column(String(8), default="")
    address_hash: Mapped[str] = mapped_column(String(64), default="", index=True)
    touchpoint: Mapped[str] = mapped_column(String(80), default="")
    about_event: Mapped[int | None] = mapped_column(BigInteger)
    channel: Mapped[str] = mapped_column(String(16))
    language: Mapped[str] = mapped_column(String(8), default="")
    state: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str] = mapped_column(String(32), default="")  # a code of `polku.surveys.inviting.reasons`
    decided_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reminders: Mapped[int] = mapped_column(SmallInteger, default=0)
    reminded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    opened_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # never of anonymous surveys
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # never of anonymous surveys
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # never of anonymous surveys
    answered_on: Mapped[date | None] = mapped_column(Date)
    refused_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    mailing: Mapped[int | None] = mapped_column(index=True)  # that decided on it; None: a card on a site


class InvitationLink(Base):
    """A personal link: of each letter one, since the token itself is kept nowhere and cannot be written again."""

    __tablename__ = "invitation_link"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    invitation_id: Mapped[int] = mapped_column(ForeignKey("invitation.id", ondelete="CASCADE"), index=True)


class OptOut(Base):
    """Somebody who does not want to be asked: by profile, by address, or both; any of them is enough."""

    __tablename__ = "survey_opt_out"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    profile: Mapped[str] = mapped_column(String(16), default="", index=True)
    address_hash: Mapped[str] = mapped_column(String(64), default="", index=True)
    how: Mapped[str] = mapped_column(String(16))  # link, one_click, staff
    at: Mapped[datetime] = mapped_column(UtcDateTime)
