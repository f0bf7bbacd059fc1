"""A survey made, published and answered as over HTTP."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from starlette.testclient import TestClient

from polku.surveys import store
from polku.workspace import Workspace
from tests.web.visits import post as post_on

TITLE = {"fi": "Suositteletko?", "en": "Would you recommend us?"}

RAW: dict[str, Any] = {
    "title": TITLE,
    "pages": [{"name": "p", "elements": [
        {"type": "rating", "name": "nps", "rateMin": 0, "rateMax": 10, "isRequired": True, "title": TITLE},
        {"type": "comment", "name": "why", "visibleIf": "{nps} <= 6", "maxLength": 2000,
         "title": {"fi": "Miksi?", "en": "Why?"}},
    ]}],
}  # fmt: skip


def post(browser: TestClient, path: str, data: dict[str, str]) -> Any:
    return post_on(browser, path, data, on="/settings/account")


def published(workspace: Workspace, browser: TestClient, name: str, **more: Any) -> str:
    """The key of a new survey that can be answered."""
    given: dict[str, Any] = {"definition": RAW, "tags": {"nps": store.Tags("nps")}, "anonymous": False} | more
    with workspace.db.session() as session:
        key = store.create(session, name=name, touchpoint="order", by="T", now=datetime.now(UTC), **given).key
    assert post(browser, f"/surveys/{key}/publish", {"anyway": "on"}).status_code == 303
    return key


def events(workspace: Workspace, key: str) -> list[dict[str, Any]]:
    """What was stored of a survey's responses."""
    rows = workspace.store.snapshot.sql(
        "SELECT * FROM events WHERE name = 'Survey Responded' AND json_extract_string(properties, '$.survey') = $key",
        {"key": key},
    ).to_pylist()
    return [r | {"properties": json.loads(r["properties"])} for r in rows]


def sent(client: TestClient, key: str, answers: dict[str, Any], *, response: str = "", **more: Any) -> Any:
    body = {"version": 1, "answers": answers, "finished": True} | more
    return client.post(f"/s/{key}/{response or uuid4()}?lang=fi", json=body)


def wait(workspace: Workspace) -> None:
    """What is durable can be read a moment later."""
    workspace.store.flush()
