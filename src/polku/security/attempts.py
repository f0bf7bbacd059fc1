"""How often a secret may be guessed."""

from __future__ import annotations

import threading
from collections import OrderedDict
from datetime import datetime, timedelta

from polku.security.tokens import hash_token

MOST_KEYS = 10_000
"""Keys remembered at once; the oldest are forgotten first, so that an attacker cannot fill the memory."""


class Attempts:
    """Failures by key (address and e-mail, say) within a sliding time, in memory of this process."""

    def __init__(self, *, most: int, within: timedelta) -> None:
        self.most = most
        self.within = within
        self._failures: OrderedDict[str, list[datetime]] = OrderedDict()
        self._lock = threading.Lock()

    def wait(self, key: str, now: datetime) -> timedelta:
        """How long until `key` may try again; zero when it may now."""
        with self._lock:
            recent = self._recent(key, now)
            return recent[0] + self.within - now if len(recent) >= self.most else timedelta(0)

    def failed(self, key: str, now: datetime) -> None:
        with self._lock:
            recent = [*self._recent(key, now)[-self.most + 1 :], now]
            self._failures[_hidden(key)] = recent
            self._failures.move_to_end(_hidden(key))
            while len(self._failures) > MOST_KEYS:
                self._failures.popitem(last=False)

    def succeeded(self, key: str) -> None:
        with self._lock:
            self._failures.pop(_hidden(key), None)

    def _recent(self, key: str, now: datetime) -> list[datetime]:
        return [at for at in self._failures.get(_hidden(key), []) if now - at < self.within]


def _hidden(key: str) -> str:
    return hash_token(key, "attempts")  # addresses and e-mails need not lie about in memory
