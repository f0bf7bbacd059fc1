"""Webhooks, and the calls that are to be made to them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, SmallInteger, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from polku.db import Base, UtcDateTime


class WebhookRow(Base):
    """An address of another system that is called when something happens here."""

    __tablename__ = "webhook"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    name: Mapped[str] = mapped_column(String(200))
    url: Mapped[str] = mapped_column(String(2000))
    kinds: Mapped[str] = mapped_column(Text)  # names of kinds, with spaces between
    secret: Mapped[str] = mapped_column(String(100))  # calls are signed with it
    authorization: Mapped[str] = mapped_column(String(2000), default="")  # a header that the receiver wants
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    turned_off_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    rests: Mapped[int] = mapped_column(SmallInteger, default=0)  # in a row: it answers nothing
    rests_until: Mapped[datetime | None] = mapped_column(UtcDateTime)


class WebhookCall(Base):
    """One call of one webhook. States are those of `polku.webhooks.calls.STATES`.

    `body` is there until the call ends: what is kept afterwards tells that it was made, not what stood in it.
    """

    __tablename__ = "webhook_call"
    __table_args__ = (
        UniqueConstraint("webhook_id", "key"),
        Index("ix_webhook_call_state_due_at", "state", "due_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    webhook_id: Mapped[int] = mapped_column(ForeignKey("webhook.id", ondelete="CASCADE"))
    key: Mapped[str | None] = mapped_column(String(120))  # of who asked for it: the same one once
    kind: Mapped[str] = mapped_column(String(60))
    message_id: Mapped[str] = mapped_column(
        String(40)
    )  # the same at each attempt: receivers know doubles by it
    body: Mapped[bytes | None] = mapped_column(LargeBinary)
    state: Mapped[str] = mapped_column(String(16), default="queued")
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(SmallInteger, default=0)
    queued_at: Mapped[datetime] = mapped_column(UtcDateTime)
    first_tried_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    reason: Mapped[str] = mapped_column(String(32), default="")  # a code of `polku.webhooks.reasons`
    status: Mapped[int] = mapped_column(SmallInteger, default=0)  # of HTTP
