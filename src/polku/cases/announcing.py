"""What is told to other systems of a case: to webhooks that ask for it."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from sqlalchemy.orm import Session

from polku.cases.tables import CaseRow

Kind = Literal["case.opened", "case.overdue", "case.closed"]


def announce(session: Session, kind: Kind, case: CaseRow, rule: str, now: datetime) -> None:
    """Tell of a case, within the unit of work that changes it. Nothing in it says who the customer is."""
