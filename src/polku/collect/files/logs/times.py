"""Times as logs write them: ISO 8601, with their zone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

_BEGINNING: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


def moment(text: str) -> int | None:
    """Microseconds since 1970; None if it cannot be read. A time without a zone is UTC (`says_zone` tells)."""
    try:
        at = datetime.fromisoformat(text.strip())
        return ((at if at.tzinfo else at.replace(tzinfo=UTC)) - _BEGINNING) // _MICROSECOND
    except (ValueError, OverflowError):
        return None


def says_zone(text: str) -> bool:
    """Whether a time that can be read names its zone."""
    return datetime.fromisoformat(text.strip()).tzinfo is not None
