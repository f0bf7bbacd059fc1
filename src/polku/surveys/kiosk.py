"""What a kiosk kept while it had no connection: when it is still taken."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from polku.surveys.answering import Posted

KIOSK_KEEPS: Final = timedelta(days=30)
"""How old an answer may be that a kiosk gives to a survey that has been closed since."""
CLOCK_SKEW: Final = timedelta(minutes=5)
"""How far the clock of a kiosk may be ahead of ours."""


def given_in_time(posted: Posted, closed_at: datetime | None, now: datetime) -> bool:
    """Whether a kiosk says that this finished answer was given before the survey was closed, and can be believed.

    Not if it is older than KIOSK_KEEPS, or lies in the future. Nothing proves the time: whoever has the address could
    claim one for as long after the closing as KIOSK_KEEPS.
    """
    at = posted.answered_at
    if (
        posted.channel != "kiosk"
        or not posted.finished
        or closed_at is None
        or at is None
        or at.tzinfo is None
    ):
        return False
    return now - KIOSK_KEEPS <= at <= min(closed_at + CLOCK_SKEW, now)
