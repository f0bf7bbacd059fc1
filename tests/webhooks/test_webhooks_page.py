"""Settings → Webhooks as an administrator uses it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from starlette.testclient import TestClient

from polku.i18n import _l
from polku.settings import Settings
from polku.web.app import create_app
from polku.webhooks import Caller, WebhookKind, send
from polku.webhooks import pages as webhooks_pages
from polku.webhooks.store import webhooks
from tests.databases import tables_in
from tests.web.visits import ADMIN, post
from tests.webhooks.receiver import Receiver, receiving
from tests.webhooks.test_webhooks import START

PATH = "/settings/webhooks"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as one:
        yield one


@pytest.fixture
def admin(tmp_path: Path) -> Iterator[TestClient]:
    database = tables_in(tmp_path)
    workspace = cast(Any, SimpleNamespace(settings=Settings(tmp_path), db=database, store=None, engine=None))
    app = create_app(workspace, routers=[webhooks_pages.router])
    app.state.webhook_kinds = (WebhookKind("case.opened", _l("Webhook")),)
    client = TestClient(
        app, base_url="http://127.0.0.1:8000", follow_redirects=False, client=("127.0.0.1", 1)
    )
    assert post(client, "/setup", {**ADMIN, "language": "en"}).status_code == 303
    yield client
    database.close()


def test_one_is_added_tried_turned_off_and_removed(admin: TestClient, receiver: Receiver) -> None:
    db = admin.app.state.workspace.db
    form = {"name": "Till", "url": receiver.url, "kinds": "case.opened"}
    added = post(admin, PATH, form)
    assert (added.status_code, added.headers["location"]) == (303, f"{PATH}/1")
    assert post(admin, f"{PATH}/1/try", {}, on=PATH).status_code == 303
    page = admin.get(f"{PATH}/1")
    assert "waits" in page.text
    with db.session(read_only=True) as session:
        assert webhooks(session)[0].secret in page.text
    Caller(db).make_due()
    assert receiver.bodies()[0]["type"] == "trial"
    assert "HTTP 204" in admin.get(f"{PATH}/1").text
    assert post(admin, f"{PATH}/1/turn", {}, on=PATH).status_code == 303
    with db.session() as session:
        assert send(session, "case.opened", {}, START) == 0
    assert "off" in admin.get(PATH).text
    assert post(admin, f"{PATH}/1/remove", {}, on=PATH).status_code == 303
    assert admin.get(f"{PATH}/1").status_code == 404


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"url": "http://example.fi/x"}, "could be read on the way"),
        ({"kinds": ""}, "Choose"),
        ({"kinds": "case.vanished"}, "Choose of these."),
        ({"authorization": "Bearer ä"}, "ASCII"),
        ({"name": ""}, "Fill this in."),
    ],
)
def test_what_is_wrong_is_told_and_what_was_typed_stays(
    admin: TestClient, fields: dict[str, str], told: str
) -> None:
    form = {"name": "Till & Co", "url": "https://example.fi/x", "kinds": "case.opened"} | fields
    answer = post(admin, PATH, {name: value for name, value in form.items() if value})
    assert answer.status_code == 422
    assert told in answer.text
    assert form["url"] in answer.text
