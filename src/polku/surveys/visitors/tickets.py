"""Tickets: what a browser is handed that may show a card, and nobody can read anything from."""

from __future__ import annotations

import secrets
import threading
from collections import OrderedDict
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

VALID: Final = timedelta(minutes=10)
"""Within so long the card must be shown."""
ANSWERED_WITHIN: Final = timedelta(days=1)
MOST: Final = 50_000
"""Kept at once, the oldest are forgotten first: nobody can fill the memory."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """Whom a survey may be shown to. `invitation` is its number in the ledger once it has been shown."""

    survey: str
    profile: int
    made_at: datetime
    invitation: int | None = None


class Tickets:
    """In the memory of this process. Safe for many threads."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, Ticket] = OrderedDict()
        self._pending: dict[int, datetime] = {}
        self._lock = threading.Lock()

    def hand_out(self, survey: str, profile: int, now: datetime) -> str | None:
        """A new ticket of 128 random bits; None while another of the same profile may still be used: two open pages of
        one visitor do not both ask."""
        with self._lock:
            if (at := self._pending.get(profile)) is not None and now - at < VALID:
                return None
            text = secrets.token_urlsafe(16)
            self._kept[text] = Ticket(survey, profile, now)
            self._pending[profile] = now
            while len(self._kept) > MOST:
                _, old = self._kept.popitem(last=False)
                self._pending.pop(old.profile, None)
            return text

    def use(self, text: str, now: datetime) -> Ticket | None:
        """What a ticket is for, once and while it is valid: it is being shown."""
        with self._lock:
            found = self._kept.get(text)
            if found is None or found.invitation is not None or now - found.made_at > VALID:
                return None
            self._pending.pop(found.profile, None)
            self._kept[text] = replace(found, invitation=0)
            return found

    def note(self, text: str, invitation: int) -> None:
        """The number that showing it has in the ledger."""
        with self._lock:
            if text in self._kept:
                self._kept[text] = replace(self._kept[text], invitation=invitation)

    def answered(self, text: str, survey: str, now: datetime) -> int | None:
        """The number in the ledger of what is answered with a ticket, once; None: there is none."""
        with self._lock:
            found = self._kept.get(text)
            if found is None or not found.invitation or found.survey != survey:
                return None
            del self._kept[text]
            return found.invitation if now - found.made_at <= ANSWERED_WITHIN else None
