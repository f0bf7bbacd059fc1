"""Jobs that are to be done, and those that were given up."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, SmallInteger, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from polku.db import Base, UtcDateTime


class JobRow(Base):
    """A job. It is removed when it has been done; one that failed too often stays, with `failed_at`."""

    __tablename__ = "job"
    __table_args__ = (UniqueConstraint("kind", "key"), Index("ix_job_due_at", "due_at"))

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    kind: Mapped[str] = mapped_column(String(60))
    key: Mapped[str | None] = mapped_column(String(120))  # of who asked for it: the same one once
    payload: Mapped[str] = mapped_column(Text, default="{}")  # JSON
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(SmallInteger, default=0)
    leased_until: Mapped[datetime | None] = mapped_column(UtcDateTime)  # somebody is at it
    failed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # given up
    error: Mapped[str] = mapped_column(String(300), default="")  # of the last attempt
