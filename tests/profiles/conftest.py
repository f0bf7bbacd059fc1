from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from starlette.testclient import TestClient

from polku.app import QUERIES as API
from polku.profiles import api, pages, reviewing, rules_api, rules_pages
from polku.profiles.identity import Identities
from polku.settings import Settings
from polku.store import EventStore, LocalEngine, Refresher
from polku.web.app import create_app
from polku.workspace import Workspace
from tests.databases import tables_in
from tests.profiles.happenings import Untold
from tests.web.visits import ADMIN, post


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    """An empty workspace; its blocks know who, and call everything by its event's name."""
    database = tables_in(tmp_path)
    store = EventStore(tmp_path)
    made: list[Workspace] = []
    refresher = Refresher(
        store, tmp_path, lambda snapshot: Untold(made[0].part(Identities).resolve(snapshot))
    )
    engine = LocalEngine(refresher)
    made.append(Workspace(Settings(tmp_path), database, store, engine))
    yield made[0]
    engine.close()
    store.close()
    database.close()


@pytest.fixture
def browser(workspace: Workspace) -> TestClient:
    """Logged in as an administrator, in English."""
    app = create_app(
        workspace,
        routers=[module.router for module in (pages, reviewing, rules_pages)],
        api=[API, api.router, rules_api.router],
    )
    client = TestClient(app, base_url="http://127.0.0.1:8000", follow_redirects=False)
    assert post(client, "/setup", ADMIN | {"language": "en"}).status_code == 303
    return client


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(1)
