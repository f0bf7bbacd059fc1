"""A workspace with a real store, and a browser at its touchpoint pages."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from polku.collect.store import ensure_source
from polku.journeys import Resolved
from polku.journeys.touchpoints import api as touchpoint_api
from polku.journeys.touchpoints import pages as touchpoint_pages
from polku.journeys.touchpoints import stage_pages as touchpoint_stage_pages
from polku.journeys.touchpoints.defaults import install_defaults
from polku.journeys.touchpoints.known import Touchpoints
from polku.profiles.identity import Identities
from polku.settings import Settings
from polku.store import INCOMING, EventStore, EventType, LocalEngine, Refresher, Snapshot
from polku.web.app import create_app
from polku.workspace import Workspace
from tests.databases import tables_in
from tests.journeys.shop import API, busy_shop, own_busy_shop, shop  # noqa: F401  fixtures of the questions' tests

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
Event = tuple[str, str, str, str | None]
"""Who, type, name, path."""


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    """A folder with the default touchpoints and the source 'Shop' (number 1)."""
    database = tables_in(tmp_path, _furnish)
    store = EventStore(tmp_path)

    def resolve(snapshot: Snapshot) -> Resolved:
        return Resolved(made.part(Identities).resolve(snapshot), made.part(Touchpoints).rules())

    refresher = Refresher(store, tmp_path, resolve)
    engine = LocalEngine(refresher)
    made = Workspace(Settings(tmp_path), database, store, engine)
    yield made
    engine.close()
    store.close()
    database.close()


def _furnish(session: Session) -> None:
    ensure_source(session, name="Shop", kind="web")
    install_defaults(session)


@pytest.fixture
def happen(workspace: Workspace) -> Callable[[Sequence[Event]], None]:
    """Store events of source 1, a minute apart, and refresh the blocks."""

    def store(events: Sequence[Event]) -> None:
        workspace.store.append(incoming(events, first=workspace.store.snapshot.next_seq))
        workspace.engine.refresh()

    return store


def incoming(events: Sequence[Event], *, first: int) -> pa.Table:
    """Events numbered from `first`, a minute apart."""
    return pa.Table.from_pylist([_row(first + i, *e) for i, e in enumerate(events)], INCOMING)


def _row(number: int, who: str, type: str, name: str, path: str | None) -> dict[str, Any]:
    at = NOW + timedelta(minutes=number)
    return {
        "source": 1,
        "event_id": str(number),
        "type": int(EventType[type.upper()]),
        "name": name,
        "received_at": at,
        "occurred_at": at,
        "user_id": who,
        "path": path,
    }


@pytest.fixture
def browser(workspace: Workspace) -> TestClient:
    """A browser in which the first administrator is logged in, in English."""
    routers = (touchpoint_pages.router, touchpoint_stage_pages.router)
    app = create_app(workspace, routers=routers, api=(API, touchpoint_api.router))
    client = TestClient(app, base_url="http://127.0.0.1:8360", follow_redirects=False)
    someone = {"name": "Anna Aalto", "email": "anna@example.fi", "password": "polku vie perille"}
    assert post(client, "/setup", {"company": "Metsä Oy", "language": "en", **someone}).status_code == 303
    return client


def post(client: TestClient, path: str, data: dict[str, Any], *, page: str | None = None) -> Any:
    """Send the form on `page` (by default the one at `path`) as a person would."""
    token = client.get(page or path).text.split('name="csrf_token" value="')[1].split('"')[0]
    return client.post(path, data={"csrf_token": token, **data})
