"""A case's history: lines that are added and never changed."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from polku.cases.tables import CaseEntryRow, CaseRow

CONTACTS: Final = ("call", "missed_call", "meeting", "message")
"""What a person notes of being in touch, besides a plain note; a letter is noted by being sent."""
REACHED: Final = ("call", "meeting", "message")
"""Those by which the customer was reached."""
LETTER_ENDS: Final = ("letter_sent", "letter_failed", "letter_unsure")
KINDS: Final = (
    "opened", "answer", "note", *CONTACTS, "letter", *LETTER_ENDS, "owner", "status", "due", "priority", "overdue",
    "closed", "reopened",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the history. `about` says what changed; `ended` of a letter what became of it, empty while it waits."""

    id: int
    kind: str
    at: datetime
    by: str
    text: str
    about: Mapping[str, Any]
    ended: str = ""


def note(
    session: Session, case: CaseRow, kind: str, at: datetime, *, by: str = "", text: str = "",
    about: Mapping[str, Any] | None = None, form: str | None = None,
) -> CaseEntryRow:  # fmt: skip
    """Add a line. `by` is empty for what Polku does by itself; `form` is of the form that was sent."""
    assert kind in KINDS, kind
    said = json.dumps(dict(about or {}), ensure_ascii=False)
    row = CaseEntryRow(case_id=case.id, kind=kind, at=at, by=by, text=text, about=said, form=form)
    session.add(row)
    session.flush()
    return row


def is_taken(session: Session, form: str) -> bool:
    """Whether a form has been sent before: whoever clicks twice writes once."""
    return session.scalar(select(CaseEntryRow.id).where(CaseEntryRow.form == form)) is not None


def history(session: Session, case: int) -> Sequence[Entry]:
    """The lines of a case, the newest first; what became of a letter stands with the letter."""
    rows = session.scalars(
        select(CaseEntryRow)
        .where(CaseEntryRow.case_id == case)
        .order_by(CaseEntryRow.at.desc(), CaseEntryRow.id.desc())
    ).all()
    ends = {json.loads(r.about)["letter"]: r.kind for r in reversed(rows) if r.kind in LETTER_ENDS}
    return [
        Entry(r.id, r.kind, r.at, r.by, r.text, json.loads(r.about), ends.get(r.id, ""))
        for r in rows
        if r.kind not in LETTER_ENDS
    ]
