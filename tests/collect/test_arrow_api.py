"""Importing through a running server: Arrow streams to the API."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from starlette.testclient import TestClient

from polku.collect import arrow_api, ensure_source
from polku.collect.files import import_files, parse_mapping
from polku.collect.files.remote import ARROW, RemoteTarget
from polku.collect.files.target import LocalTarget
from polku.library import raise_for_error
from polku.settings import Settings
from polku.store import INCOMING, REJECTED, EventStore
from polku.web import app as web
from polku.workspace import Workspace
from tests.collect.files.importing import NOW, VISITS, written
from tests.databases import tables_in
from tests.events import incoming

OWNER = "owner-token"
MAPPING = (
    VISITS
    + """
[[touchpoint]]
key = "visit"
fi = "Käynti"
en = "Visit"
channel = "shop"
stage = "acquisition"
match = [{ name = "Visit" }]
"""
)


@pytest.fixture
def installed() -> list[Any]:
    return []


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    database = tables_in(tmp_path)
    with database.session() as session:
        ensure_source(session, name="Earlier", kind="file")
    store = EventStore(tmp_path / "data")
    yield Workspace(Settings(tmp_path), database, store, None)  # type: ignore[arg-type]  # no questions here
    store.close()
    database.close()


@pytest.fixture
def http(workspace: Workspace, installed: list[Any]) -> TestClient:
    def install(session: Any, plans: Any, source: Any) -> int:
        installed.extend((p.key, source.name) for p in plans)
        return len(plans)

    app = web.create_app(workspace, api=[arrow_api.import_router(install)], owner_token=OWNER)
    client = TestClient(app, base_url="http://127.0.0.1:8000/api/v1/")
    client.headers["Authorization"] = f"Bearer {OWNER}"
    return client


def stream(table: pa.Table, **options: Any) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema, **options) as writer:
        writer.write_table(table)
    return sink.getvalue().to_pybytes()


def post(http: TestClient, body: bytes, kind: str = ARROW) -> Any:
    return http.post("events", content=body, headers={"Content-Type": kind})


def test_an_import_through_a_server_is_as_one_beside_it(
    http: TestClient, workspace: Workspace, installed: list[Any], tmp_path: Path
):
    file = written(tmp_path / "log.csv", "who,at\na,2026-01-01\nb,sometime\nc,2026-01-02\n")
    remote = RemoteTarget(http, raise_for_error)
    mapping = parse_mapping(MAPPING)
    first = import_files([file], mapping, remote, now=NOW)
    assert (first.accepted, first.rejected, first.touchpoints_added) == (2, 1, 1)
    assert installed == [("visit", "Test")]
    second = import_files([file], mapping, remote, now=NOW)
    assert (second.accepted, second.duplicates) == (0, 2)
    local = LocalTarget(workspace.store, workspace.db, lambda session, plans, source: 0)
    assert import_files([file], mapping, local, now=NOW).accepted == 0
    assert len(workspace.store.snapshot.columns("rejected", ["reason"])) == 1


def test_large_tables_are_sent_in_parts(http: TestClient, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("polku.collect.files.remote._ROWS_A_REQUEST", 3)
    rows = incoming({"event_id": f"e{i}", "user_id": "u"} for i in range(10))
    done = RemoteTarget(http, raise_for_error).append(rows)
    assert (done.accepted, done.duplicates) == (10, 0)


def test_a_stranger_may_not(http: TestClient):
    http.headers["Authorization"] = "Bearer guess"
    assert post(http, stream(INCOMING.empty_table())).status_code == 401
    assert http.post("imports/source", json={"name": "x"}).status_code == 401


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "not a whole Arrow stream"),
        (b"rubbish" * 100, "not a whole Arrow stream"),
        (stream(incoming([{"user_id": "u"}]))[:-300], "not a whole Arrow stream"),
        (stream(pa.table({"a": [1]})), "'source' is missing"),
        (stream(incoming([{"source": 99, "user_id": "u"}])), "no source with number 99"),
        (stream(incoming([{"type": 9, "user_id": "u"}])), "Unknown event type 9"),
        (stream(incoming([{"event_id": "", "user_id": "u"}])), "an event id has 1 to 300 letters"),
        (stream(incoming([{"value": float("nan"), "user_id": "u"}])), "'value' must be a number"),
        (stream(incoming([{"score": 101.0, "user_id": "u"}])), "between −100 and 100"),
        (stream(incoming([{"properties": "[1]", "user_id": "u"}])), "must be JSON objects"),
        (stream(incoming([{"properties": "{", "user_id": "u"}])), "must be JSON objects"),
        (stream(incoming([{"identifiers": '[["email"]]', "user_id": "u"}])), "must be a JSON list"),
        (stream(incoming([{"identifiers": "{}", "user_id": "u"}])), "must be a JSON list"),
        (stream(incoming([{"minute": -60 * 24 * 365 * 80, "user_id": "u"}])), "between 1971 and 2100"),
        (stream(incoming([{"properties": {"a": "x" * 70_000}, "user_id": "u"}])), "larger than 64 KB"),
    ],
)
def test_what_is_no_table_of_events(http: TestClient, workspace: Workspace, body: bytes, words: str):
    answer = post(http, body)
    assert answer.status_code == 400, answer.text
    assert words in answer.json()["message"]
    assert workspace.store.snapshot.next_seq == 1


def test_limits(http: TestClient, monkeypatch: pytest.MonkeyPatch):
    assert "Content-Type" in post(http, b"{}", "application/json").json()["message"]
    monkeypatch.setattr(arrow_api, "MOST_ROWS", 5)
    rows = incoming({"event_id": f"e{i}", "user_id": "u"} for i in range(6))
    packed = stream(rows, options=pa.ipc.IpcWriteOptions(compression="zstd"))
    answer = post(http, packed)
    assert answer.status_code == 413
    assert "more than 5 rows. Send it in parts of at most 5 rows and 64 MB" in answer.json()["message"]
    monkeypatch.setattr(arrow_api, "LARGEST_BODY", 100)
    answer = post(http, stream(rows))
    assert answer.status_code == 413
    assert "larger than 0 MB. Send it in parts" in answer.json()["message"]


def test_rejected_rows_are_kept_once(http: TestClient, workspace: Workspace):
    row = {"received_at": NOW, "source": 1, "reason": "bad_time", "detail": "x", "payload": b"{}"}
    body = stream(pa.Table.from_pylist([row, row], schema=REJECTED))
    assert post(http, body).json() == {"accepted": 0, "duplicates": 1, "rejected": 1}
    assert post(http, body).json() == {"accepted": 0, "duplicates": 2, "rejected": 0}
