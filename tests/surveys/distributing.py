"""A folder with a shop, its surveys and a browser of an analyst, for tests of distribution."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from starlette.testclient import TestClient

from polku.collect import KnownSources, ensure_source
from polku.mail import Postman
from polku.surveys import store
from polku.surveys.distribution.rules import AskingRules
from polku.surveys.inviting import note_outcome
from polku.surveys.inviting.ledger import counts
from polku.workspace import Workspace
from tests.mail.postoffice import PostOffice
from tests.surveys.over_http import RAW
from tests.web.visits import post as post_on

HERE = "https://polku.example.fi"
ALWAYS = AskingRules(0, 0, 0, 0, 3650, 0, 24, True, 14, 5, 1)
"""Rules that let everything through at any hour."""


def published(workspace: Workspace, browser: TestClient, name: str, *, anonymous: bool = False) -> str:
    with workspace.db.session() as session:
        key = store.create(
            session, name=name, definition=RAW, tags={"nps": store.Tags("nps")}, anonymous=anonymous,
            touchpoint="order", by="T", now=datetime.now(UTC),
        ).key  # fmt: skip
    assert post(browser, f"/surveys/{key}/publish").status_code == 303
    return key


def post(browser: TestClient, path: str, data: dict[str, str] | None = None) -> Any:
    return post_on(browser, path, data or {}, on="/settings/account")


def number(looked: Any) -> int:
    """Of the mailing that a list became."""
    found = re.search(r"mailing=(\d+)", looked.headers["location"])
    assert found, looked.headers
    return int(found[1])


def planned(browser: TestClient, key: str, form: dict[str, str], way: str = "list") -> str:
    """What is told of a list or a segment before anything goes."""
    looked = post(browser, f"/surveys/{key}/distribution/{way}", form)
    assert looked.status_code == 303, looked.text
    return browser.get(looked.headers["location"]).text


def sent(browser: TestClient, key: str, form: dict[str, str], way: str = "list") -> int:
    """A mailing that goes; its number."""
    looked = post(browser, f"/surveys/{key}/distribution/{way}", form)
    assert looked.status_code == 303, looked.text
    id = number(looked)
    assert post(browser, f"/surveys/{key}/distribution/mailing/{id}/send").status_code == 303
    return id


def deliver(workspace: Workspace, office: PostOffice, now: datetime | None = None) -> None:
    at = now or datetime.now(UTC)
    sender = "asiakas@kauppa.example.fi"
    Postman(workspace.db, office.server, sender, notify=note_outcome, now=lambda: at).deliver()


def states(workspace: Workspace, key: str) -> dict[str, int]:
    with workspace.db.session(read_only=True) as session:
        return {s: n for s, n in counts(session, key).items() if n}


def happened(
    workspace: Workspace,
    browser: TestClient,
    events: Sequence[dict[str, Any]],
    *,
    ago: timedelta = timedelta(0),
) -> None:
    """Events that come from the shop, and are on paths when this returns."""
    with workspace.db.session() as session:
        source = ensure_source(session, name="Kauppa", kind="server", channel="web")
    workspace.part(KnownSources).refresh()
    at = (datetime.now(UTC) - ago).isoformat()
    batch = [{"timestamp": at, "originalTimestamp": at, **e} for e in events]
    auth = (source.write_key, "")
    assert browser.post("/v1/batch", json={"batch": batch}, auth=auth).status_code == 200
    workspace.store.flush()
    workspace.local.refresh()


def customer(user: str, *events: str, **traits: Any) -> list[dict[str, Any]]:
    """Somebody who is known by an id and traits, and what they did."""
    said: list[dict[str, Any]] = [{"type": "identify", "userId": user, "traits": traits}]
    return said + [{"type": "track", "userId": user, "event": e, "properties": {}} for e in events]
