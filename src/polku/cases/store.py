"""Cases as they are listed: found, sorted, with the answer that opened each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from polku.cases.report import Handled
from polku.cases.tables import CaseAnswerRow, CaseRow, CaseRuleRow
from polku.web.tables import User

STATES: Final = ("active", "overdue", "open", "in_progress", "waiting", "closed", "all")
"""What is listed: `active` is all that is not closed; the others are statuses."""
SORTS: Final = ("due", "opened")


@dataclass(frozen=True, slots=True)
class Filtered:
    """Which cases; None: whichever. `owner` 0 is nobody; `profiles` are keys of 16 digits."""

    state: str = "active"
    owner: int | None = None
    rule: int | None = None
    touchpoint: str | None = None
    profiles: Sequence[str] | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """A case with its rule's and owner's names and the answer that opened it."""

    row: CaseRow
    rule: str
    owner: str
    answer: CaseAnswerRow


def cases(
    session: Session, wanted: Filtered, now: datetime, *, sort: str = "due", descending: bool = False,
    offset: int = 0, limit: int = 50,
) -> tuple[Sequence[Listed], int]:  # fmt: skip
    """A page of cases and how many there are."""
    conditions = list(_conditions(wanted, now))
    column = {"due": CaseRow.due_at, "opened": CaseRow.opened_at}[sort]
    order = column.desc() if descending else column.asc()
    query = _joined().where(*conditions).order_by(order, CaseRow.id).offset(offset).limit(limit)
    found = [(row[0], row[1], row[2]) for row in session.execute(query)]
    total = session.scalar(select(func.count()).select_from(CaseRow).where(*conditions)) or 0
    answers = _opening(session, [row.id for row, _, _ in found])
    return [Listed(row, rule, owner or "", answers[row.id]) for row, rule, owner in found], total


def case_by_id(session: Session, id: int) -> Listed | None:
    found = session.execute(_joined().where(CaseRow.id == id)).first()
    if found is None:
        return None
    return Listed(found[0], found[1], found[2] or "", _opening(session, [id])[id])


def counts(session: Session, now: datetime, owner: int | None) -> dict[str, int]:
    """How many cases are active, overdue, nobody's and, if `owner` says whose, somebody's."""
    active = CaseRow.status != "closed"
    asked: Mapping[str, ColumnElement[bool]] = {
        "active": active,
        "overdue": active & (CaseRow.due_at <= now),
        "unowned": active & CaseRow.owner_id.is_(None),
        "mine": active & (CaseRow.owner_id == owner),
    }
    query = select(*(func.count().filter(c) for c in asked.values())).select_from(CaseRow)
    return dict(zip(asked, session.execute(query).one(), strict=True))


def answers_of(session: Session, case: int) -> Sequence[CaseAnswerRow]:
    """The responses of a case, in order of arrival."""
    query = select(CaseAnswerRow).where(CaseAnswerRow.case_id == case).order_by(CaseAnswerRow.seq)
    return session.scalars(query).all()


def people(session: Session) -> Sequence[User]:
    """Who can own a case: those who can log in, by name."""
    query = select(User).where(User.closed_at.is_(None)).order_by(func.lower(User.name), User.id)
    return session.scalars(query).all()


def opened_within(session: Session, wanted: Filtered, now: datetime) -> Sequence[Handled]:
    """All cases that are wanted, in order of opening, as the report needs them."""
    query = (
        select(
            CaseRuleRow.name, func.coalesce(User.name, ""), CaseRow.touchpoint, CaseRow.opened_at, CaseRow.due_at,
            CaseRow.first_contact_at, CaseRow.closed_at, CaseRow.outcome, CaseRow.satisfied,
        )
        .join(CaseRuleRow, CaseRuleRow.id == CaseRow.rule_id)
        .outerjoin(User, User.id == CaseRow.owner_id)
        .where(*_conditions(wanted, now))
        .order_by(CaseRow.opened_at, CaseRow.id)
    )  # fmt: skip
    return [Handled(*row) for row in session.execute(query)]


def _joined() -> Any:
    return (
        select(CaseRow, CaseRuleRow.name, User.name)
        .join(CaseRuleRow, CaseRuleRow.id == CaseRow.rule_id)
        .outerjoin(User, User.id == CaseRow.owner_id)
    )


def _conditions(wanted: Filtered, now: datetime) -> Sequence[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.state in ("active", "overdue"):
        found.append(CaseRow.status != "closed")
    elif wanted.state != "all":
        found.append(CaseRow.status == wanted.state)
    if wanted.state == "overdue":
        found.append(CaseRow.due_at <= now)
    if wanted.owner is not None:
        found.append(CaseRow.owner_id == wanted.owner if wanted.owner else CaseRow.owner_id.is_(None))
    if wanted.rule is not None:
        found.append(CaseRow.rule_id == wanted.rule)
    if wanted.touchpoint is not None:
        found.append(CaseRow.touchpoint == wanted.touchpoint)
    if wanted.profiles is not None:
        found.append(CaseRow.profile.in_(wanted.profiles))
    if wanted.since is not None:
        found.append(CaseRow.opened_at >= wanted.since)
    if wanted.until is not None:
        found.append(CaseRow.opened_at < wanted.until)
    return found


def _opening(session: Session, ids: Sequence[int]) -> dict[int, CaseAnswerRow]:
    """Of each case the first answer."""
    query = select(CaseAnswerRow).where(CaseAnswerRow.case_id.in_(ids)).order_by(CaseAnswerRow.seq.desc())
    return {answer.case_id: answer for answer in session.scalars(query)}
