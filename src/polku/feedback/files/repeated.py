"""How often each thing of very many has come, kept on disk so that a million of them cost no memory."""

from __future__ import annotations

import sqlite3
from types import TracebackType
from typing import Final, Self

import xxhash

_CACHE_KB: Final = 65_536


class Repeated:
    """Counts things as they come. A context: what it keeps is gone at the end."""

    def __init__(self) -> None:
        # a file of SQLite's own that is deleted when closed
        self._connection = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        self._connection.execute(f"PRAGMA cache_size = -{_CACHE_KB}")
        self._connection.execute("CREATE TABLE seen (id INTEGER PRIMARY KEY, times INTEGER NOT NULL)")
        self._connection.execute("BEGIN")

    def times(self, content: bytes) -> int:
        """How often this has come by now, 1 the first time."""
        id = xxhash.xxh3_64_intdigest(content) - (1 << 63)
        (times,) = self._connection.execute(
            "INSERT INTO seen VALUES (?, 1) ON CONFLICT (id) DO UPDATE SET times = times + 1 RETURNING times",
            (id,),
        ).fetchone()
        return int(times)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.close()
