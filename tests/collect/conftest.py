"""A workspace with sources, and requests to its collector."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import msgspec
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from polku.collect import scanning, segment, store
from polku.collect.sources import KnownSources
from polku.settings import Settings
from polku.store import EventStore, LocalEngine
from polku.workspace import Workspace
from tests.databases import tables_in


@dataclass
class Collecting:
    """A collector with a private source (`key`) and a public one (`public_key`)."""

    workspace: Workspace
    http: TestClient
    key: str
    public_key: str

    def post(self, path: str, body: Any, *, key: str | None = None, **headers: str) -> Any:
        content = body if isinstance(body, bytes) else msgspec.json.encode(body)
        auth = (self.key if key is None else key, "")
        return self.http.post(f"/v1/{path}", content=content, auth=auth, headers=headers)

    def batch(self, *events: Any, key: str | None = None, **common: Any) -> Any:
        return self.post("batch", {"batch": list(events), **common}, key=key)

    def events(self) -> list[dict[str, Any]]:
        """All that is stored, in order, with JSON columns read."""
        return [_read(r) for r in self._rows("events")]

    def event(self) -> dict[str, Any]:
        events = self.events()
        assert len(events) == 1, self.rejected()
        return events[0]

    def rejected(self) -> list[dict[str, Any]]:
        return self._rows("rejected")

    def reasons(self) -> list[str]:
        return [r["reason"] for r in self.rejected()]

    def _rows(self, table: str) -> list[dict[str, Any]]:
        self.workspace.store.flush()
        snapshot = self.workspace.store.snapshot
        rows = snapshot.columns(table, snapshot.tail(table).column_names)  # connecting DuckDB takes longer
        return cast("list[dict[str, Any]]", rows.to_pylist())


def _read(row: dict[str, Any]) -> dict[str, Any]:
    for name in ("identifiers", "properties", "context", "extra"):
        row[name] = None if row[name] is None else msgspec.json.decode(row[name])
    return row


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    settings = Settings(folder=tmp_path)
    db = tables_in(tmp_path)
    events = EventStore(tmp_path)
    engine = cast("LocalEngine", None)  # collecting asks no questions over blocks
    yield Workspace(settings, db, events, engine)
    events.close()
    db.close()


@pytest.fixture(scope="session", autouse=True)
def _compiled() -> None:
    """As in a server that has been running for some seconds: bodies are read at once, not event by event."""
    for kernel in scanning.KERNELS:
        kernel.compile()


@pytest.fixture
def collecting(workspace: Workspace) -> Collecting:
    with workspace.db.session() as session:
        key = store.ensure_source(session, name="Server", kind="server").write_key
        public_key = store.ensure_source(session, name="Shop", kind="web", public=True).write_key
    workspace.part(KnownSources).refresh()
    assert key
    assert public_key
    return Collecting(workspace, TestClient(Starlette(routes=segment.routes(workspace))), key, public_key)
