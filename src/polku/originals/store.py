"""Originals in the operational tables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from polku.originals.tables import OriginalLookRow, OriginalRow

_AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True)
class Original:
    """A text as it was written; `part` is "" for an event's comment, else the key of a survey's question."""

    source: int
    event_id: str
    part: str
    text: str


@dataclass(frozen=True, slots=True)
class Look:
    """Who looked at an original, and when."""

    user: str
    at: datetime


def add(session: Session, originals: Iterable[Original], now: datetime) -> None:
    """Keep texts; one that is kept already stays as it is, and so does the time from which it is kept."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    each = iter(originals)
    while some := list(islice(each, _AT_ONCE)):
        rows = [
            {"source": o.source, "event_id": o.event_id, "part": o.part, "text": o.text, "kept_at": now}
            for o in some
        ]
        session.execute(insert(OriginalRow).values(rows).on_conflict_do_nothing())


def original(session: Session, source: int, event_id: str) -> dict[str, str]:
    """The texts of an event that are kept, by part."""
    rows = session.execute(
        select(OriginalRow.part, OriginalRow.text).where(
            OriginalRow.source == source, OriginalRow.event_id == event_id
        )
    )
    return {row.part: row.text for row in rows}


def note_look(
    session: Session, source: int, event_id: str, *, user_id: int, user_name: str, now: datetime
) -> None:
    session.add(
        OriginalLookRow(
            source=source, event_id=event_id, user_id=user_id, user_name=user_name[:200], looked_at=now
        )
    )


def looks(session: Session, source: int, event_id: str) -> tuple[Look, ...]:
    """Who looked at an event's original, the latest first."""
    rows = session.execute(
        select(OriginalLookRow.user_name, OriginalLookRow.looked_at)
        .where(OriginalLookRow.source == source, OriginalLookRow.event_id == event_id)
        .order_by(OriginalLookRow.id.desc())
    )
    return tuple(Look(user, at) for user, at in rows)


def erase(session: Session, source: int, event_ids: Sequence[str]) -> int:
    """Remove the originals of events, e.g. of a customer who asks for it; how many."""
    gone = 0
    for start in range(0, len(event_ids), _AT_ONCE):
        some = event_ids[start : start + _AT_ONCE]
        done = session.execute(
            delete(OriginalRow).where(OriginalRow.source == source, OriginalRow.event_id.in_(some))
        )
        gone += done.rowcount  # type: ignore[attr-defined]  # a delete has one
    return gone


def forget(session: Session, *, before: datetime) -> int:
    """Remove what was kept before then; how many texts."""
    done = session.execute(delete(OriginalRow).where(OriginalRow.kept_at < before))
    return int(done.rowcount)  # type: ignore[attr-defined]  # a delete has one
