"""An object-centric log in a database of its own while it is imported: events, objects and how they are related."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

import duckdb
import pyarrow as pa

from polku.collect.files.logs.attributes import json_value

TABLES: Final = {
    "event": ("id", "type", "time", "attributes"),  # attributes: JSON object
    "object": ("id", "type"),
    "change": ("object", "time", "name", "value"),  # of an attribute; value: JSON
    "involved": ("event", "object", "qualifier"),
    "related": ("object", "other", "qualifier"),
}
"""Columns, all of them texts."""

_AT_ONCE: Final = 50_000
_KINDS: Final = {"integer": "int", "float": "float", "boolean": "boolean"}


@dataclass(slots=True)
class ObjectLog:
    """Takes rows of TABLES; `flush` when all have come."""

    database: duckdb.DuckDBPyConnection
    attributes: set[str] = field(default_factory=set)
    """Names of events' attributes."""
    _waiting: dict[str, list[tuple[Any, ...]]] = field(default_factory=lambda: {t: [] for t in TABLES})

    def __post_init__(self) -> None:
        for table, columns in TABLES.items():
            listed = ", ".join(f"{c} VARCHAR" for c in columns)
            self.database.execute(f"CREATE TABLE {table} (nr BIGINT, {listed})")

    def add(self, table: str, rows: Iterable[tuple[Any, ...]]) -> None:
        waiting = self._waiting[table]
        waiting.extend(rows)
        if len(waiting) >= _AT_ONCE:
            self._insert(table)

    def flush(self) -> None:
        for table in TABLES:
            self._insert(table)

    def _insert(self, table: str) -> None:
        rows, self._waiting[table] = self._waiting[table], []
        if not rows:
            return
        columns = zip(*rows, strict=True)
        new = pa.table([pa.array(c, pa.string()) for c in columns], names=list(TABLES[table]))
        self.database.register("new_rows", new)
        before = f"(SELECT coalesce(max(nr), 0) FROM {table})"
        self.database.execute(f"INSERT INTO {table} SELECT {before} + row_number() OVER (), * FROM new_rows")
        self.database.unregister("new_rows")


def typed(type_: str | None, value: object) -> str | None:
    """An attribute's value as JSON, by the type that the log declares for it; None for none."""
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return json_value("float" if isinstance(value, float) else "int", repr(value))
    text = str(value)
    kind = _KINDS.get((type_ or "").lower(), "string")
    return json_value(kind, text.lower() if kind == "boolean" and text.lower() in ("true", "false") else text)
