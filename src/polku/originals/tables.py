"""Original texts by event, and who looked at one."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from polku.db import Base, UtcDateTime


class OriginalRow(Base):
    """A text that had personal data in it. The event has the text without, so that this can be removed by itself."""

    __tablename__ = "original"

    source: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    event_id: Mapped[str] = mapped_column(String(80), primary_key=True)
    part: Mapped[str] = mapped_column(String(80), primary_key=True)  # empty: the comment; a survey's question
    text: Mapped[str] = mapped_column(Text)
    kept_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class OriginalLookRow(Base):
    """Somebody looked at the original of an event. It outlives the text."""

    __tablename__ = "original_look"
    __table_args__ = (Index("ix_original_look_event", "source", "event_id"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    source: Mapped[int] = mapped_column(Integer)
    event_id: Mapped[str] = mapped_column(String(200))
    user_id: Mapped[int] = mapped_column(Integer)  # 0: the owner of the data folder, by the command line
    user_name: Mapped[str] = mapped_column(String(200))
    looked_at: Mapped[datetime] = mapped_column(UtcDateTime)
