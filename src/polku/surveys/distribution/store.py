"""Mailings in their table. Each function works in the unit of work it is given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from polku.errors import NotFound
from polku.surveys.distribution.tables import MailingRow


@dataclass(frozen=True, slots=True)
class Mailing:
    """A survey sent to a list (no `touchpoint`), or by a trigger: `after_days` after a touchpoint, while it is `on`."""

    id: int
    survey: str
    name: str
    touchpoint: str
    after_days: int
    share: float
    on: bool
    looked_seq: int
    made_by: str
    made_at: datetime


def mailings(session: Session, survey: str) -> Sequence[Mailing]:
    """Those of a survey, the newest first."""
    rows = session.scalars(
        select(MailingRow).where(MailingRow.survey == survey).order_by(MailingRow.id.desc())
    )
    return [_of(row) for row in rows]


def triggers(session: Session) -> Sequence[Mailing]:
    """Triggers of all surveys that are on."""
    rows = session.scalars(select(MailingRow).where(MailingRow.on, MailingRow.touchpoint != ""))
    return [_of(row) for row in rows]


def add_mailing(
    session: Session, *, survey: str, name: str, by: str, now: datetime, touchpoint: str = "",
    after_days: int = 0, share: float = 1.0, looked_seq: int = 0,
) -> Mailing:  # fmt: skip
    row = MailingRow(
        survey=survey, name=name, touchpoint=touchpoint, after_days=after_days, share=share, on=True,
        looked_seq=looked_seq, made_by=by, made_at=now,
    )  # fmt: skip
    session.add(row)
    session.flush()
    return _of(row)


def turn(session: Session, id: int, survey: str, *, on: bool, looked_seq: int) -> None:
    """Turn a trigger on or off. What happened while it was off is not asked about. Raises NotFound."""
    row = session.get(MailingRow, id)
    if row is None or row.survey != survey or not row.touchpoint:
        raise NotFound("There is no such trigger. Open the survey's distribution again.")
    if on and not row.on:
        row.looked_seq = looked_seq
    row.on = on


def note_looked(session: Session, id: int, seq: int) -> None:
    """A trigger has looked at all events up to `seq`."""
    row = session.get(MailingRow, id)
    if row is not None:
        row.looked_seq = max(row.looked_seq, seq)


def _of(row: MailingRow) -> Mailing:
    return Mailing(
        row.id, row.survey, row.name, row.touchpoint, row.after_days, row.share, row.on, row.looked_seq,
        row.made_by, row.made_at,
    )  # fmt: skip
