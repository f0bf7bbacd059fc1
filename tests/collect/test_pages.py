"""Sources, live events and rejected ones, as a person with a browser and a program with a key see them."""

from __future__ import annotations

import json
import threading

import pytest
from starlette.testclient import TestClient

from polku.app import QUERIES as API
from polku.collect import api, pages, segment
from polku.collect import replay as replaying
from polku.web.app import create_app
from polku.web.channels import CHANNELS
from polku.workspace import Workspace
from tests.collect.conftest import Collecting
from tests.collect.test_protocol import track
from tests.web.visits import ADMIN, post


@pytest.fixture
def browser(workspace: Workspace) -> TestClient:
    app = create_app(
        workspace,
        routers=[pages.router],
        api=[API, api.router],
        routes=segment.routes(workspace),
        public=segment.PUBLIC_PATHS,
        owner_token="owner",
    )
    client = TestClient(app, base_url="http://127.0.0.1:8000")
    assert post(client, "/setup", {**ADMIN, "language": "en"}).history[0].status_code == 303
    return client


@pytest.fixture
def program(browser: TestClient) -> TestClient:
    return TestClient(
        browser.app, base_url="http://127.0.0.1:8000", headers={"Authorization": "Bearer owner"}
    )


@pytest.mark.parametrize("channel", CHANNELS)
def test_a_source_may_be_of_any_channel(browser: TestClient, channel: str) -> None:
    made = post(browser, "/sources/new", {"name": "One", "kind": "server", "channel": channel})
    assert made.history[0].status_code == 303


def test_from_nothing_to_a_first_event(browser: TestClient, workspace: Workspace) -> None:
    assert "No sources yet" in browser.get("/sources").text
    made = post(browser, "/sources/new", {"name": "Shop", "kind": "web", "channel": "web"})
    assert made.url.path.startswith("/sources/")
    key = made.text.split('<code id="key">')[1].split("<")[0]
    for show, library in (
        ("browser", "analytics-next"),
        ("node", "analytics-node"),
        ("python", "segment.analytics"),
    ):
        page = browser.get(f"{made.url.path}?show={show}").text
        assert library in page
        assert "http://127.0.0.1:8000" in page
        assert page.count(key) == 2
    assert browser.post("/v1/track", json=track(), auth=(key, "")).json() == {"success": True}
    workspace.store.flush()
    assert "Product Viewed" in browser.get(made.url.path).text
    assert "Product Viewed" in browser.get("/live").text
    assert '"messageId"' not in browser.get("/live/1").text
    assert "&#34;event_id&#34;: &#34;m1&#34;" in browser.get("/live/1").text
    assert browser.get("/live/99").status_code == 404


def test_the_name_of_a_source_is_its_own(browser: TestClient) -> None:
    for status in (200, 422):
        made = post(browser, "/sources/new", {"name": "Shop", "kind": "web", "channel": "web"})
        assert made.status_code == status
    assert "There is a source with this name already." in made.text
    assert "Fill this in." in post(browser, "/sources/new", {"kind": "web"}).text


def test_a_key_is_changed_and_a_source_disabled(browser: TestClient, collecting: Collecting) -> None:
    for change, status in (("disable", 403), ("enable", 200), ("rotate", 401)):
        assert post(browser, f"/sources/1/{change}", on="/sources/1").status_code == 200
        assert collecting.batch(track(messageId=change)).status_code == status


def test_live_shows_the_newest_first_and_only_what_is_asked(
    browser: TestClient, collecting: Collecting
) -> None:
    collecting.batch(track(), track(messageId="m2", event="<b>Second</b>"))
    collecting.batch(track(event="Third"), key=collecting.public_key)
    collecting.workspace.store.flush()
    page = browser.get("/live").text
    table = page.split("<tbody>")[1]
    assert table.index("Third") < table.index("Second") < table.index("Product Viewed")
    assert "<b>Second" not in page
    assert 'hx-trigger="every 2s"' in page
    assert "hx-trigger" not in browser.get("/live?paused=true").text
    assert "Product Viewed" not in browser.get("/live?source=2").text.split("<tbody>")[1]
    assert "Third" not in browser.get("/live?source=&name=Product+Viewed").text.split("<tbody>")[1]
    assert "Nothing like this lately" in browser.get("/live?source=2&name=Product+Viewed").text


def test_rejected_events_are_explained_and_replayed(
    browser: TestClient, collecting: Collecting, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "Nothing is rejected" in browser.get("/rejected").text
    collecting.batch(track(properties={"x": "y" * 40_000}), track(event=None, messageId="<i>"))
    collecting.workspace.store.flush()
    page = browser.get("/rejected").text
    assert "The event has no name" in page
    assert "Give track calls a name" in page
    assert "<i>" not in page
    monkeypatch.setattr("polku.collect.reading.LARGEST_EVENT", 50_000)
    group = {"reason": "event_too_large", "source": "1"}
    done = post(browser, "/rejected/replay", group, on="/rejected")
    assert "1 event was taken. 0 are still rejected." in done.text
    assert "The event is too large" not in done.text
    wrong = post(browser, "/rejected/replay", {"reason": "x", "source": "1"}, on="/rejected")
    assert wrong.status_code == 409


def test_a_long_replay_goes_on_behind_the_page_which_tells_how_far_it_is(
    browser: TestClient, collecting: Collecting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "REPLAY_PATIENCE_S", 0.05)
    monkeypatch.setattr(replaying, "MOST_AT_ONCE", 2)
    collecting.batch(*[track(messageId=f"m{n}", event=None) for n in range(5)])
    collecting.workspace.store.flush()
    go_on, keep = threading.Semaphore(1), replaying.Replay._take
    monkeypatch.setattr(
        replaying.Replay, "_take", lambda self, *a: (go_on.acquire(timeout=30), keep(self, *a))[1]
    )
    ours = collecting.workspace.part(replaying.Replay)
    page = post(browser, "/rejected/replay", {"reason": "no_name", "source": "1"}, on="/rejected")
    assert "The event has no name · Server" in page.text
    assert "2 of 5 read. 0 events were taken. 2 are still rejected." in page.text
    assert 'hx-trigger="every 2s"' in page.text
    assert 'action="/rejected/replay"' not in page.text
    go_on.release(2)
    assert ours._thread is not None
    ours._thread.join(30)
    page = browser.get("/rejected")
    assert "Last replay: The event has no name · Server. 0 events were taken. 5 are still" in page.text
    assert "hx-trigger" not in page.text.split('id="rejected-events"')[1].split(">")[0]
    assert 'action="/rejected/replay"' in page.text


def test_what_is_cut_of_a_large_request_is_told_and_not_offered_for_replay(
    browser: TestClient, collecting: Collecting
) -> None:
    assert collecting.post("batch", b"<i>" + b" " * 600_000).status_code == 413
    collecting.workspace.store.flush()
    page = browser.get("/rejected").text
    assert "A request too large to keep" in page
    assert "they cannot be replayed: send their events again" in page
    assert "The newest was 600,003 bytes. Its first 32,768 are kept, the other 567,235 are cut off." in page
    assert 'action="/rejected/replay"' not in page
    assert "<i>" not in page
    post(browser, "/preferences", {"language": "fi", "next": "/sources"}, on="/sources")
    page = browser.get("/rejected").text.replace("\u202f", " ")
    assert "Uusimman koko oli 600 003 tavua. Siitä on tallessa ensimmäiset 32 768, loput 567 235" in page
    assert "niitä ei voi lukea uudelleen" in page


def test_in_finnish(browser: TestClient, collecting: Collecting) -> None:
    post(browser, "/preferences", {"language": "fi", "next": "/sources"}, on="/sources")
    collecting.batch(track(event=None))
    collecting.workspace.store.flush()
    assert "Lähteet" in browser.get("/sources").text
    assert "Tapahtumalla ei ole nimeä" in browser.get("/rejected").text


def test_programs_do_the_same_with_a_key(program: TestClient, workspace: Workspace) -> None:
    assert TestClient(program.app).get("/api/v1/sources").status_code == 401
    made = program.post("/api/v1/sources", json={"name": "Shop", "kind": "web"})
    assert made.status_code == 201
    assert made.json()["public"] is True
    assert program.post("/api/v1/sources", json={"name": "Shop", "kind": "web"}).status_code == 409
    assert (
        program.post("/api/v1/sources", json={"name": "X", "kind": "web", "channel": "tv"}).status_code == 400
    )
    program.post(
        "/v1/batch", json={"batch": [track(), track(userId=None)]}, auth=(made.json()["write_key"], "")
    )
    workspace.store.flush()
    (source,) = program.get("/api/v1/sources").json()["sources"]
    assert (source["events"], source["events_24_h"]) == (1, 1)
    rejected = program.get("/api/v1/rejected").json()
    assert [g["reason"] for g in rejected["groups"]] == ["no_identity"]
    assert json.loads(rejected["groups"][0]["sample"])["event"] == "Product Viewed"
    replayed = program.post("/api/v1/rejected/replay", json={"reason": "no_identity", "source": 1})
    assert replayed.json() == {"taken": 0, "known": 0, "rejected": 1}
    assert program.post("/api/v1/sources/1/rotate").json()["write_key"] != made.json()["write_key"]
    assert program.post("/api/v1/sources/1/disable").json()["disabled"] is True
    assert program.post("/api/v1/sources/9/enable").status_code == 404
