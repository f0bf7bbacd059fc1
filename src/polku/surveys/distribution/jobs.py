"""What a server does for mailings by itself: it works through lists, looks at new events, writes letters that are due,
and reminds."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from polku.errors import PolkuError
from polku.jobs import Job, JobKind
from polku.mail import waiting
from polku.surveys.distribution.composing import channels, composer, sender_of
from polku.surveys.distribution.people import forget_recipients
from polku.surveys.distribution.planning import decided, of_trigger, put_down, rules_of
from polku.surveys.distribution.rules import AskingRules, read_rules
from polku.surveys.distribution.standing import still_standing
from polku.surveys.distribution.store import Mailing, note_looked, triggers
from polku.surveys.distribution.working import work
from polku.surveys.inviting import remind, send_due
from polku.surveys.known import KnownSurveys
from polku.surveys.store import surveys, sweep_unfinished
from polku.workspace import Workspace

log = logging.getLogger(__name__)

A_TIME: Final = 100
MOST_WAITING: Final = 5_000
"""Letters that may wait in the outbox: what a slow server does not take yet is not written yet."""
WORK_S: Final = 40.0
"""How long one job goes on, so that others have their turn."""
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
        kind("surveys.work", work_through, timedelta(minutes=1)),
        kind("surveys.trigger", look_for_events, timedelta(minutes=1)),
        kind("surveys.send", send, timedelta(minutes=1)),
        kind("surveys.remind", send_reminders, timedelta(minutes=15)),
        kind("surveys.forget", forget, timedelta(days=1)),
    ]


def work_through(workspace: Workspace, now: datetime) -> int:
    """Go on with the lists of mailings; how many entries were looked at."""
    return work(workspace, now, seconds=WORK_S)


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
    candidates, last = of_trigger(workspace, mailing, rules.consent_trait)
    if last <= mailing.looked_seq:
        return 0
    if not asked.open:
        candidates = []
    with workspace.db.session() as session:
        decisions = decided(session, candidates, rules_of(workspace, rules, mailing.share), now)
        new = put_down(session, asked, decisions, rules, now, mailing.channel)
        note_looked(session, mailing.id, last)
    return new


def send(workspace: Workspace, now: datetime) -> int:
    """Put letters and text messages that are due into their outboxes; how many were looked at.

    Nothing by a way that is not set up, and no more letters than the outbox should hold.
    """
    _make_source(workspace)
    done, until = 0, time.monotonic() + WORK_S
    while time.monotonic() < until:
        with workspace.db.session() as session:
            ways = channels(workspace, session)
            if "email" in ways and waiting(session) >= MOST_WAITING:
                ways = [w for w in ways if w != "email"]
            looked = 0
            if ways:
                rules = read_rules(session)
                looked = send_due(
                    session, composer(workspace, session), sender_of(workspace.settings), now,
                    rules=rules_of(workspace, rules), limit=A_TIME, channels=ways,
                    standing=still_standing(workspace, session, rules),
                )  # fmt: skip
        done += looked
        if looked < A_TIME:
            break
    return done


def send_reminders(workspace: Workspace, now: datetime) -> int:
    """Put reminders of open surveys into the outbox; how many."""
    with workspace.db.session(read_only=True) as session:
        open_, rules = [s.key for s in surveys(session) if s.state == "open"], read_rules(session)
    if not rules.reminders:
        return 0
    return remind_of(
        workspace, open_, now, after=timedelta(days=rules.remind_after_days), most=rules.reminders
    )


def remind_of(
    workspace: Workspace, keys: Sequence[str], now: datetime, *, after: timedelta, most: int
) -> int:
    """Remind who was asked of these surveys so long ago and has not answered; how many were looked at."""
    _make_source(workspace)
    done = 0
    for key in keys:
        with workspace.db.session() as session:
            ways, rules = channels(workspace, session), read_rules(session)
            if ways:
                done += remind(
                    session,
                    key,
                    composer(workspace, session),
                    sender_of(workspace.settings),
                    now,
                    rules=rules_of(workspace, rules),
                    after=after,
                    most=most,
                    limit=A_TIME,
                    channels=ways,
                    standing=still_standing(workspace, session, rules),
                )
    return done


def forget(workspace: Workspace, now: datetime) -> int:
    """Forget addresses of lists that are asked nothing any more, and answers left unfinished too long ago; how
    many."""
    with workspace.db.session() as session:
        return forget_recipients(session) + sweep_unfinished(session, now)


def _make_source(workspace: Workspace) -> None:
    """Made before the unit of work, which must be the only one that writes; where nothing is asked, none is needed."""
    with workspace.db.session(read_only=True) as session:
        if not surveys(session):
            return
    workspace.part(KnownSurveys).source()
