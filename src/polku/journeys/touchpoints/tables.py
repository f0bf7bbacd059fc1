"""Stages, touchpoints and the rules that say which events are which touchpoint."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Integer, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from polku.db import Base


class StageRow(Base):
    """A phase of the path; `key` is stable, names are the company's own."""

    __tablename__ = "stage"

    key: Mapped[str] = mapped_column(String(40), primary_key=True)
    position: Mapped[int] = mapped_column(SmallInteger)
    name_fi: Mapped[str] = mapped_column(String(80))
    name_en: Mapped[str] = mapped_column(String(80))


class TouchpointRow(Base):
    """A kind of contact. `code` is what journey blocks hold: that of a deleted one is not used again."""

    __tablename__ = "touchpoint"
    __table_args__ = {"sqlite_autoincrement": True}  # noqa: RUF012 - SQLAlchemy reads it so

    code: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    key: Mapped[str] = mapped_column(String(60), unique=True)
    name_fi: Mapped[str] = mapped_column(String(80))
    name_en: Mapped[str] = mapped_column(String(80))
    channel: Mapped[str] = mapped_column(String(16))
    stage_key: Mapped[str | None] = mapped_column(ForeignKey("stage.key", ondelete="SET NULL"))
    position: Mapped[int] = mapped_column(SmallInteger)
    rules: Mapped[list[TouchpointRuleRow]] = relationship(
        cascade="all, delete-orphan", order_by="TouchpointRuleRow.id", lazy="selectin"
    )


class TouchpointRuleRow(Base):
    """Conditions that an event must all meet, see `polku.journeys.touchpoints.rules`; an empty one is no condition."""

    __tablename__ = "touchpoint_rule"
    __table_args__ = {"sqlite_autoincrement": True}  # noqa: RUF012 - as above

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    touchpoint_code: Mapped[int] = mapped_column(
        ForeignKey("touchpoint.code", ondelete="CASCADE"), index=True
    )
    position: Mapped[int] = mapped_column(SmallInteger)  # smaller is tried first
    source: Mapped[str] = mapped_column(String(80), default="")  # a source's name
    type: Mapped[str] = mapped_column(String(16), default="")  # track, page, …
    name: Mapped[str] = mapped_column(String(200), default="")  # of the event, `*` for any text
    path: Mapped[str] = mapped_column(String(400), default="")  # of the page, `*` for any text
    property: Mapped[str] = mapped_column(String(200), default="")
    operator: Mapped[str] = mapped_column(String(10), default="")
    value: Mapped[str] = mapped_column(String(400), default="")


class TouchpointsVersion(Base):
    """One row that every change of the tables above counts up, so that others notice."""

    __tablename__ = "touchpoints_version"

    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    number: Mapped[int] = mapped_column(Integer)


class RemovedTouchpoint(Base):
    """The key of a touchpoint that a user deleted: an import or an update does not bring it back."""

    __tablename__ = "touchpoint_removed"

    key: Mapped[str] = mapped_column(String(60), primary_key=True)
