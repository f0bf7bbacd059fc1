"""The ledger's rows. Each function works in the unit of work it is given.

suppressed   decided not to ask, and why
waiting      to be asked at `due_at`
queued       the letter is in the outbox
sent         the letter has gone; it may have been opened
answered, refused
failed       the letter could not be delivered, or nobody knows whether it was
expired      not answered while it could be
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import and_, func, insert, or_, select, update
from sqlalchemy.orm import Session

from polku.surveys.inviting.deciding import Asked, Candidate, Decision, History
from polku.surveys.inviting.opting_out import address_hash, opted_out, parts, profile_key
from polku.surveys.inviting.tables import Invitation

STATES: Final = (
    "suppressed", "waiting", "queued", "sent", "answered", "refused", "failed", "expired",
)  # fmt: skip
ASKED: Final = ("waiting", "queued", "sent", "answered", "refused", "expired")
"""States that count as having been asked: a letter that waits does, one that was not delivered does not."""
OPEN: Final = ("queued", "sent")
"""States in which a personal link can be answered by."""
REMINDERS: Final = 2


def record(
    session: Session,
    decisions: Iterable[Decision],
    *,
    version: int,
    anonymous: bool,
    channel: str,
    answer_within: timedelta,
    now: datetime,
) -> int:
    """Write decisions into the ledger and return how many were new.

    An occasion that has been decided on stays as it was decided: the same events can be handed in again and again.
    `answer_within` is how long the survey can be answered after the letter goes.
    """
    named = {_occasion(d.candidate): d for d in reversed(list(decisions))}
    known: set[str] = set()
    for part in parts(iter(named)):
        known |= set(session.scalars(select(Invitation.occasion).where(Invitation.occasion.in_(part))))
    rows = [
        _row(decision, version, anonymous, channel, answer_within, now)
        for occasion, decision in reversed(named.items())
        if occasion not in known
    ]
    if rows:
        session.execute(insert(Invitation), rows)
    return len(rows)


def record_shown(
    session: Session,
    decision: Decision,
    *,
    version: int,
    anonymous: bool,
    answer_within: timedelta,
    now: datetime,
) -> int:
    """Write down a card that is shown on a site, and return its number."""
    row = Invitation(**_row(decision, version, anonymous, "widget", answer_within, now))
    row.state, row.sent_at = "sent", now
    session.add(row)
    session.flush()
    return row.id


def note_answered(session: Session, id: int, now: datetime, zone: ZoneInfo) -> None:
    """A card that was shown has been answered; of an anonymous survey only the day is kept."""
    row = session.get(Invitation, id)
    if row is None or row.state not in OPEN:
        return
    row.state, row.answered_on = "answered", now.astimezone(zone).date()
    if not row.anonymous:
        row.answered_at = now


def undecided(session: Session, candidates: Iterable[Candidate]) -> list[Candidate]:
    """Those candidates whose occasion has not been decided on: asked first, so that the rest need no history."""
    named = {_occasion(c): c for c in candidates}
    for part in parts(iter(list(named))):
        for occasion in session.scalars(select(Invitation.occasion).where(Invitation.occasion.in_(part))):
            named.pop(occasion, None)
    return list(named.values())


def histories(session: Session, candidates: Sequence[Candidate], *, since: datetime) -> dict[int, History]:
    """What has been asked of the candidates' profiles since a time, in any survey, and whether they opted out."""
    profiles = {profile_key(c.profile): c.profile for c in candidates}
    asked: dict[str, list[Asked]] = {}
    at = func.coalesce(Invitation.sent_at, Invitation.due_at)
    for part in parts(iter(profiles)):
        wanted = select(Invitation.profile, at, Invitation.touchpoint, Invitation.state).where(
            Invitation.profile.in_(part), Invitation.state.in_(ASKED), at >= since
        )
        for profile, asked_at, touchpoint, state in session.execute(wanted.order_by(at)):
            asked.setdefault(profile, []).append(Asked(asked_at, touchpoint, state == "answered"))
    hashes = {c.profile: address_hash(c.address or "") for c in candidates}
    out = opted_out(session, profiles, set(hashes.values()))
    return {
        number: History(tuple(asked.get(key, ())), key in out or hashes[number] in out)
        for key, number in profiles.items()
    }


def invitations(
    session: Session,
    *,
    survey: str = "",
    state: str = "",
    profile: int | None = None,
    offset: int = 0,
    limit: int = 50,
) -> Sequence[Invitation]:
    """Invitations, the newest first."""
    query = select(Invitation).order_by(Invitation.id.desc())
    if survey:
        query = query.where(Invitation.survey == survey)
    if state:
        query = query.where(Invitation.state == state)
    if profile is not None:
        query = query.where(Invitation.profile == profile_key(profile))
    return session.scalars(query.offset(offset).limit(limit)).all()


def counts(session: Session, survey: str) -> dict[str, int]:
    """How many invitations of a survey are in each state; all states are there."""
    query = (
        select(Invitation.state, func.count()).where(Invitation.survey == survey).group_by(Invitation.state)
    )
    return dict.fromkeys(STATES, 0) | {row[0]: row[1] for row in session.execute(query)}


def counts_by_mailing(session: Session, survey: str) -> dict[int, dict[str, int]]:
    """How many invitations of each mailing of a survey are in each state that there is."""
    query = (
        select(Invitation.mailing, Invitation.state, func.count())
        .where(Invitation.survey == survey, Invitation.mailing.is_not(None))
        .group_by(Invitation.mailing, Invitation.state)
    )
    found: dict[int, dict[str, int]] = {}
    for mailing, state, n in session.execute(query):
        if mailing is not None:
            found.setdefault(mailing, {})[state] = n
    return found


def in_order(session: Session, survey: str, *, after: int, limit: int) -> Sequence[Invitation]:
    """Invitations of a survey whose numbers are above `after`, the oldest first: read a part at a time."""
    query = select(Invitation).where(Invitation.survey == survey, Invitation.id > after)
    return session.scalars(query.order_by(Invitation.id).limit(limit)).all()


def suppressed(session: Session, survey: str) -> dict[str, int]:
    """How many were not asked, by reason."""
    query = (
        select(Invitation.reason, func.count())
        .where(Invitation.survey == survey, Invitation.state == "suppressed")
        .group_by(Invitation.reason)
    )
    return {row[0]: row[1] for row in session.execute(query)}


def due(
    session: Session, now: datetime, limit: int, channels: Sequence[str] = ("email",)
) -> Sequence[Invitation]:
    """Those whose letter is to go now by one of these ways, the longest waiting first."""
    query = select(Invitation).where(
        Invitation.state == "waiting", Invitation.due_at <= now, Invitation.channel.in_(channels)
    )
    return session.scalars(query.order_by(Invitation.due_at, Invitation.id).limit(limit)).all()


def due_for_reminder(
    session: Session,
    survey: str,
    now: datetime,
    *,
    after: timedelta,
    most: int = 1,
    limit: int = 500,
    channels: Sequence[str] = ("email",),
) -> Sequence[Invitation]:
    """Those who were sent a letter `after` ago or longer, and have neither answered nor refused.

    Each is reminded at most `most` times (1 or 2), as long as it can still be answered.
    """
    last = func.coalesce(Invitation.reminded_at, Invitation.sent_at)
    query = select(Invitation).where(
        Invitation.survey == survey,
        Invitation.state == "sent",
        Invitation.channel.in_(channels),
        Invitation.reminders < min(most, REMINDERS),
        last <= now - after,
        Invitation.expires_at > now,
    )
    return session.scalars(query.order_by(last, Invitation.id).limit(limit)).all()


def expire(session: Session, now: datetime) -> int:
    """End those that can no longer be answered; returns how many."""
    done: Any = session.execute(
        update(Invitation)
        .where(or_(Invitation.state.in_(OPEN), Invitation.state == "waiting"), Invitation.expires_at <= now)
        .values(state="expired", reason="expired")
    )
    return int(done.rowcount)


def erase_profile(session: Session, profile: int) -> int:
    """Remove what the ledger knows of a profile, but for its opt-out; returns how many invitations."""
    rows = session.scalars(select(Invitation).where(Invitation.profile == profile_key(profile))).all()
    for row in rows:
        session.delete(row)
    session.flush()
    return len(rows)


def mark(session: Session, id: int, state: str, **columns: Any) -> bool:
    """Move an open invitation to a state; whether it was open. Who answered or refused stays that."""
    movable = and_(Invitation.id == id, Invitation.state.not_in(("answered", "refused", "suppressed")))
    done: Any = session.execute(update(Invitation).where(movable).values(state=state, **columns))
    return int(done.rowcount) == 1


def counts_by(session: Session, survey: str, by: str) -> Mapping[str, dict[str, int]]:
    """Counts of each state by `touchpoint`, `channel` or `language`."""
    column = {
        "touchpoint": Invitation.touchpoint,
        "channel": Invitation.channel,
        "language": Invitation.language,
    }[by]
    query = (
        select(column, Invitation.state, func.count())
        .where(Invitation.survey == survey)
        .group_by(column, Invitation.state)
    )
    found: dict[str, dict[str, int]] = {}
    for value, state, number in session.execute(query):
        found.setdefault(value, dict.fromkeys(STATES, 0))[state] = number
    return found


def _occasion(candidate: Candidate) -> str:
    return f"{candidate.survey}/{candidate.occasion}"


def _row(
    decision: Decision, version: int, anonymous: bool, channel: str, answer_within: timedelta, now: datetime
) -> dict[str, Any]:
    candidate = decision.candidate
    return {
        "survey": candidate.survey,
        "version": version,
        "anonymous": anonymous,
        "occasion": _occasion(candidate),
        "profile": profile_key(candidate.profile),
        "address_kind": candidate.address_kind or "",
        "address_hash": address_hash(candidate.address or ""),
        "touchpoint": candidate.touchpoint,
        "about_event": candidate.about_event,
        "channel": channel,
        "language": candidate.language,
        "state": "suppressed" if decision.send_at is None else "waiting",
        "reason": decision.reason,
        "decided_at": now,
        "due_at": decision.send_at,
        "expires_at": (decision.send_at or now) + answer_within,
        "mailing": candidate.mailing,
    }
