"""Imports for tests: files and a mapping written on the spot, a target that is a real store."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from polku.collect.files import ImportSummary, import_files, parse_mapping, receive
from polku.collect.files.mapping import Source, TouchpointPlan
from polku.store import Appended, EventStore

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)

VISITS = """
[source]
name = "Test"
[read]
timezone = "Europe/Helsinki"
[table.log]
[[event]]
name = "Visit"
table = "log"
at = "at"
user_id = "who"
"""


class StoreTarget:
    """A store as the target of an import."""

    def __init__(self, store: EventStore) -> None:
        self.store = store
        self.touchpoints: list[TouchpointPlan] = []

    def append(self, table: pa.Table) -> Appended:
        return receive(self.store, table)

    def source_id(self, source: Source) -> int:
        return 7

    def install_touchpoints(self, touchpoints: Sequence[TouchpointPlan], source: Source) -> int:
        self.touchpoints.extend(touchpoints)
        return len(touchpoints)

    def run(self, mapping: str, *files: Path, **options: Any) -> ImportSummary:
        return import_files(files, parse_mapping(mapping), self, now=NOW, **options)

    def events(self) -> list[dict[str, Any]]:
        """Everything stored, in order of arrival."""
        rows = self.store.snapshot.columns("events", EVENT_COLUMNS).to_pylist()
        return [row | {"properties": json.loads(row["properties"])} for row in rows]

    def rejected(self) -> list[dict[str, Any]]:
        return self.store.snapshot.columns("rejected", ["reason", "detail", "payload"]).to_pylist()

    def state(self) -> tuple[int, int]:
        return len(self.events()), len(self.rejected())


EVENT_COLUMNS = ["source", "event_id", "type", "name", "occurred_at", "user_id", "anonymous_id", "identifiers",
                 "path", "value", "score", "properties"]  # fmt: skip


@contextmanager
def target_at(folder: Path) -> Iterator[StoreTarget]:
    store = EventStore(folder / "data")
    try:
        yield StoreTarget(store)
    finally:
        store.close()


def written(path: Path, content: str | bytes) -> Path:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path
