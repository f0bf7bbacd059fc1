"""The table of jobs. Each function works in the unit of work it is given."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, delete, func, or_, select, update
from sqlalchemy.orm import Session

from polku.jobs.kinds import Job, JobKind, Payload
from polku.jobs.tables import JobRow

FIRST_PAUSE: Final = timedelta(minutes=1)
LONGEST_PAUSE: Final = timedelta(hours=6)
_RECURRING_KEY: Final = "recurring"
_LONGEST_ERROR: Final = 300


def schedule(
    session: Session, kind: str, due_at: datetime, payload: Payload | None = None, *, key: str | None = None
) -> int:
    """Have a job done at `due_at`, and return its number. It counts once this unit of work is committed.

    With a `key` there is one job of this kind and key: one that waits gets this time and payload, and so does one that
    was given up. One that is being done right now is done once more.
    """
    said = json.dumps(dict(payload or {}), ensure_ascii=False, sort_keys=True)
    if key is not None:
        known = session.scalar(select(JobRow).where(JobRow.kind == kind, JobRow.key == key))
        if known is not None:
            known.due_at, known.payload, known.attempts = due_at, said, 0
            known.failed_at, known.leased_until, known.error = None, None, ""
            return known.id
    row = JobRow(kind=kind, key=key, payload=said, due_at=due_at)
    session.add(row)
    session.flush()
    return row.id


def cancel(session: Session, kind: str, key: str) -> bool:
    """Do a job not at all; whether there was one."""
    gone: Any = session.execute(delete(JobRow).where(JobRow.kind == kind, JobRow.key == key))
    return int(gone.rowcount) > 0


def ensure_recurring(session: Session, kinds: Iterable[JobKind], now: datetime) -> None:
    """Have one job of each recurring kind; those that are there keep their time."""
    for kind in kinds:
        if kind.every is None:
            continue
        known = session.scalar(
            select(JobRow.id).where(JobRow.kind == kind.name, JobRow.key == _RECURRING_KEY)
        )
        if known is None:
            session.add(JobRow(kind=kind.name, key=_RECURRING_KEY, due_at=now))


def claim(session: Session, kinds: Collection[JobKind], now: datetime) -> Job | None:
    """The job that is due for longest, now leased; None if none is. Kinds that nobody registered are left alone."""
    row = session.scalar(
        select(JobRow)
        .where(_open(kinds), JobRow.due_at <= now, _free(now))
        .order_by(JobRow.due_at, JobRow.id)
        .limit(1)
    )
    if row is None:
        return None
    lease = next(kind.lease for kind in kinds if kind.name == row.kind)
    row.leased_until, row.attempts = now + lease, row.attempts + 1
    return Job(row.id, row.kind, row.key, json.loads(row.payload), row.due_at, row.attempts)


def finish(session: Session, job: Job, kind: JobKind, now: datetime) -> None:
    """A job has been done: it is removed, or due again. One that was scheduled anew meanwhile stays."""
    row = session.get(JobRow, job.id)
    if row is None or row.due_at != job.due_at or row.leased_until is None:
        return
    if kind.every is None:
        session.delete(row)
        return
    row.due_at = _next_time(job.due_at, kind.every, now)
    row.leased_until, row.attempts, row.error = None, 0, ""


def fail(session: Session, job: Job, kind: JobKind, error: str, now: datetime) -> bool:
    """A job went wrong: it is tried again after a pause that grows, or given up. Whether it was given up."""
    row = session.get(JobRow, job.id)
    if row is None or row.leased_until is None:
        return False
    row.leased_until, row.error = None, error[:_LONGEST_ERROR]
    if row.attempts >= kind.most_attempts and kind.every is None:
        row.failed_at = now
        return True
    row.due_at = now + min(FIRST_PAUSE * 2 ** min(row.attempts - 1, 12), LONGEST_PAUSE)
    return False


def release(session: Session) -> None:
    """End all leases: whoever had them is gone. To be called before anything is done."""
    session.execute(update(JobRow).where(JobRow.leased_until.is_not(None)).values(leased_until=None))


def next_due(session: Session, kinds: Collection[JobKind]) -> datetime | None:
    """When the next job can be taken up."""
    at = func.min(func.coalesce(JobRow.leased_until, JobRow.due_at)).label("at")
    return session.scalar(select(at).where(_open(kinds)))


def jobs(session: Session) -> Sequence[JobRow]:
    """All jobs, in the order of their times."""
    return session.scalars(select(JobRow).order_by(JobRow.due_at, JobRow.id)).all()


def _next_time(due_at: datetime, every: timedelta, now: datetime) -> datetime:
    """The next of its times after now: those that were missed are not made up for."""
    missed = max(0, (now - due_at) // every)
    return due_at + (missed + 1) * every


def _open(kinds: Collection[JobKind]) -> ColumnElement[bool]:
    return and_(JobRow.kind.in_([kind.name for kind in kinds]), JobRow.failed_at.is_(None))


def _free(now: datetime) -> ColumnElement[bool]:
    return or_(JobRow.leased_until.is_(None), JobRow.leased_until <= now)
