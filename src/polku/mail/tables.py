"""The outbox: letters that are to go, and what became of those that went."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, Integer, LargeBinary, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from polku.db import Base, UtcDateTime


class OutgoingMessage(Base):
    """One letter to one person. States are those of `polku.mail.outbox.STATES`.

    `content` is the letter itself, compressed. It is there until the letter is sent and then removed: the ledger keeps
    that a letter went, not what stood in it (a personal link, say).
    """

    __tablename__ = "outgoing_message"
    __table_args__ = (Index("ix_outgoing_message_state_due_at", "state", "due_at"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    key: Mapped[str | None] = mapped_column(
        String(120), unique=True
    )  # of who asked for it: the same one once
    kind: Mapped[str] = mapped_column(String(32))
    recipient: Mapped[str] = mapped_column(String(254), index=True)
    message_id: Mapped[str] = mapped_column(String(320))
    content: Mapped[bytes | None] = mapped_column(LargeBinary)
    urgent: Mapped[bool] = mapped_column(default=False)  # goes before others
    repeats: Mapped[bool] = mapped_column(default=False)  # sent again when it is uncertain whether it went
    state: Mapped[str] = mapped_column(String(16), default="queued")
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # of no use afterwards
    attempts: Mapped[int] = mapped_column(SmallInteger, default=0)
    queued_at: Mapped[datetime] = mapped_column(UtcDateTime)
    first_tried_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    reason: Mapped[str] = mapped_column(String(32), default="")  # a code of `polku.mail.reasons`
    status: Mapped[int] = mapped_column(SmallInteger, default=0)  # the server's
    said: Mapped[str] = mapped_column(String(300), default="")  # its words
