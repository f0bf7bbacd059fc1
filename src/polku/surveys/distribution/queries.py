"""What is asked of mailings and of the ledger."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, ClassVar

from pydantic import Field

from polku.answer import Answer
from polku.errors import InvalidInput
from polku.surveys.distribution import store
from polku.surveys.inviting.ledger import STATES, counts, counts_by_mailing, invitations
from polku.surveys.store import survey as survey_of
from polku.workspace import Query, Role, Workspace


@dataclass(frozen=True, slots=True)
class StateOf:
    """How many invitations are in a state."""

    state: str
    count: Annotated[int, Field(ge=0, description="How many")]


@dataclass(frozen=True, slots=True)
class MailingOf:
    """A mailing or a trigger, and what came of it. `kind` is list, segment or trigger."""

    id: int
    name: str
    kind: str
    state: str
    channel: str
    touchpoint: str
    after_days: int
    segment: str
    who: tuple[str, ...]
    share: Annotated[float, Field(ge=0, le=1, description="Chosen by lot, 0–1")]
    is_on: bool
    total: Annotated[int, Field(ge=0, description="Addresses of its list, or customers of its segment")]
    bad: Annotated[int, Field(ge=0, description="Lines that cannot be written to")]
    made_by: str
    made_at: datetime
    states: tuple[StateOf, ...]


@dataclass(frozen=True, slots=True)
class Mailings(Answer):
    """Mailings and triggers of a survey, the newest first."""

    survey: str
    mailings: tuple[MailingOf, ...]


@dataclass(frozen=True, slots=True)
class InvitationOf:
    """One decision on one occasion. Of anonymous surveys it is known on which day it was answered, not when."""

    profile: str
    mailing: int | None
    channel: str
    touchpoint: str
    language: str
    state: str
    reason: str
    decided_at: datetime
    due_at: datetime | None
    sent_at: datetime | None
    reminders: int
    answered_at: datetime | None
    answered_on: date | None


@dataclass(frozen=True, slots=True)
class Ledger(Answer):
    """Who was asked, when, and what came of it."""

    survey: str
    states: tuple[StateOf, ...]
    invitations: tuple[InvitationOf, ...]


class SurveyMailings(Query):
    """Mailings and triggers of a survey, how far they are, and what came of them."""

    path: ClassVar[str] = "surveys/mailings"
    positional: ClassVar[tuple[str, ...]] = ("survey",)
    role: ClassVar[Role] = "analyst"
    survey: str = Field(description="The survey's key: see polku surveys list")

    def answer(self, workspace: Workspace) -> Mailings:
        with workspace.db.session(read_only=True) as session:
            survey_of(session, self.survey)
            found, counted = store.mailings(session, self.survey), counts_by_mailing(session, self.survey)
        told = []
        for m in found:
            states = tuple(StateOf(s, n) for s, n in sorted(counted.get(m.id, {}).items()))
            told.append(
                MailingOf(
                    m.id, m.name, m.kind, m.state, m.channel, m.touchpoint, m.after_days, m.segment, m.who,
                    m.share, m.on, m.total, m.told.get("bad", 0), m.made_by, m.made_at, states,
                )
            )  # fmt: skip
        return Mailings(self.survey, tuple(told))


class SurveyLedger(Query):
    """Who was asked a survey, when, and what came of it, the newest first; who was not, and why."""

    path: ClassVar[str] = "surveys/ledger"
    positional: ClassVar[tuple[str, ...]] = ("survey",)
    role: ClassVar[Role] = "analyst"
    survey: str = Field(description="The survey's key: see polku surveys list")
    state: str | None = Field(
        None,
        description="Only of this state: suppressed, waiting, queued, sent, answered, refused, failed, expired",
    )
    top: int = Field(100, ge=1, le=10_000, description="How many to list")

    def answer(self, workspace: Workspace) -> Ledger:
        if self.state and self.state not in STATES:
            raise InvalidInput(
                "There is no state '%(state)s'. Allowed: %(allowed)s",
                state=self.state,
                allowed=", ".join(STATES),
            )
        with workspace.db.session(read_only=True) as session:
            survey_of(session, self.survey)
            counted = counts(session, self.survey)
            rows = invitations(session, survey=self.survey, state=self.state or "", limit=self.top)
        told = tuple(
            InvitationOf(
                r.profile,
                r.mailing,
                r.channel,
                r.touchpoint,
                r.language,
                r.state,
                r.reason,
                r.decided_at,
                r.due_at,
                r.sent_at,
                r.reminders,
                r.answered_at,
                r.answered_on,
            )
            for r in rows
        )
        return Ledger(self.survey, tuple(StateOf(s, n) for s, n in counted.items() if n), told)


QUERIES: tuple[type[Query], ...] = (SurveyMailings, SurveyLedger)
