"""Decisions about who is who, and the rules by which customers are joined."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Integer, String, Text
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


class IdentityRulesChange(Base):
    """Rules as in `polku.profiles.rules.IdentityRules`. Rows are only ever added; the newest holds."""

    __tablename__ = "identity_rules"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    limit_of_others: Mapped[int] = mapped_column(Integer)  # types that `limits` does not name
    limits: Mapped[str] = mapped_column(Text)  # JSON {type: limit, …}
    priority: Mapped[str] = mapped_column(Text)  # JSON [type, …]
    blocked: Mapped[str] = mapped_column(Text)  # JSON [value, …]
    changed_by: Mapped[str] = mapped_column(String(200))
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
