"""Whom to tell of a case by e-mail, and when: each alert is put down with what it is of, and goes once."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Final

from sqlalchemy import and_, delete, or_, select
from sqlalchemy.orm import Session

from polku.cases.announcing import announce
from polku.cases.history import note
from polku.cases.letters import AlertKind, Told, alert_letter
from polku.cases.ruling import rule
from polku.cases.tables import CaseAlertRow, CaseAnswerRow, CaseRow
from polku.i18n import use_timezone
from polku.jobs import Job, JobKind
from polku.journeys import Touchpoints
from polku.mail import Sender, put
from polku.settings import Settings
from polku.web.tables import User
from polku.workspace import Workspace

log = logging.getLogger(__name__)

A_TIME: Final = 200
KEPT: Final = timedelta(days=1)
"""An alert that could not be sent for so long (e-mail is not set up, say) is not sent any more: it would be a flood."""
EVERY: Final = timedelta(minutes=1)

Now = Callable[[], datetime]


def _now() -> datetime:
    return datetime.now(UTC)


def alert(session: Session, case: CaseRow, user: int, kind: AlertKind, now: datetime) -> None:
    """Tell a user of a case soon."""
    session.add(CaseAlertRow(case_id=case.id, user_id=user, kind=kind, made_at=now))


def alert_all(session: Session, case: CaseRow, others: Iterable[int], kind: AlertKind, now: datetime) -> None:
    """Tell a case's owner and others, each once."""
    for user in dict.fromkeys([*([case.owner_id] if case.owner_id else []), *others]):
        if session.get(User, user) is not None:
            alert(session, case, user, kind, now)


def alerting(workspace: Workspace, now: Now = _now) -> JobKind:
    """The job that looks for cases whose time is up or nearly so, and sends the alerts."""

    def run(job: Job) -> None:
        due = watch(workspace, now())
        sent = send_alerts(workspace, now())
        if due or sent:
            log.info("cases_alerted due=%d letters=%d", due, sent)

    return JobKind("cases.alert", run, every=EVERY)


def watch(workspace: Workspace, now: datetime) -> int:
    """Put down alerts of cases that are due soon or overdue, each once for its due time; how many cases."""
    done = 0
    while True:
        with workspace.db.session(read_only=True) as session:
            ids = session.scalars(select(CaseRow.id).where(_is_ripe(now)).limit(A_TIME)).all()
        if not ids:
            return done
        with workspace.db.session() as session:
            found = select(CaseRow).where(CaseRow.id.in_(ids), _is_ripe(now)).order_by(CaseRow.id)
            for case in session.scalars(found.with_for_update()).all():
                _ripen(session, case, now)
                done += 1


def _is_ripe(now: datetime):  # type: ignore[no-untyped-def]
    soon = and_(CaseRow.remind_at.is_not(None), CaseRow.remind_at <= now)
    over = and_(CaseRow.due_at <= now, CaseRow.overdue_told.is_(False))
    return and_(CaseRow.status != "closed", or_(soon, over))


def _ripen(session: Session, case: CaseRow, now: datetime) -> None:
    by = rule(session, case.rule_id)
    case.remind_at = None
    if case.due_at > now:
        alert_all(session, case, () if case.owner_id else by.told, "due_soon", now)
        return
    case.overdue_told = True
    note(session, case, "overdue", case.due_at)
    alert_all(session, case, by.told, "overdue", now)
    announce(session, "case.overdue", case, by.name, now)


def send_alerts(workspace: Workspace, now: datetime) -> int:
    """Put letters of the alerts that wait into the outbox, one for each user and kind; how many.

    A letter and the alerts in it are in one unit of work: whatever happens each goes once.
    """
    with workspace.db.session(read_only=True) as session:
        if session.scalar(select(CaseAlertRow.id).limit(1)) is None:
            return 0
    settings = workspace.settings
    with workspace.db.session() as session, use_timezone(settings.timezone):
        session.execute(delete(CaseAlertRow).where(CaseAlertRow.made_at < now - KEPT))
        if not settings.sends_mail:
            return 0
        waiting = session.scalars(
            select(CaseAlertRow)
            .order_by(CaseAlertRow.user_id, CaseAlertRow.kind, CaseAlertRow.id)
            .with_for_update()
        ).all()
        sender = Sender(settings.mail_from, settings.mail_name, settings.mail_reply_to)
        return sum(
            _send(session, workspace, user, kind, list(alerts), sender, now)
            for (user, kind), alerts in groupby(waiting, key=lambda a: (a.user_id, a.kind))
        )


def _send(
    session: Session, workspace: Workspace, user_id: int, kind: AlertKind, alerts: Sequence[CaseAlertRow],
    sender: Sender, now: datetime,
) -> bool:  # fmt: skip
    user = session.get(User, user_id)
    cases = [session.get_one(CaseRow, a.case_id) for a in alerts]
    open_ = [c for c in {c.id: c for c in cases}.values() if c.status != "closed"]
    for done in alerts:
        session.delete(done)
    if user is None or user.closed_at is not None or not open_:
        return False
    told = [_told(session, workspace, case, user.language) for case in open_]
    letter = alert_letter(user.email, kind, told, language=user.language, list_url=_url(workspace.settings))
    put(session, letter, sender, kind="case_alert", now=now, expires_at=now + KEPT, repeats=True)
    return True


def _told(session: Session, workspace: Workspace, case: CaseRow, language: str) -> Told:
    answers = select(CaseAnswerRow).where(CaseAnswerRow.case_id == case.id)
    newest = session.scalars(answers.order_by(CaseAnswerRow.seq.desc()).limit(1)).one()
    names = {t.key: t.name(language) for t in workspace.part(Touchpoints).catalogue().touchpoints}
    return Told(
        number=case.id,
        metric=newest.metric,
        score=newest.score,
        touchpoint=names.get(case.touchpoint, case.touchpoint),
        due_at=case.due_at,
        comment=newest.comment,
        url=f"{_url(workspace.settings)}/{case.id}",
    )


def _url(settings: Settings) -> str:
    """Where cases are, as the company's browsers reach Polku."""
    base = settings.public_url.rstrip("/") or f"http://{settings.host}:{settings.port}"
    return f"{base}/cases"
