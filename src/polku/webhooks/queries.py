"""What is asked of webhooks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from pydantic import Field

from polku.answer import Answer
from polku.errors import InvalidInput
from polku.webhooks.calls import STATES, calls, counts
from polku.webhooks.store import webhooks
from polku.workspace import Query, Role, Workspace

MOST_ROWS = 1_000


@dataclass(frozen=True, slots=True)
class WebhookTold:
    """A webhook, and how many of its calls wait, were made and failed."""

    id: int
    name: str
    url: str
    kinds: list[str]
    is_on: bool
    rests_until: datetime | None
    waiting: int
    made: int
    failed: int


@dataclass(frozen=True, slots=True)
class CallTold:
    """A call. `reason` is a code of `polku.webhooks.reasons`; `status` is HTTP's, 0 without an answer."""

    id: int
    webhook: str
    kind: str
    state: str
    reason: str
    status: int
    attempts: int
    queued_at: datetime
    due_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class WebhooksTold(Answer):
    """All webhooks, and the newest calls."""

    webhooks: tuple[WebhookTold, ...]
    calls: tuple[CallTold, ...]


class Webhooks(Query):
    """List webhooks and the newest calls of them, and what became of those."""

    path: ClassVar[str] = "webhooks"
    role: ClassVar[Role] = "admin"
    state: str | None = Field(None, description="Only calls in this state, e.g. failed")
    top: int = Field(50, ge=1, le=MOST_ROWS, description="At most so many calls")

    def answer(self, workspace: Workspace) -> WebhooksTold:
        if self.state and self.state not in STATES:
            raise InvalidInput(
                "Unknown state of a call '%(state)s'. Allowed: %(allowed)s",
                state=self.state,
                allowed=", ".join(STATES),
            )
        with workspace.db.session(read_only=True) as session:
            number = counts(session)
            names = {row.id: row.name for row in webhooks(session)}
            return WebhooksTold(
                tuple(
                    WebhookTold(
                        row.id,
                        row.name,
                        row.url,
                        row.kinds.split(),
                        row.turned_off_at is None,
                        row.rests_until,
                        number[row.id]["queued"] + number[row.id]["deferred"],
                        number[row.id]["made"],
                        number[row.id]["failed"],
                    )
                    for row in webhooks(session)
                ),
                tuple(
                    CallTold(
                        call.id,
                        names[call.webhook_id],
                        call.kind,
                        call.state,
                        call.reason,
                        call.status,
                        call.attempts,
                        call.queued_at,
                        call.due_at,
                        call.ended_at,
                    )
                    for call in calls(session, state=self.state or "", limit=self.top)
                ),
            )


QUERIES: tuple[type[Query], ...] = (Webhooks,)
