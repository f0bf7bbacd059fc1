"""Requests that no page makes: answered with what is wrong, never with a fault of ours."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from polku import library
from polku.app import create_app
from polku.collect.store import ensure_source
from polku.settings import read_settings
from tests.folders import empty_folder

HERE = "http://127.0.0.1:8000"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    settings = read_settings(empty_folder(tmp_path_factory.mktemp("data")))
    with library.open_workspace(settings) as workspace:
        with workspace.db.session() as session:
            key = ensure_source(session, name="Shop", kind="server").write_key
        app = create_app(workspace, owner_token="owner")
        client = TestClient(app, base_url=HERE, raise_server_exceptions=False)
        client.auth = (key or "", "")
        yield client


def asked(client: TestClient, path: str, **parameters: str) -> int:
    headers = {"Authorization": "Bearer owner"}
    return client.get(f"/api/v1/{path}", params=parameters, headers=headers, auth=None).status_code


@pytest.mark.parametrize("path", ["/v1/nothing", "/static/nothing.js", "/static/..%2f..%2fapp.py", "/v1/"])
def test_nothing_at_a_public_path(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


@pytest.mark.parametrize("path", ["batch", "track", "identify"])
@pytest.mark.parametrize(
    "body",
    [
        b'{"batch": [{"type": "track", "event": 7}], "sentAt": "\xb0"}',
        b'{"batch": [], "event": "\xff\xfe", "writeKey": "k"}',
        b'{"type": {"x": 1}, "event": "\xb2"}',
        b'{"batch": [{"userId": {}}], "sentAt": 1e999}',
        b"[" * 100_000,
    ],
)
def test_stray_bytes_are_never_our_fault(client: TestClient, path: str, body: bytes) -> None:
    assert client.post(f"/v1/{path}", content=body).status_code in (200, 400, 401)


@pytest.mark.parametrize(
    "period",
    [
        {"since": "0001-01-01"},
        {"until": "9999-12-31"},
        {"since": "9999-12-31"},
        {"until": "0001-01-01"},
        {"since": "1970-01-01", "until": "2106-02-07"},
    ],
)
def test_any_day_of_the_calendar_can_be_asked_for(client: TestClient, period: dict[str, str]) -> None:
    for path in ("journeys/map", "journeys/volumes", "journeys/sessions"):
        assert asked(client, path, **period) in (200, 400, 503), path


@pytest.mark.parametrize("length", ["99999999999999d", "999999999d", "-1d", "0d", "P99999999D"])
def test_any_length_of_time_can_be_asked_for(client: TestClient, length: str) -> None:
    assert asked(client, "journeys/sessions", pause=length) in (200, 400, 503)
    assert asked(client, "journeys/funnel", steps="cart", within=length) in (200, 400, 503)
