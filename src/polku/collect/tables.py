"""Sources: where events come from."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Integer, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from polku.db import Base, UtcDateTime


class Source(Base):
    """A place that sends events: a web shop, an app, a server, a file that was imported.

    A `public` source's write key is seen by anyone who opens the shop's page, so it may not do what a
    server may.
    """

    __tablename__ = "source"

    # TRICKY: SQLite numbers rows by itself only when the key is an INTEGER
    id: Mapped[int] = mapped_column(SmallInteger().with_variant(Integer, "sqlite"), primary_key=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)
    kind: Mapped[str] = mapped_column(String(16))  # web, app, server, file
    channel: Mapped[str] = mapped_column(
        String(16), default="web"
    )  # of events that no touchpoint rule matches
    write_key: Mapped[str | None] = mapped_column(String(64), unique=True)  # none: takes no requests
    public: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    disabled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ReplayedEvent(Base):
    """A rejected event that was taken later: what is rejected is never rewritten, only marked."""

    __tablename__ = "replayed_event"

    mark: Mapped[str] = mapped_column(String(32), primary_key=True)  # MARK of its row in `rejected`
    replayed_at: Mapped[datetime] = mapped_column(UtcDateTime)
