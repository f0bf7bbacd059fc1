"""What is told to other systems of a case: to webhooks that ask for it."""

from __future__ import annotations

from datetime import datetime
from typing import Final, Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from polku.cases.tables import CaseAnswerRow, CaseRow
from polku.i18n import _l
from polku.web.tables import User
from polku.webhooks import WebhookKind, send

WEBHOOK_KINDS: Final = (
    WebhookKind("case.opened", _l("A case was opened")),
    WebhookKind("case.overdue", _l("A case is overdue")),
    WebhookKind("case.closed", _l("A case was closed")),
)
Kind = Literal["case.opened", "case.overdue", "case.closed"]


def announce(session: Session, kind: Kind, case: CaseRow, rule: str, now: datetime) -> None:
    """Tell of a case, within the unit of work that changes it, and once of each change.

    The customer is told of by the profile's key only, and what was said is not told: whoever needs it asks for it.
    """
    answers = select(CaseAnswerRow).where(CaseAnswerRow.case_id == case.id)
    answer = session.scalars(answers.order_by(CaseAnswerRow.seq).limit(1)).one()
    owner = session.get(User, case.owner_id) if case.owner_id else None
    data = {
        "id": case.id,
        "path": f"/cases/{case.id}",
        "rule": rule,
        "state": case.status,
        "high_priority": case.priority == "high",
        "survey": answer.survey,
        "metric": answer.metric,
        "score": answer.score,
        "touchpoint": case.touchpoint,
        "profile": case.profile or None,
        "owner": owner.email if owner else None,
        "opened_at": case.opened_at.isoformat(),
        "due_at": case.due_at.isoformat(),
        "first_contact_at": case.first_contact_at.isoformat() if case.first_contact_at else None,
        "closed_at": case.closed_at.isoformat() if case.closed_at else None,
        "outcome": case.outcome or None,
        "satisfied": case.satisfied,
    }
    send(session, kind, data, now, key=f"{kind}:{case.id}:{case.version}")
