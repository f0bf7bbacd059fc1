from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType, SimpleNamespace
from typing import Any, cast

import pytest
from fastapi import APIRouter
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from polku.db import Database
from polku.errors import UnknownTouchpoint
from polku.security import Attempts
from polku.settings import Settings
from polku.web import account, entrance
from polku.web.app import create_app
from polku.web.visitor import CurrentUser
from tests.web.visits import ADMIN, VILLE, log_in, post

HERE = "http://127.0.0.1:8000"


@pytest.fixture
def database(tables: Database) -> Database:
    return tables


@pytest.fixture(autouse=True)
def _no_attempts_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    per_user = Attempts(most=5, within=timedelta(minutes=15))
    monkeypatch.setattr(entrance, "log_in_attempts", per_user)
    monkeypatch.setattr(account, "log_in_attempts", per_user)
    monkeypatch.setattr(entrance, "address_attempts", Attempts(most=50, within=timedelta(minutes=15)))


@pytest.fixture
def make_client(tmp_path: Path, database: Database) -> Callable[..., TestClient]:
    """A browser at a Polku with the given settings. All share the tables, as after a restart."""

    def make(
        *, at: str = HERE, uploads: Mapping[str, int] = MappingProxyType({}), **settings: Any
    ) -> TestClient:
        workspace = SimpleNamespace(
            settings=Settings(tmp_path, **settings), db=database, store=None, engine=None
        )
        collector = Route("/v1/track", lambda request: PlainTextResponse("taken"), methods=["POST"])
        app = create_app(
            cast(Any, workspace), routers=[SLICE], routes=[collector], public=["/v1/"], uploads=uploads
        )
        return TestClient(app, base_url=at, follow_redirects=False, client=("127.0.0.1", 50_000))

    return make


def _slice() -> APIRouter:
    """What another slice would bring."""
    router = APIRouter()

    @router.get("/api/v1/whoami")
    def whoami(user: CurrentUser, limit: int = 10) -> dict[str, str]:
        return {"email": user.email}

    @router.post("/api/v1/change")
    def change(user: CurrentUser) -> dict[str, str]:
        return {"changed_by": user.email}

    @router.get("/api/v1/touchpoint")
    def touchpoint() -> None:
        raise UnknownTouchpoint("chekout", ["checkout"])

    @router.get("/broken")
    @router.get("/api/v1/broken")
    def broken() -> None:
        raise RuntimeError("secret of anna@example.fi")

    return router


SLICE = _slice()


@pytest.fixture
def client(make_client: Callable[..., TestClient]) -> TestClient:
    return make_client()


@pytest.fixture
def admin(client: TestClient) -> TestClient:
    """A browser in which the first administrator is logged in."""
    assert post(client, "/setup", ADMIN).status_code == 303
    return client


@pytest.fixture
def ville(admin: TestClient) -> TestClient:
    """Another browser, in which an analyst is logged in."""
    assert post(admin, "/settings/users/new", VILLE).status_code == 303
    browser = TestClient(admin.app, base_url=HERE, follow_redirects=False)
    assert log_in(browser, VILLE).status_code == 303
    return browser
