"""Rules in their table, and up to which event answers have been looked at."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final, cast

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from polku.cases.rules import Rule
from polku.cases.tables import CaseProgressRow, CaseRow, CaseRuleRow
from polku.errors import Conflict, InvalidInput, NotFound
from polku.web.tables import User

LONGEST_NAME: Final = 120


def rules(session: Session) -> Sequence[Rule]:
    """All, those that are on first, then by name."""
    query = select(CaseRuleRow).order_by(CaseRuleRow.on.desc(), func.lower(CaseRuleRow.name), CaseRuleRow.id)
    return [_of(row) for row in session.scalars(query)]


def rule(session: Session, id: int) -> Rule:
    """Raises NotFound."""
    return _of(_row(session, id))


def save_rule(session: Session, made: Rule, *, by: str, now: datetime) -> Rule:
    """Add a rule (its id is 0), which is off, or change one, which stays on or off. Raises InvalidInput, NotFound."""
    if not made.name.strip():
        raise InvalidInput("A rule needs a name.")
    row = _row(session, made.id) if made.id else CaseRuleRow(on=False, turns=0)
    row.name, row.survey, row.question = made.name.strip()[:LONGEST_NAME], made.survey, made.question
    row.threshold, row.known_only = made.threshold, made.known_only
    row.owners, row.told = json.dumps(made.owners), json.dumps(made.told)
    row.due, row.due_unit, row.priority = made.due, made.due_unit, made.priority
    row.changed_by, row.changed_at = by, now
    session.add(row)
    session.flush()
    return _of(row)


def turn_on(session: Session, id: int, *, since: datetime, seq: int) -> None:
    """From now on answers given since `since` open cases; `seq` is the last event that was there before.

    Answers that other rules have been held against since are looked at again."""
    row, at = _row(session, id), progress(session)
    if row.on:
        return
    others = session.scalar(select(func.count()).select_from(CaseRuleRow).where(CaseRuleRow.on)) or 0
    at.seq = min(at.seq, seq) if others else seq
    row.on, row.on_since = True, since


def turn_off(session: Session, id: int) -> None:
    """No more cases are opened by it; those that are stay."""
    _row(session, id).on = False


def remove_rule(session: Session, id: int) -> None:
    """Raises Conflict for a rule that has opened cases: they tell of it."""
    row = _row(session, id)
    if session.scalar(select(CaseRow.id).where(CaseRow.rule_id == id).limit(1)) is not None:
        raise Conflict("This rule has opened cases, which tell of it. Turn it off instead.")
    session.delete(row)


def next_owner(session: Session, rule: Rule) -> int | None:
    """Whose turn it is to get a case, of those who can still log in; None: nobody's."""
    if not rule.owners:
        return None
    open_ = set(session.scalars(select(User.id).where(User.id.in_(rule.owners), User.closed_at.is_(None))))
    owners = [o for o in rule.owners if o in open_]
    if not owners:
        return None
    row = _row(session, rule.id)
    row.turns += 1
    return owners[(row.turns - 1) % len(owners)]


def progress(session: Session) -> CaseProgressRow:
    """The one row, locked until this unit of work ends: who looks at answers and who turns rules on wait for it."""
    row = session.get(CaseProgressRow, 1, with_for_update=True)
    if row is None:
        row = CaseProgressRow(id=1, seq=0)
        session.add(row)
        session.flush()
    return row


def looked(session: Session) -> int:
    """Up to which event answers have been looked at."""
    return session.scalar(select(CaseProgressRow.seq).where(CaseProgressRow.id == 1)) or 0


def _row(session: Session, id: int) -> CaseRuleRow:
    row = session.get(CaseRuleRow, id)
    if row is None:
        raise NotFound("There is no such rule of cases. See all of them at /cases/rules")
    return row


def _of(row: CaseRuleRow) -> Rule:
    made = Rule(
        name=row.name,
        survey=row.survey,
        question=row.question,
        threshold=row.threshold,
        known_only=row.known_only,
        owners=tuple(json.loads(row.owners)),
        told=tuple(json.loads(row.told)),
        due=row.due,
        due_unit=cast(Any, row.due_unit),
        priority=cast(Any, row.priority),
        on=row.on,
        on_since=row.on_since,
    )
    return replace(made, id=row.id, changed_by=row.changed_by, changed_at=row.changed_at)
