from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from starlette.testclient import TestClient

import polku.web.tables  # noqa: F401  declares the tables
from polku.db import Base, Database
from polku.settings import Settings
from polku.web import entrance
from polku.web.app import create_app

ADMIN = {
    "company": "Metsä Oy",
    "name": "Anna Aalto",
    "email": "anna@example.fi",
    "password": "polku vie perille",
    "language": "fi",
}


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{tmp_path / 'polku.db'}")
    Base.metadata.create_all(database.engine)
    yield database
    database.close()


@pytest.fixture
def make_client(tmp_path: Path, database: Database) -> Callable[..., TestClient]:
    """A browser at a Polku with the given settings; its clients share the database."""
    entrance.log_in_attempts.__init__(most=5, within=entrance.log_in_attempts.within)  # type: ignore[misc]
    entrance.address_attempts.__init__(most=50, within=entrance.address_attempts.within)  # type: ignore[misc]

    def make(
        *, routers: tuple[Any, ...] = (), at: str = "http://127.0.0.1:8000", **settings: Any
    ) -> TestClient:
        workspace = SimpleNamespace(
            settings=Settings(tmp_path, **settings), db=database, store=None, engine=None
        )
        app = create_app(cast(Any, workspace), routers=routers, public=("/v1/",))
        return TestClient(app, base_url=at, follow_redirects=False)

    return make


@pytest.fixture
def client(make_client: Callable[..., TestClient]) -> TestClient:
    return make_client()


@pytest.fixture
def admin(client: TestClient) -> TestClient:
    """A browser in which the first administrator is logged in."""
    assert post(client, "/setup", ADMIN).status_code == 303
    return client


def token_in(page: str) -> str:
    return page.split('name="csrf_token" value="')[1].split('"')[0]


def post(client: TestClient, path: str, data: dict[str, str], *, page: str | None = None) -> Any:
    """Send the form on `page` (by default the one at `path`) as a person would."""
    token = token_in(client.get(page or path).text)
    return client.post(path, data={"csrf_token": token, **data})
