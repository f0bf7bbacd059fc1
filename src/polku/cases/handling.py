"""What people do with a case. Each function works in the unit of work it is given, and leaves a line in the history."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from sqlalchemy import delete
from sqlalchemy.orm import Session

from polku.cases.alerts import alert
from polku.cases.announcing import announce
from polku.cases.history import REACHED, is_taken, note
from polku.cases.rules import Priority, remind_at
from polku.cases.ruling import rule
from polku.cases.tables import CaseAlertRow, CaseEntryRow, CaseRow
from polku.cases.working_time import WorkingDays
from polku.errors import Conflict, InvalidInput, NotFound
from polku.mail import Ended, Letter, Sender, put
from polku.web.tables import User

Status = Literal["open", "in_progress", "waiting", "closed"]
STATUSES: Final = ("open", "in_progress", "waiting", "closed")
OUTCOMES: Final = ("solved", "compensated", "not_reached", "no_case", "other")
LETTER_KIND: Final = "case"
LONGEST_TEXT: Final = 10_000
_KEY: Final = "case-letter"


class CaseChanged(Conflict):
    """Somebody else has changed the case since it was shown."""

    code = "case_changed"

    def __init__(self) -> None:
        super().__init__(
            "Somebody else has changed this case meanwhile. See what it is like now and save again."
        )


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does it; `id` is None for the owner of the data folder, who is no user."""

    id: int | None
    name: str


@dataclass(frozen=True, slots=True)
class Wish:
    """What a case is to be like."""

    status: Status
    owner_id: int | None
    due_at: datetime
    priority: Priority


def case_of(session: Session, id: int, version: int | None = None) -> CaseRow:
    """A case, locked until this unit of work ends. Raises NotFound, and CaseChanged if its version is another."""
    row = session.get(CaseRow, id, with_for_update=True)
    if row is None:
        raise NotFound("There is no case %(case)s. See: polku cases list", case=id)
    if version is not None and row.version != version:
        raise CaseChanged
    return row


def change(
    session: Session, id: int, version: int, wish: Wish, *, by: Actor, now: datetime, working: WorkingDays
) -> bool:
    """Change owner, status, due time and priority; whether anything did. Raises CaseChanged, Conflict if closed."""
    case = _working(session, id, version)
    if wish.status == "closed":
        raise InvalidInput("A case is closed by its outcome.")
    before = case.version
    if case.owner_id != wish.owner_id:
        _give(session, case, wish.owner_id, by, now)
    if case.status != wish.status:
        _move(session, case, wish.status, by, now)
    if case.due_at != wish.due_at:
        about = {"from": case.due_at.isoformat(), "to": wish.due_at.isoformat()}
        _put_off(case, wish.due_at, now, working)
        _noted(session, case, "due", by, now, about)
    if case.priority != wish.priority:
        about = {"from": case.priority, "to": wish.priority}
        case.priority = wish.priority
        _noted(session, case, "priority", by, now, about)
    return case.version != before


def add_note(session: Session, id: int, kind: str, text: str, *, form: str, by: Actor, now: datetime) -> None:
    """Note what was said or done: nobody else's change is in its way. The same `form` counts once.

    Raises InvalidInput for a note without words.
    """
    if not text.strip() and kind == "note":
        raise InvalidInput("A note needs words.")
    if is_taken(session, form):
        return
    case = case_of(session, id)
    note(session, case, kind, now, by=by.name, text=text.strip()[:LONGEST_TEXT], form=form)
    if kind in REACHED and case.first_contact_at is None:
        case.first_contact_at = now
    if kind != "note" and case.status == "open":
        _move(session, case, "in_progress", by, now)


def write_letter(
    session: Session,
    id: int,
    letter: Letter,
    sender: Sender,
    *,
    said: str,
    form: str,
    by: Actor,
    now: datetime,
) -> None:
    """Send a letter to the customer, which `said` so; what becomes of it `note_outcome` notes. A `form` goes once.

    Raises InvalidAddress.
    """
    if is_taken(session, form):
        return
    case = case_of(session, id)
    about = {"subject": letter.words.subject}
    entry = note(session, case, "letter", now, by=by.name, text=said[:LONGEST_TEXT], about=about, form=form)
    put(session, letter, sender, kind=LETTER_KIND, key=f"{_KEY}:{entry.id}", now=now, urgent=True)
    if case.status == "open":
        _move(session, case, "in_progress", by, now)


def note_outcome(session: Session, ended: Ended) -> None:
    """Note in the case what became of a letter (a `Notify` of `polku.mail`). Letters of others are passed over."""
    kind, _, id = (ended.key or "").partition(":")
    entry = session.get(CaseEntryRow, int(id)) if kind == _KEY and id.isdecimal() else None
    if entry is None:
        return
    case = case_of(session, entry.case_id)
    kinds = {"sent": "letter_sent", "uncertain": "letter_unsure"}
    about = {"letter": entry.id, "reason": ended.reason}
    note(session, case, kinds.get(ended.state, "letter_failed"), ended.at, about=about)
    if ended.state == "sent" and case.first_contact_at is None:
        case.first_contact_at = ended.at


def close(
    session: Session, id: int, version: int, *, outcome: str, words: str, satisfied: bool | None, by: Actor,
    now: datetime,
) -> None:  # fmt: skip
    """End a case with what came of it. Raises CaseChanged, Conflict if it is closed, InvalidInput."""
    case = _working(session, id, version)
    if outcome not in OUTCOMES:
        raise InvalidInput(
            "Unknown outcome '%(outcome)s'. Allowed: %(allowed)s",
            outcome=outcome[:40], allowed=", ".join(OUTCOMES),
        )  # fmt: skip
    if outcome == "other" and not words.strip():
        raise InvalidInput("Say in words what came of it.")
    case.status, case.closed_at, case.remind_at = "closed", now, None
    case.outcome, case.outcome_words = outcome, words.strip()[:LONGEST_TEXT]
    case.satisfied = satisfied
    session.execute(delete(CaseAlertRow).where(CaseAlertRow.case_id == id))
    about = {"outcome": outcome, "satisfied": satisfied}
    _noted(session, case, "closed", by, now, about, text=case.outcome_words)
    announce(session, "case.closed", case, rule(session, case.rule_id).name, now)


def reopen(session: Session, id: int, *, by: Actor, now: datetime, working: WorkingDays) -> None:
    """Go on with a closed case; it is due as if it had been opened now. One that is open stays as it is."""
    case = case_of(session, id)
    if case.status != "closed":
        return
    was = {"outcome": case.outcome, "satisfied": case.satisfied}
    case.status, case.closed_at = "in_progress", None
    case.outcome, case.outcome_words, case.satisfied = "", "", None
    _put_off(case, rule(session, case.rule_id).due_at(now, working), now, working)
    _noted(session, case, "reopened", by, now, was)


def take_over(session: Session, id: int, *, by: Actor, now: datetime) -> bool:
    """Make a case one's own if it is nobody's; whether it became so. Two who want it at once do not both get it."""
    case = case_of(session, id)
    if case.owner_id is not None or case.status == "closed" or by.id is None:
        return False
    _give(session, case, by.id, by, now)
    return True


def _working(session: Session, id: int, version: int) -> CaseRow:
    case = case_of(session, id, version)
    if case.status == "closed":
        raise Conflict("The case is closed. Reopen it first.")
    return case


def _give(session: Session, case: CaseRow, owner: int | None, by: Actor, now: datetime) -> None:
    found = session.get(User, owner) if owner is not None else None
    if owner is not None and (found is None or found.closed_at is not None):
        raise InvalidInput("The new owner cannot log in. Choose another.")
    before = session.get(User, case.owner_id) if case.owner_id else None
    case.owner_id = owner
    about = {"from": before.name if before else "", "to": found.name if found else ""}
    _noted(session, case, "owner", by, now, about)
    if owner is not None and owner != by.id:
        alert(session, case, owner, "given", now)


def _move(session: Session, case: CaseRow, status: Status, by: Actor, now: datetime) -> None:
    about = {"from": case.status, "to": status}
    case.status = status
    _noted(session, case, "status", by, now, about)


def _put_off(case: CaseRow, due_at: datetime, now: datetime, working: WorkingDays) -> None:
    case.due_at, case.overdue_told = due_at, False
    case.remind_at = remind_at(now, due_at, working)


def _noted(
    session: Session, case: CaseRow, kind: str, by: Actor, now: datetime, about: Mapping[str, object],
    text: str = "",
) -> None:  # fmt: skip
    case.version += 1
    note(session, case, kind, now, by=by.name, text=text, about=about)
