"""What a server does for mailings by itself: it looks at new events, writes letters that are due, and reminds."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final

from polku.errors import PolkuError
from polku.jobs import Job, JobKind
from polku.surveys.distribution.composing import composer, lacking, sender_of
from polku.surveys.distribution.people import forget_recipients
from polku.surveys.distribution.planning import decided, of_trigger, put_down, rules_of
from polku.surveys.distribution.rules import AskingRules, read_rules
from polku.surveys.distribution.store import Mailing, note_looked, triggers
from polku.surveys.inviting import remind, send_due
from polku.surveys.known import KnownSurveys
from polku.surveys.store import surveys, sweep_unfinished
from polku.workspace import Workspace

log = logging.getLogger(__name__)

A_TIME: Final = 100
Now = Callable[[], datetime]


def _now() -> datetime:
    return datetime.now(UTC)


def asking(workspace: Workspace, now: Now = _now) -> list[JobKind]:
    """The kinds of jobs, for `polku serve` to do. `now` is the clock, for tests."""

    def kind(name: str, run: Callable[[Workspace, datetime], int], every: timedelta) -> JobKind:
        def do(job: Job) -> None:
            if done := run(workspace, now()):
                log.info("%s count=%d", name, done)

        return JobKind(name, do, every=every)

    return [
        kind("surveys.trigger", look_for_events, timedelta(minutes=1)),
        kind("surveys.send", send, timedelta(minutes=1)),
        kind("surveys.remind", send_reminders, timedelta(minutes=15)),
        kind("surveys.forget", forget, timedelta(days=1)),
    ]


def look_for_events(workspace: Workspace, now: datetime) -> int:
    """Decide on what has happened since triggers looked last; how many decisions were new.

    A trigger that cannot be followed does not stop the others.
    """
    with workspace.db.session(read_only=True) as session:
        found, rules = triggers(session), read_rules(session)
    new = 0
    for mailing in found:
        try:
            new += _look(workspace, mailing, rules, now)
        except PolkuError as e:
            log.error("trigger_failed mailing=%d reason=%s", mailing.id, e.message)
    return new


def _look(workspace: Workspace, mailing: Mailing, rules: AskingRules, now: datetime) -> int:
    asked = workspace.part(KnownSurveys).by_key(mailing.survey)
    candidates, last = of_trigger(workspace, mailing)
    if last <= mailing.looked_seq:
        return 0
    if not asked.open:
        candidates = []
    with workspace.db.session() as session:
        decisions = decided(session, candidates, rules_of(workspace, rules, mailing.share), now)
        new = put_down(session, asked, decisions, rules, now)
        note_looked(session, mailing.id, last)
    return new


def send(workspace: Workspace, now: datetime) -> int:
    """Put letters that are due into the outbox; how many were looked at. Nothing while e-mail is not set up."""
    if lacking(workspace.settings):
        return 0
    workspace.part(
        KnownSurveys
    ).source()  # made before the unit of work, which must be the only one that writes
    done = 0
    while True:
        with workspace.db.session() as session:
            rules = rules_of(workspace, read_rules(session))
            compose = composer(workspace, session)
            looked = send_due(session, compose, sender_of(workspace.settings), now, rules=rules, limit=A_TIME)
        done += looked
        if looked < A_TIME:
            return done


def send_reminders(workspace: Workspace, now: datetime) -> int:
    """Put reminders of open surveys into the outbox; how many."""
    if lacking(workspace.settings):
        return 0
    workspace.part(KnownSurveys).source()
    with workspace.db.session(read_only=True) as session:
        open_, rules = [s.key for s in surveys(session) if s.state == "open"], read_rules(session)
    done = 0
    for key in open_ if rules.reminders else ():
        with workspace.db.session() as session:
            done += remind(
                session,
                key,
                composer(workspace, session),
                sender_of(workspace.settings),
                now,
                rules=rules_of(workspace, rules),
                after=timedelta(days=rules.remind_after_days),
                most=rules.reminders,
                limit=A_TIME,
            )
    return done


def forget(workspace: Workspace, now: datetime) -> int:
    """Forget addresses of lists that are asked nothing any more, and answers left unfinished too long ago; how
    many."""
    with workspace.db.session() as session:
        return forget_recipients(session) + sweep_unfinished(session, now)
