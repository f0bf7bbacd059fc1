"""How many answers one address may send: enough for any office or kiosk, too few for what floods a survey."""

from __future__ import annotations

import threading
from collections import OrderedDict
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address
from typing import Final

from polku.errors import TooManyAttempts
from polku.security import hash_token

HOUR: Final = timedelta(hours=1)
MOST_ADDRESSES: Final = 50_000
"""Remembered at once; those that were longest silent are forgotten first, so that nobody can fill the memory."""


class Pace:
    """Counts what each address sends within an hour of its first, in memory of this process. Safe for many threads."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._seen: OrderedDict[str, tuple[datetime, int]] = OrderedDict()
        self._lock = threading.Lock()

    def check(self, address: str, now: datetime) -> None:
        """Count one more. Raises TooManyAttempts, with when to try again; `most` 0 never does."""
        if not self._most:
            return
        key = hash_token(_network(address), "answers")
        with self._lock:
            began, count = self._seen.pop(key, (now, 0))
            if now - began >= HOUR:
                began, count = now, 0
            self._seen[key] = began, count + 1
            while len(self._seen) > MOST_ADDRESSES:
                self._seen.popitem(last=False)
        if count >= self._most:
            error = TooManyAttempts(
                "More than %(most)s answers came from one address within an hour. Nothing you wrote is lost: send it "
                "again in a while.",
                most=self._most,
            )
            error.retry_after_s = int((began + HOUR - now).total_seconds()) + 1
            raise error


def _network(address: str) -> str:
    """What one subscriber has: an IPv4 address, or the 64 bits before an IPv6 address's own."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    return str(int(parsed) >> 64) if isinstance(parsed, IPv6Address) else address
