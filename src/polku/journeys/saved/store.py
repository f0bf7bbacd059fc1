"""Reading and changing saved analyses."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from polku.errors import InvalidInput, NotFound
from polku.journeys.saved.tables import SavedAnalysisRow

LONGEST: Final = 4_000
_PAGES: Final = "/journeys/"


@dataclass(frozen=True, slots=True)
class SavedAnalysis:
    """An analysis with a name: the address of its page, on this server."""

    id: int
    name: str
    address: str
    on_board: bool
    saved_by: str
    saved_at: datetime


def saved_analyses(session: Session) -> list[SavedAnalysis]:
    """All, in the order of the board."""
    rows = session.scalars(select(SavedAnalysisRow).order_by(SavedAnalysisRow.position, SavedAnalysisRow.id))
    return [_of(r) for r in rows]


def save(
    session: Session, *, name: str, address: str, on_board: bool, saved_by: str, now: datetime
) -> SavedAnalysis:
    """Keep an analysis, last on the board. Raises InvalidInput for an address that is not a page of journeys."""
    last = session.scalar(select(func.max(SavedAnalysisRow.position))) or 0
    row = SavedAnalysisRow(
        name=_name(name),
        address=_address(address),
        on_board=on_board,
        position=last + 1,
        saved_by=saved_by,
        saved_at=now,
    )
    session.add(row)
    session.flush()
    return _of(row)


def rename(session: Session, id: int, name: str) -> None:
    """Raises NotFound, and InvalidInput for a name that is none."""
    _row(session, id).name = _name(name)


def put_on_board(session: Session, id: int, on_board: bool) -> None:
    """Raises NotFound."""
    _row(session, id).on_board = on_board


def move(session: Session, id: int, by: int) -> None:
    """Move it `by` places later on the board (earlier when negative). Raises NotFound."""
    row = _row(session, id)
    others = [
        r
        for r in session.scalars(
            select(SavedAnalysisRow).order_by(SavedAnalysisRow.position, SavedAnalysisRow.id)
        )
        if r.on_board and r is not row
    ]
    at = sum((r.position, r.id) < (row.position, row.id) for r in others)
    others.insert(min(max(at + by, 0), len(others)), row)
    for position, one in enumerate(others, start=1):
        one.position = position


def delete(session: Session, id: int) -> None:
    """Raises NotFound."""
    session.delete(_row(session, id))


def _row(session: Session, id: int) -> SavedAnalysisRow:
    row = session.get(SavedAnalysisRow, id)
    if row is None:
        raise NotFound("There is no saved analysis %(id)s. Somebody may have deleted it.", id=id)
    return row


def _name(name: str) -> str:
    name = name.strip()
    if not 1 <= len(name) <= 120:
        raise InvalidInput("Give a name of 1 to 120 characters.", field="name")
    return name


def _address(address: str) -> str:
    parts = urlsplit(address)
    if parts.scheme or parts.netloc or not parts.path.startswith(_PAGES) or "\\" in address:
        raise InvalidInput("Only pages of journeys can be saved, not '%(address)s'.", address=address[:80])
    if len(address) > LONGEST:
        raise InvalidInput("The address of this page is too long to be saved. Leave some choices out.")
    return address


def _of(row: SavedAnalysisRow) -> SavedAnalysis:
    return SavedAnalysis(row.id, row.name, row.address, row.on_board, row.saved_by, row.saved_at)
