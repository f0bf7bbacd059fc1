"""How much each source sends, counted as events come: each event is looked at once."""

from __future__ import annotations

import threading
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from polku.workspace import Workspace

DAYS: Final = 30

_NEW: Final = """
SELECT source, epoch(received_at)::BIGINT // 3600 AS hour, count(*) AS events, max(received_at) AS last_at
FROM events WHERE seq > $counted GROUP BY ALL
"""


@dataclass(frozen=True, slots=True)
class Volume:
    """Events of one source: in all, within a day, and in each of the last 30 times 24 hours, the oldest first."""

    total: int
    last_24_h: int
    days: tuple[int, ...]
    last_seen: datetime | None


class Volumes:
    """Counts by source and hour; a part of the workspace. The first question after a start counts everything."""

    def __init__(self, workspace: Workspace) -> None:
        self._store = workspace.store
        self._lock = threading.Lock()
        self._counted = 0
        self._hours: dict[int, dict[int, int]] = defaultdict(dict)
        self._totals: dict[int, int] = defaultdict(int)
        self._last: dict[int, datetime] = {}

    def by_source(self, now: datetime) -> dict[int, Volume]:
        """The volume of each source that has sent anything, by its number."""
        with self._lock:
            self._count()
            return {s: self._volume(s, now) for s in self._totals}

    def _count(self) -> None:
        snapshot = self._store.snapshot
        if snapshot.next_seq - 1 <= self._counted:
            return
        new = snapshot.after(self._counted).sql(_NEW, {"counted": self._counted}).to_pylist()
        for row in new:
            hours = self._hours[row["source"]]
            hours[row["hour"]] = hours.get(row["hour"], 0) + row["events"]
            self._totals[row["source"]] += row["events"]
            last = row["last_at"].astimezone(UTC)
            self._last[row["source"]] = max(last, self._last.get(row["source"], last))
        self._counted = snapshot.next_seq - 1

    def _volume(self, source: int, now: datetime) -> Volume:
        this_hour = int(now.timestamp()) // 3600
        oldest = this_hour - int(timedelta(days=DAYS) / timedelta(hours=1))
        days = [0] * DAYS
        for hour, events in self._hours[source].items():
            if oldest < hour <= this_hour:
                days[DAYS - 1 - (this_hour - hour) // 24] += events
        return Volume(self._totals[source], days[-1], tuple(days), self._last.get(source))


EMPTY: Final = Volume(0, 0, (0,) * DAYS, None)
