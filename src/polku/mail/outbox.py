"""The outbox's rows: put in, sent, and what became of them. Each function works in the unit of work it is given.

A letter goes through these states, and each is committed before the step that it is about:

queued, deferred   waits for its `due_at` (deferred: it was tried before)
sending            the server is being given the letter, but not its end: if Polku stops here, it was not sent
handed_over        the end of the letter is on its way: if Polku stops here, nobody knows
sent, failed       the end; a failed one tells the reason
uncertain          nobody knows whether it went; it is not sent again by itself, so that nobody gets it twice, unless
                   who put it in said that twice is better than never
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import and_, delete, func, or_, select, update
from sqlalchemy.orm import Session

from polku.errors import Conflict, NotFound
from polku.mail.address import checked_address
from polku.mail.letter import Letter, Sender, as_mime, new_message_id
from polku.mail.smtp import Reply
from polku.mail.tables import OutgoingMessage

STATES: Final = ("queued", "deferred", "sending", "handed_over", "uncertain", "sent", "failed")
WAITING: Final = ("queued", "deferred")
ENDED: Final = ("sent", "failed", "uncertain")

FIRST_PAUSE: Final = timedelta(minutes=5)
LONGEST_PAUSE: Final = timedelta(hours=4)
GIVE_UP_AFTER: Final = timedelta(days=4)
"""Since it was first tried. RFC 5321, 4.5.4.1: at least four to five days."""


@dataclass(frozen=True, slots=True)
class Ended:
    """What became of a letter: told to who asked for it, in the same unit of work that notes it."""

    id: int
    key: str | None
    kind: str
    state: str
    reason: str
    at: datetime


Notify = Callable[[Session, Ended], None]


@dataclass(frozen=True, slots=True)
class Ready:
    """A letter that is to go now, read for good: it needs no session."""

    id: int
    recipient: str
    content: bytes


def put(
    session: Session,
    letter: Letter,
    sender: Sender,
    *,
    kind: str,
    now: datetime,
    key: str | None = None,
    due_at: datetime | None = None,
    expires_at: datetime | None = None,
    urgent: bool = False,
    repeats: bool = False,
) -> int:
    """Put a letter into the outbox and return its number there. It goes once this unit of work is committed.

    With a `key` that is there already nothing is put in, and the number is that of the first. Raises InvalidInput for
    an address that cannot be written to.
    """
    if key is not None:
        known = session.scalar(select(OutgoingMessage.id).where(OutgoingMessage.key == key))
        if known is not None:
            return known
    message_id = new_message_id(sender)
    row = OutgoingMessage(
        key=key,
        kind=kind,
        recipient=checked_address(letter.to),
        message_id=message_id,
        content=zlib.compress(as_mime(letter, sender, message_id=message_id, now=now)),
        urgent=urgent,
        repeats=repeats,
        due_at=due_at or now,
        expires_at=expires_at,
        queued_at=now,
    )
    session.add(row)
    session.flush()
    return row.id


def begin_next(session: Session, now: datetime, notify: Notify | None = None) -> Ready | None:
    """Take the next letter that is due, urgent ones first, and mark it as being sent; None: none is.

    What is of no use any more ends here.
    """
    while True:
        row = session.scalar(
            select(OutgoingMessage)
            .where(OutgoingMessage.state.in_(WAITING), OutgoingMessage.due_at <= now)
            .order_by(OutgoingMessage.urgent.desc(), OutgoingMessage.due_at, OutgoingMessage.id)
            .limit(1)
        )
        if row is None:
            return None
        if row.expires_at is not None and row.expires_at <= now:
            _end(session, row, "failed", "expired", now, notify)
            session.flush()
            continue
        assert row.content is not None, row.id
        row.state, row.attempts = "sending", row.attempts + 1
        row.first_tried_at = row.first_tried_at or now
        return Ready(row.id, row.recipient, zlib.decompress(row.content))


def mark_handed_over(session: Session, id: int) -> None:
    session.execute(update(OutgoingMessage).where(OutgoingMessage.id == id).values(state="handed_over"))


def put_back(session: Session, id: int) -> None:
    """It was not tried after all: the server takes no letter now."""
    row = _row(session, id)
    row.attempts -= 1
    row.state = "deferred" if row.attempts else "queued"
    if not row.attempts:
        row.first_tried_at = None


def settle(session: Session, id: int, reply: Reply, now: datetime, notify: Notify | None = None) -> str:
    """Note what became of a letter, and return its state: sent, failed, deferred, uncertain."""
    row = _row(session, id)
    row.status, row.said = reply.status, reply.said
    match reply.outcome:
        case "sent":
            row.content = None
            _end(session, row, "sent", "", now, notify)
        case "refused":
            _end(session, row, "failed", "refused", now, notify)
        case "uncertain" if not row.repeats:
            _end(session, row, "uncertain", "uncertain", now, notify)
        case _:
            _defer(session, row, reply.outcome, now, notify)
    return row.state


def recover(session: Session, now: datetime, notify: Notify | None = None) -> int:
    """Look after what was being sent when Polku stopped, and return how many letters that were.

    To be called when nothing is being sent.
    """
    rows = session.scalars(
        select(OutgoingMessage).where(OutgoingMessage.state.in_(("sending", "handed_over")))
    ).all()
    for row in rows:
        if row.state == "sending" or row.repeats:
            row.state, row.due_at = "deferred", now
        else:
            _end(session, row, "uncertain", "stopped", now, notify)
    return len(rows)


def next_due(session: Session) -> datetime | None:
    """When the next letter is to go."""
    return session.scalar(select(func.min(OutgoingMessage.due_at)).where(OutgoingMessage.state.in_(WAITING)))


def send_again(session: Session, id: int, now: datetime) -> None:
    """Send once more what failed or is uncertain, as a person decided. Raises NotFound, Conflict."""
    row = _row(session, id)
    if row.state not in ("failed", "uncertain") or row.content is None:
        raise Conflict(
            "Letter %(letter)s cannot be sent again: it is %(state)s. Only failed and uncertain ones can.",
            letter=id,
            state=row.state,
        )
    row.state, row.due_at, row.ended_at, row.reason = "queued", now, None, ""
    row.attempts, row.first_tried_at, row.expires_at = 0, None, None


def messages(
    session: Session, *, state: str = "", kind: str = "", offset: int = 0, limit: int = 50
) -> Sequence[OutgoingMessage]:
    """Letters, the newest first."""
    query = select(OutgoingMessage).order_by(OutgoingMessage.id.desc()).offset(offset).limit(limit)
    if state:
        query = query.where(OutgoingMessage.state == state)
    if kind:
        query = query.where(OutgoingMessage.kind == kind)
    return session.scalars(query).all()


def counts(session: Session) -> dict[str, int]:
    """How many letters are in each state; all states are there."""
    query = select(OutgoingMessage.state, func.count()).group_by(OutgoingMessage.state)
    return dict.fromkeys(STATES, 0) | {row[0]: row[1] for row in session.execute(query)}


def waiting(session: Session) -> int:
    """How many letters are still to go."""
    return session.scalar(select(func.count()).where(OutgoingMessage.state.in_(WAITING))) or 0


def erase(session: Session, address: str) -> int:
    """Remove all letters to an address, also those that are to go; returns how many. Raises InvalidAddress."""
    gone = delete(OutgoingMessage).where(
        OutgoingMessage.recipient == checked_address(address),
        OutgoingMessage.state.not_in(("sending", "handed_over")),
    )
    return _rows(session, gone)


def forget(session: Session, *, before: datetime) -> int:
    """Remove letters that ended before a time; returns how many."""
    ended = and_(OutgoingMessage.state.in_(ENDED), OutgoingMessage.ended_at < before)
    return _rows(session, delete(OutgoingMessage).where(ended))


def withdraw(session: Session, key: str) -> bool:
    """Take back a letter that has not gone; whether there was one."""
    waits = or_(OutgoingMessage.state == "queued", OutgoingMessage.state == "deferred")
    return _rows(session, delete(OutgoingMessage).where(OutgoingMessage.key == key, waits)) > 0


def _defer(session: Session, row: OutgoingMessage, reason: str, now: datetime, notify: Notify | None) -> None:
    since = row.first_tried_at or now
    if now - since >= GIVE_UP_AFTER:
        _end(session, row, "failed", "given_up", now, notify)
        return
    pause = min(FIRST_PAUSE * 2 ** min(row.attempts - 1, 10), LONGEST_PAUSE)
    row.state, row.reason, row.due_at = "deferred", reason, now + pause


def _end(
    session: Session, row: OutgoingMessage, state: str, reason: str, now: datetime, notify: Notify | None
) -> None:
    row.state, row.reason, row.ended_at = state, reason, now
    if notify is not None:
        notify(session, Ended(row.id, row.key, row.kind, state, reason, now))


def _row(session: Session, id: int) -> OutgoingMessage:
    row = session.get(OutgoingMessage, id)
    if row is None:
        raise NotFound("There is no letter with number %(letter)s in the outbox.", letter=id)
    return row


def _rows(session: Session, statement: Any) -> int:
    done: Any = session.execute(statement)
    return int(done.rowcount)
