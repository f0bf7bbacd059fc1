"""Decisions about who is who."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from polku.db import Base, UtcDateTime


class IdentityDecision(Base):
    """A decision as in `polku.profiles.decisions.Decision`. Rows are only ever added."""

    __tablename__ = "identity_decision"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    kind: Mapped[str] = mapped_column(String(16))
    pairs: Mapped[str] = mapped_column(Text)  # JSON [[key, key], …], keys as 16 hexadecimal digits
    after: Mapped[int] = mapped_column(BigInteger)
    decided_by: Mapped[str] = mapped_column(String(120))
    reason: Mapped[str] = mapped_column(Text, default="")
    decided_at: Mapped[datetime] = mapped_column(UtcDateTime)
    undoes: Mapped[int | None] = mapped_column(ForeignKey("identity_decision.id"))
