"""What is asked of cases."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, ClassVar, Literal
from zoneinfo import ZoneInfo

from pydantic import Field
from sqlalchemy.orm import Session

from polku.answer import Answer
from polku.cases.history import history
from polku.cases.report import CaseReported, reported
from polku.cases.store import Filtered, Listed, case_by_id, cases, opened_within
from polku.errors import InvalidInput, NotFound
from polku.profiles import Identities
from polku.web.store import open_user_by_email
from polku.workspace import FOREVER, PeriodQuery, Query, Workspace

NOBODY = "nobody"
State = Literal["active", "overdue", "open", "in_progress", "waiting", "closed", "all"]


@dataclass(frozen=True, slots=True)
class CaseSummary:
    """A case in one row. `score` is on its metric's own scale; `comment` is without personal data."""

    id: int
    state: str
    overdue: bool
    high_priority: bool
    metric: str
    score: float
    comment: str
    survey: str
    touchpoint: str
    profile: str | None
    rule: str
    owner: str
    opened_at: datetime
    due_by: datetime
    first_contact_at: datetime | None
    closed_at: datetime | None
    outcome: str
    satisfied: bool | None


@dataclass(frozen=True, slots=True)
class CaseListed(Answer):
    """A page of cases, and how many there are of the kind."""

    cases: tuple[CaseSummary, ...]
    total: int


@dataclass(frozen=True, slots=True)
class CaseEvent:
    """A line of a case's history: what was done, when and by whom (empty: by Polku)."""

    at: datetime
    kind: str
    by: str
    text: str


@dataclass(frozen=True, slots=True)
class CaseShown(Answer):
    """A case and its history, the newest first."""

    history: tuple[CaseEvent, ...]
    case: CaseSummary


class CaseList(Query):
    """List cases, those that are due first at the top."""

    path: ClassVar[str] = "cases/list"
    state: State = Field(
        "active",
        description="active (all that are not closed), overdue, open, in_progress, waiting, closed or all",
    )
    owner: str | None = Field(
        None, description="Only of this owner, by e-mail address; nobody: of nobody yet"
    )
    rule: int | None = Field(None, description="Only those that this rule opened, by its number")
    touchpoint: str | None = Field(None, description="Only about this touchpoint, by its key")
    profile: str | None = Field(None, description="Only of this customer, by an identifier or key")
    sort: Literal["due", "opened"] = Field("due", description="due or opened")
    descending: bool = Field(False, description="The latest first")
    offset: int = Field(0, ge=0, description="Leave out so many")
    limit: int = Field(50, ge=1, le=1000, description="At most so many")

    def answer(self, workspace: Workspace) -> CaseListed:
        now = datetime.now(UTC)
        profiles = _keys_of(workspace, self.profile) if self.profile else None
        with workspace.db.session(read_only=True) as session:
            wanted = Filtered(self.state, _owner(session, self.owner), self.rule, self.touchpoint, profiles)
            found, total = cases(
                session, wanted, now, sort=self.sort, descending=self.descending,
                offset=self.offset, limit=self.limit,
            )  # fmt: skip
            return CaseListed(tuple(summary(one, now) for one in found), total)


class CaseShow(Query):
    """Show a case and all that has happened in it."""

    path: ClassVar[str] = "cases/show"
    positional: ClassVar[tuple[str, ...]] = ("number",)
    number: int = Field(description="The case's number: see polku cases list")

    def answer(self, workspace: Workspace) -> CaseShown:
        now = datetime.now(UTC)
        with workspace.db.session(read_only=True) as session:
            found = case_by_id(session, self.number)
            if found is None:
                raise NotFound("There is no case %(case)s. See: polku cases list", case=self.number)
            lines = tuple(CaseEvent(e.at, e.kind, e.by, e.text) for e in history(session, self.number))
            return CaseShown(lines, summary(found, now))


class CaseReport(PeriodQuery):
    """Tell how soon cases that opened within a period are dealt with, how many in time, and what comes of them.

    Times are estimated with the cases that are still open (Kaplan–Meier), so that the quick ones do not flatter.
    """

    path: ClassVar[str] = "cases/report"
    rule: int | None = Field(None, description="Only those that this rule opened, by its number")

    def answer(self, workspace: Workspace) -> CaseReported:
        now = datetime.now(UTC)
        low, high = self.period(workspace)
        since = datetime.fromtimestamp(low, UTC) if low else None
        until = datetime.fromtimestamp(high, UTC) if high != FOREVER else None
        with workspace.db.session(read_only=True) as session:
            wanted = Filtered("all", rule=self.rule, since=since, until=until)
            handled = opened_within(session, wanted, now)
        return reported(handled, now, ZoneInfo(workspace.settings.timezone))


QUERIES: tuple[type[Query], ...] = (CaseList, CaseShow, CaseReport)


def summary(of: Listed, now: datetime) -> CaseSummary:
    row, answer = of.row, of.answer
    return CaseSummary(
        row.id, row.status, row.status != "closed" and row.due_at <= now, row.priority == "high", answer.metric,
        answer.score, answer.comment, answer.survey, row.touchpoint, row.profile or None, of.rule, of.owner,
        row.opened_at, row.due_at, row.first_contact_at, row.closed_at, row.outcome, row.satisfied,
    )  # fmt: skip


def _owner(session: Session, given: str | None) -> int | None:
    """The number of an owner, 0 for nobody, None for anybody. Raises InvalidInput."""
    if given is None or given == NOBODY:
        return None if given is None else 0
    user = open_user_by_email(session, given)
    if user is None:
        raise InvalidInput("No user has the e-mail address '%(owner)s'.", owner=given[:254])
    return user.id


def _keys_of(workspace: Workspace, profile: str) -> list[str]:
    """All the keys by which cases may know a customer: also of before profiles were joined."""
    who: Any = workspace.part(Identities).current()
    found = who.find(profile)
    return sorted({f"{k:016x}" for k in who.members(found)} | {f"{found:016x}"})
