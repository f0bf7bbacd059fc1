"""A ledger with somebody in it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from polku.mail import Letter
from polku.surveys.inviting import Candidate, Decision, Invited, Question, Rules, invitation_letter
from polku.surveys.inviting.ledger import invitations, record
from polku.surveys.inviting.tables import Invitation

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
DAY = timedelta(days=1)
HELSINKI = ZoneInfo("Europe/Helsinki")
RULES = Rules(HELSINKI)
LARGE = 2**64 - 5
"""A profile's key that no signed number holds."""


def candidate(profile: int, occasion: str = "", **more) -> Candidate:
    address = f"a{profile}@example.fi"
    return Candidate(profile, "nps", occasion or f"campaign:c:{profile}", NOW, "email", address, **more)


def ask(session: Session, *candidates: Candidate, anonymous: bool = False) -> list[Invitation]:
    decisions = [Decision(c, send_at=NOW) for c in candidates]
    record(
        session, decisions, version=3, anonymous=anonymous, channel="email", answer_within=14 * DAY, now=NOW
    )
    return list(reversed(invitations(session, limit=1_000)))


def compose(row: Invitation, token: str, reminder: bool) -> Letter:
    """The address, which the ledger does not have, comes from elsewhere."""
    return invitation_letter(
        Invited(
            to=f"a{int(row.profile, 16)}@example.fi",
            language="fi",
            company="Kävelykauppa",
            question=Question(
                "Kuinka todennäköisesti suosittelisit meitä?", range(11), "En lainkaan", "Varmasti"
            ),
            link_url=f"https://polku.example.fi/s/{token}",
            unsubscribe_url=f"https://polku.example.fi/s/{token}/stop",
            reminder=reminder,
        )
    )
