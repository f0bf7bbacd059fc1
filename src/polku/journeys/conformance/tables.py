"""Designed journeys and their steps."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Boolean, ForeignKey, Integer, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from polku.db import Base, UtcDateTime


class JourneyDesignRow(Base):
    """A designed journey, as `polku.journeys.conformance.design.Design`."""

    __tablename__ = "journey_design"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    key: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    changed_by: Mapped[str] = mapped_column(String(200))
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    steps: Mapped[list[JourneyDesignStepRow]] = relationship(
        cascade="all, delete-orphan", order_by="JourneyDesignStepRow.position", lazy="selectin"
    )


class JourneyDesignStepRow(Base):
    """A step. Touchpoints are named by their keys: a design outlives a touchpoint that is deleted, and says so."""

    __tablename__ = "journey_design_step"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    design_id: Mapped[int] = mapped_column(ForeignKey("journey_design.id", ondelete="CASCADE"), index=True)
    position: Mapped[int] = mapped_column(SmallInteger)
    touchpoints: Mapped[str] = mapped_column(String(800))  # keys with | between them
    required: Mapped[bool] = mapped_column(Boolean)
    repeats: Mapped[bool] = mapped_column(Boolean)
    direct: Mapped[bool] = mapped_column(Boolean)
    within_s: Mapped[int | None] = mapped_column(Integer)
