"""DuckDB in memory, which reads snapshots with SQL: segments where they lie, tails as Arrow tables."""

from __future__ import annotations

import threading
from pathlib import Path

import duckdb


class DuckDb:
    """Safe to use from many threads. Connected when it is first asked: that takes 20 ms, and many need no SQL."""

    def __init__(self, spill: Path, *, memory_limit: str, threads: int) -> None:
        """`spill` is the folder for what does not fit into `memory_limit` (as DuckDB writes it: 1GB)."""
        self._config: dict[str, str | bool | int | float | list[str]] = {
            "memory_limit": memory_limit,
            "threads": str(threads),
            "temp_directory": str(spill),
            "max_temp_directory_size": "20GB",
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
        }
        spill.mkdir(parents=True, exist_ok=True)  # now: on a full disk one may still look around
        self._connecting = threading.Lock()
        self._connection: duckdb.DuckDBPyConnection | None = None

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """A connection of its own for one thread; to be closed."""
        with self._connecting:
            if self._connection is None:
                self._connection = self._connect()
            return self._connection.cursor()

    def close(self) -> None:
        with self._connecting:
            if self._connection is not None:
                self._connection.close()

    def _connect(self) -> duckdb.DuckDBPyConnection:
        connection = duckdb.connect(":memory:", config=self._config)
        connection.execute("SET GLOBAL TimeZone = 'UTC'; SET GLOBAL parquet_metadata_cache = true")
        return connection
