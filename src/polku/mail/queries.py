"""What is asked of the outbox."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from pydantic import Field

from polku.answer import Answer
from polku.errors import InvalidInput
from polku.mail.outbox import STATES, counts, messages
from polku.mail.tables import OutgoingMessage
from polku.workspace import Query, Role, Workspace

MOST_ROWS = 1_000


@dataclass(frozen=True, slots=True)
class LetterRow:
    """A letter of the outbox. `reason` is a code of `polku.mail.reasons`; `status` and `said` are of the server."""

    id: int
    kind: str
    recipient: str
    state: str
    reason: str
    status: int
    said: str
    attempts: int
    queued_at: datetime
    due_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Outbox(Answer):
    """How many letters are in each state, and the newest of them."""

    waiting: int
    being_sent: int
    sent: int
    failed: int
    uncertain: int
    letters: tuple[LetterRow, ...]


class Letters(Query):
    """List letters that are to go and that went, the newest first, and what became of them."""

    path: ClassVar[str] = "mail"
    role: ClassVar[Role] = "admin"  # addresses of everybody
    state: str | None = Field(None, description="Only letters in this state, e.g. failed")
    kind: str | None = Field(None, description="Only letters of this kind, e.g. invitation")
    top: int = Field(50, ge=1, le=MOST_ROWS, description="At most so many letters")

    def answer(self, workspace: Workspace) -> Outbox:
        if self.state and self.state not in STATES:
            raise InvalidInput(
                "Unknown state of a letter '%(state)s'. Allowed: %(allowed)s",
                state=self.state,
                allowed=", ".join(STATES),
            )
        with workspace.db.session(read_only=True) as session:
            number = counts(session)
            rows = messages(session, state=self.state or "", kind=self.kind or "", limit=self.top)
            return Outbox(
                waiting=number["queued"] + number["deferred"],
                being_sent=number["sending"] + number["handed_over"],
                sent=number["sent"],
                failed=number["failed"],
                uncertain=number["uncertain"],
                letters=tuple(_row(row) for row in rows),
            )


QUERIES: tuple[type[Query], ...] = (Letters,)


def _row(row: OutgoingMessage) -> LetterRow:
    return LetterRow(
        row.id,
        row.kind,
        row.recipient,
        row.state,
        row.reason,
        row.status,
        row.said,
        row.attempts,
        row.queued_at,
        row.due_at,
        row.ended_at,
    )
