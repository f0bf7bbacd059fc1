"""Sources as collecting needs them: found by write key without asking the database."""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter
from dataclasses import dataclass
from typing import Final

from polku.collect import store
from polku.collect.tables import Source
from polku.workspace import Workspace

log = logging.getLogger("polku.collect")

SAY_EVERY_S: Final = 60.0


@dataclass(frozen=True, slots=True)
class KnownSource:
    id: int
    name: str
    kind: str
    channel: str
    write_key: str | None
    public: bool
    disabled: bool


class KnownSources:
    """All sources in memory; a part of the workspace. Whoever changes a source calls `refresh`."""

    def __init__(self, workspace: Workspace) -> None:
        self._db = workspace.db
        self._lock = threading.Lock()
        self._by_key: dict[str, KnownSource] = {}
        self._by_id: dict[int, KnownSource] = {}
        self._said_at = -SAY_EVERY_S
        self._unsaid = 0
        self.refused: Counter[str] = Counter()
        """Requests refused since the start, by 'unknown_write_key' or 'source_disabled'."""
        self.refresh()

    def refresh(self) -> None:
        """Read the sources anew."""
        with self._lock, self._db.session(read_only=True) as session:
            known = [_known(s) for s in store.sources(session)]
            self._by_key = {s.write_key: s for s in known if s.write_key}
            self._by_id = {s.id: s for s in known}

    def by_key(self, write_key: str) -> KnownSource | None:
        return self._by_key.get(write_key)

    def by_id(self, id: int) -> KnownSource | None:
        return self._by_id.get(id)

    def all(self) -> list[KnownSource]:
        return list(self._by_id.values())

    def refuse(self, reason: str) -> None:
        """Count a request whose key opens nothing. Nothing of it is kept; the log says so once a minute."""
        self.refused[reason] += 1
        self._unsaid += 1
        now = time.monotonic()
        if now - self._said_at >= SAY_EVERY_S:
            log.warning("requests_refused reason=%s requests=%d", reason, self._unsaid)
            self._said_at, self._unsaid = now, 0


def _known(row: Source) -> KnownSource:
    return KnownSource(
        id=row.id,
        name=row.name,
        kind=row.kind,
        channel=row.channel,
        write_key=row.write_key,
        public=row.public,
        disabled=row.disabled_at is not None,
    )
