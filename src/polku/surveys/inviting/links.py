"""Personal links: from a token to an invitation, and what may be done by it."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal
from zoneinfo import ZoneInfo

from sqlalchemy import and_, or_, select, update
from sqlalchemy.orm import Session

from polku.mail import withdraw
from polku.security import hash_token
from polku.surveys.inviting.ledger import OPEN, REMINDERS
from polku.surveys.inviting.opting_out import How, note_opt_out, wants_none
from polku.surveys.inviting.tables import Invitation, InvitationLink
from polku.webhooks import withdraw as take_back

KIND: Final = "invitation"
_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{22}")

Outcome = Literal["open", "answered", "refused", "expired", "unknown"]
"""open: it can be answered. answered: it has been, replayed or from another letter. refused: they opted out.
expired: too late. unknown: forged, mistyped, or of an invitation that was erased."""


@dataclass(frozen=True, slots=True)
class Visit:
    """What a personal link leads to. Only `outcome` is set of an unknown one.

    Of an anonymous survey `invitation`, `profile` and `about_event` are None: what answers is stored with cannot hold
    what was never handed out.
    """

    outcome: Outcome
    survey: str = ""
    version: int = 0
    anonymous: bool = False
    language: str = ""
    touchpoint: str = ""
    invitation: int | None = None
    profile: int | None = None
    about_event: int | None = None
    opted_out: bool = False
    channel: str = ""


UNKNOWN: Final = Visit("unknown")


def make_link(session: Session, invitation: int) -> str:
    """A new token (128 random bits) that leads to an invitation. Only its hash is kept."""
    token = secrets.token_urlsafe(16)
    session.add(InvitationLink(token_hash=_hash(token), invitation_id=invitation))
    session.flush()
    return token


def look(session: Session, token: str, now: datetime) -> Visit:
    """What a link leads to. Changes nothing: mail scanners and previews follow links too."""
    row = _found(session, token)
    return UNKNOWN if row is None else _visit(session, row, now)


def note_opened(session: Session, token: str, now: datetime) -> None:
    """Somebody opened the survey; of anonymous surveys nothing is noted."""
    row = _found(session, token)
    if row is not None and not row.anonymous and row.opened_at is None and row.state in OPEN:
        row.opened_at = now


def note_started(session: Session, token: str, now: datetime) -> None:
    """Somebody answered a question of the survey; of anonymous surveys nothing is noted."""
    row = _found(session, token)
    if row is not None and not row.anonymous and row.started_at is None and row.state in OPEN:
        row.started_at = now


def answer(session: Session, token: str, now: datetime, zone: ZoneInfo) -> Visit:
    """Use a link to answer; `open` exactly once, however many requests come at the same time.

    To be called in the unit of work that stores the response, and only on POST. Of an anonymous survey only the day in
    `zone` is kept.
    """
    row = _found(session, token)
    if row is None:
        return UNKNOWN
    visit = _visit(session, row, now)
    if visit.outcome != "open":
        return visit
    values: dict[str, Any] = {"state": "answered", "answered_on": now.astimezone(zone).date()}
    if not row.anonymous:
        values["answered_at"] = now
    used: Any = session.execute(
        update(Invitation).where(Invitation.id == row.id, Invitation.state.in_(OPEN)).values(**values)
    )
    session.refresh(row)
    _take_back(session, row.id)
    return visit if used.rowcount == 1 else _visit(session, row, now)


def refuse(session: Session, token: str, now: datetime, *, how: How = "link") -> Visit:
    """Opt out by a link, for good, also long after it expired or was answered by. Only on POST (RFC 8058).

    What waits for the same person is not sent either: letters that have not gone are taken back, and before each that
    is to be written it is asked again.
    """
    row = _found(session, token)
    if row is None:
        return UNKNOWN
    note_opt_out(session, row.profile, row.address_hash, how, now)
    if row.state in (*OPEN, "waiting"):
        row.state, row.refused_at = "refused", now
    same = Invitation.profile == row.profile
    if row.address_hash:
        same = or_(same, Invitation.address_hash == row.address_hash)
    session.flush()
    for other in session.scalars(
        select(Invitation).where(and_(same, Invitation.state.in_((*OPEN, "refused"))))
    ):
        if _take_back(session, other.id) and other.state == "queued":
            other.state, other.reason = "suppressed", "opted_out"
    session.flush()
    return _visit(session, row, now)


def letter_key(invitation: int, number: int) -> str:
    """The key in the outbox of an invitation's letter: the first is 0, reminders follow."""
    return f"{KIND}:{invitation}:{number}"


def _take_back(session: Session, invitation: int) -> bool:
    """Remove letters that have not gone from the outbox; whether the first was among them."""
    taken = [
        withdraw(session, letter_key(invitation, number))
        or take_back(session, letter_key(invitation, number))
        for number in range(REMINDERS + 1)
    ]
    return taken[0]


def _found(session: Session, token: str) -> Invitation | None:
    if not _TOKEN.fullmatch(token):
        return None
    link = InvitationLink.invitation_id == Invitation.id
    return session.scalar(
        select(Invitation).join(InvitationLink, link).where(InvitationLink.token_hash == _hash(token))
    )


def _visit(session: Session, row: Invitation, now: datetime) -> Visit:
    outcome: Outcome = "open"
    if row.state in ("answered", "refused"):
        outcome = "answered" if row.state == "answered" else "refused"
    elif row.state not in OPEN or row.expires_at <= now:
        outcome = "expired"
    return Visit(
        outcome,
        row.survey,
        row.version,
        row.anonymous,
        row.language,
        row.touchpoint,
        invitation=None if row.anonymous else row.id,
        profile=None if row.anonymous else int(row.profile, 16),
        about_event=None if row.anonymous else row.about_event,
        opted_out=wants_none(session, row.profile, row.address_hash),
        channel=row.channel,
    )


def _hash(token: str) -> str:
    return hash_token(token, "invitation")
