"""Cases are opened by what the events say: behind the journal, missing nothing and opening nothing twice (ADR 31)."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from polku.cases.alerts import alert_all
from polku.cases.announcing import announce
from polku.cases.history import note
from polku.cases.reading import answers_after
from polku.cases.rules import Answer, Rule, judged, remind_at
from polku.cases.ruling import looked, next_owner, progress, rules
from polku.cases.tables import CaseAnswerRow, CaseRow
from polku.cases.working_time import WorkingDays
from polku.profiles import Identities
from polku.store import Snapshot
from polku.text import redacted
from polku.workspace import Workspace

LONGEST_COMMENT: Final = 4_000
A_TIME: Final = 100
"""Low answers that are taken in one unit of work: others wait to write meanwhile."""
BEHIND: Final = 100_000
"""After so many events without a low score it is noted that they have been looked at."""

Members = Callable[[int], Sequence[int]]
"""The keys that a profile is made of: cases of before a merge name one of them."""


class Opening:
    """A part of the workspace. Safe to use from many threads."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._lock = threading.Lock()
        self._seen: tuple[int, int] | None = None
        self._looked: tuple[object, int] = (None, 0)

    def catch_up(self, now: datetime | None = None) -> int:
        """Open cases for the answers that have come, and return how many were new. `now` is the clock, for tests.

        What has been looked at is noted in the same unit of work as the cases, so that none is lost and none is opened
        twice wherever Polku stops.
        """
        with self._lock:
            snapshot, db = self._workspace.store.snapshot, self._workspace.db
            if self._seen == (snapshot.next_seq, db.changes):
                return 0  # neither events nor rules have changed
            seen = (snapshot.next_seq, db.changes)
            with db.session(read_only=True) as session:
                on = [r for r in rules(session) if r.on]
                noted = looked(session)
            opened = self._look(snapshot, on, noted, now or datetime.now(UTC)) if on else 0
            self._seen = seen
            return opened

    def _look(self, snapshot: Snapshot, on: Sequence[Rule], noted: int, now: datetime) -> int:
        last = snapshot.next_seq - 1
        mark = (noted, tuple(on))
        begin = max(noted, self._looked[1]) if self._looked[0] == mark else noted
        if begin >= last:
            return 0
        answers = answers_after(self._workspace, snapshot, begin)
        low = [a for a in answers if judged(on, a)]
        if not low and last - noted < BEHIND:
            self._looked = (mark, last)
            return 0
        opened = 0
        for begin in range(0, max(1, len(low)), A_TIME):
            part = low[begin : begin + A_TIME]
            upto = part[-1].seq if begin + A_TIME < len(low) else last
            done = self._take(on, part, noted, upto, now)
            if done is None:
                break  # the rest the next time
            opened, noted = opened + done, upto
        return opened

    def _take(
        self, on: Sequence[Rule], low: Sequence[Answer], noted: int, upto: int, now: datetime
    ) -> int | None:
        """Open cases in one unit of work, and note that events up to `upto` have been looked at; None: others have
        changed the rules or been here since."""
        who, working = self._workspace.part(Identities).current(), WorkingDays.of(self._workspace.settings)
        with self._workspace.db.session() as session:
            at = progress(session)
            # Asked again under the lock: a rule may have been turned on meanwhile, which puts the progress back.
            if at.seq != noted or [r for r in rules(session) if r.on] != on:
                return None
            opened = sum(take(session, on, a, members=who.members, working=working, now=now) for a in low)
            at.seq = upto
        return opened


def take(
    session: Session,
    on: Sequence[Rule],
    answer: Answer,
    *,
    members: Members,
    working: WorkingDays,
    now: datetime,
) -> bool:
    """Open the case of an answer, or put it to the one that its customer has open; whether it opened one.

    An answer that has been taken before, or that no rule finds low, changes nothing.
    """
    if session.get(CaseAnswerRow, (answer.source, answer.response)) is not None:
        return False
    found = judged(on, answer)
    if found is None:
        return False
    rule, measured = found
    case = _open_of(session, rule, answer, members)
    is_new = case is None
    if case is None:
        case = _open(session, rule, answer, working)
    said = redacted(answer.comment[:LONGEST_COMMENT]).text if answer.comment else ""
    session.add(
        CaseAnswerRow(
            source=answer.source,
            response=answer.response,
            case_id=case.id,
            seq=answer.seq,
            answered_at=answer.answered_at,
            survey=answer.survey,
            metric=measured.metric,
            score=measured.score,
            comment=said,
        )
    )
    about = {"metric": measured.metric, "score": measured.score, "survey": answer.survey, "seq": answer.seq}
    note(session, case, "opened" if is_new else "answer", answer.received_at, about=about)
    if is_new:
        alert_all(session, case, rule.told, "opened", now)
        announce(session, "case.opened", case, rule.name, now)
    else:
        case.version += 1
        alert_all(session, case, (), "answer", now)
    return is_new


def _open(session: Session, rule: Rule, answer: Answer, working: WorkingDays) -> CaseRow:
    opened_at = answer.received_at
    due_at = rule.due_at(opened_at, working)
    case = CaseRow(
        version=1,
        rule_id=rule.id,
        profile=f"{answer.profile:016x}" if answer.profile else "",
        touchpoint=answer.touchpoint[:80],
        status="open",
        owner_id=next_owner(session, rule),
        priority=rule.priority,
        opened_at=opened_at,
        due_at=due_at,
        remind_at=remind_at(opened_at, due_at, working),
    )
    session.add(case)
    session.flush()
    return case


def _open_of(session: Session, rule: Rule, answer: Answer, members: Members) -> CaseRow | None:
    """The case by the same rule that the customer has open."""
    if not answer.profile:
        return None
    names = {f"{k:016x}" for k in members(answer.profile)} | {f"{answer.profile:016x}"}
    query = select(CaseRow).where(
        CaseRow.rule_id == rule.id, CaseRow.profile.in_(sorted(names)), CaseRow.status != "closed"
    )
    return session.scalars(query.order_by(CaseRow.id).limit(1)).first()
