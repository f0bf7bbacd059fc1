"""Cards on sites by stage, segment and what was just met: who is asked, and what a stranger can learn."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from starlette.testclient import TestClient

from polku.app import create_app
from polku.library import open_workspace
from polku.profiles import Identities
from polku.settings import read_settings
from polku.store import kernels
from polku.surveys.distribution.rules import write_rules
from polku.surveys.inviting.ledger import invitations
from polku.surveys.inviting.opting_out import opt_out
from polku.surveys.visitors import make_site_key, signature, site_key
from polku.surveys.visitors.asking import Visitors
from polku.surveys.visitors.audience import Audience
from polku.surveys.visitors.tickets import MOST, Tickets
from polku.web import entrance
from polku.workspace import Workspace
from tests.folders import empty_folder
from tests.surveys.distributing import ALWAYS, HERE, customer, happened, post, published, states
from tests.web.visits import ADMIN
from tests.web.visits import post as post_on

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    settings = replace(read_settings(empty_folder(tmp_path_factory.mktemp("visitors"))), public_url=HERE)
    with open_workspace(settings) as workspace:
        kernels.compile_all()
        workspace.part(Identities).current().profile(1)
        with workspace.db.session() as session:
            write_rules(session, ALWAYS)
            make_site_key(session, datetime.now(UTC))
        yield workspace


@pytest.fixture(scope="module")
def browser(workspace: Workspace) -> TestClient:
    entrance.log_in_attempts.__init__(most=50, within=entrance.log_in_attempts.within)  # type: ignore[misc]
    browser = TestClient(create_app(workspace), base_url=HERE, follow_redirects=False)
    form = {**ADMIN, "language": "en", "code": browser.app.state.setup_code}
    assert post_on(browser, "/setup", form).status_code == 303
    happened(workspace, browser, [
        *customer("anna", "Order Completed", plan="pro"),
        *customer("bo", "Product Viewed", plan="free"),
    ])  # fmt: skip
    return browser


@pytest.fixture(autouse=True)
def fresh(workspace: Workspace) -> None:
    """What was found out half a minute ago is not waited for."""
    workspace.part(Audience)._known.clear()
    workspace.part(Visitors).tickets._pending.clear()


def placed(browser: TestClient, key: str, **fields: str) -> None:
    form = {"on": "on", "delay_s": "0", "percent": "100", "gap_days": "0", "within_minutes": "30"} | fields
    done = post(browser, f"/surveys/{key}/site", form)
    assert done.status_code == 303, done.text


def ask(browser: TestClient, *keys: str, **who: str) -> dict[str, Any]:
    """As the script on a page, without a log-in."""
    stranger = TestClient(browser.app, base_url=HERE)
    told = stranger.post("/s/widget/ask", content=json.dumps({"surveys": keys, **who}))
    assert told.status_code == 200, told.text
    assert told.headers["cache-control"] == "no-store"
    return dict(told.json())


def signed(workspace: Workspace, user: str) -> dict[str, str]:
    with workspace.db.session(read_only=True) as session:
        return {"user_id": user, "signature": signature(site_key(session), user)}


def test_who_is_proven_is_asked_by_segment_and_stage(workspace: Workspace, browser: TestClient) -> None:
    pro, buying = published(workspace, browser, "Pro"), published(workspace, browser, "Ostajat")
    placed(browser, pro, who="plan=pro")
    placed(browser, buying, stage="acquisition")
    for key in (pro, buying):
        assert ask(browser, key, **signed(workspace, "bo")) == {}
        told = ask(browser, key, **signed(workspace, "anna"))
        assert (told["survey"], len(told["ticket"])) == (key, 22)
        workspace.part(Visitors).tickets._pending.clear()
    page = browser.get(f"/surveys/{pro}").text
    assert "plan=pro" in page, "the form shows what was chosen"
    public = browser.get("/s/widget.json").text
    for secret in ("plan=pro", "acquisition"):
        assert secret not in public, "what a segment is stands nowhere"
    assert [s["asks"] for s in json.loads(public)["surveys"] if s["key"] == pro] == [True]


def test_a_stranger_learns_nothing_of_others(workspace: Workspace, browser: TestClient) -> None:
    key = published(workspace, browser, "Salaisuus")
    placed(browser, key, who="plan=pro")
    assert ask(browser, key, user_id="anna") == {}, "whoever says so is not believed"
    assert ask(browser, key, user_id="anna", signature="0" * 64) == {}
    assert ask(browser, key, user_id="anna", signature="ä") == {}
    assert ask(browser, key, **(signed(workspace, "bo") | {"user_id": "anna"})) == {}
    # the collectors are open: a stranger says that their browser is Anna's, and asks as that browser
    mine = str(uuid4())
    happened(workspace, browser, [{"type": "identify", "userId": "anna", "anonymousId": mine, "traits": {}}])
    workspace.part(Audience)._known.clear()
    assert ask(browser, key, anonymous_id=mine) == {}
    assert ask(browser, key, anonymous_id="somebody-unknown") == {}
    assert ask(browser, "no-such-survey", **signed(workspace, "anna")) == {}


def test_a_browser_that_is_nobodys_is_asked_by_what_it_did(workspace: Workspace, browser: TestClient) -> None:
    key = published(workspace, browser, "Selain")
    placed(browser, key, stage="acquisition")
    mine = str(uuid4())
    happened(workspace, browser, [
        {"type": "track", "anonymousId": mine, "event": "Order Completed", "properties": {}}
    ])  # fmt: skip
    assert ask(browser, key, anonymous_id=mine)["survey"] == key


def test_what_was_just_met_counts_within_its_minutes_and_in_that_browser(
    workspace: Workspace, browser: TestClient
) -> None:
    key = published(workspace, browser, "Juuri")
    placed(browser, key, touchpoint="order", within_minutes="10")
    late, now, tied = str(uuid4()), str(uuid4()), str(uuid4())
    order = {"type": "track", "event": "Order Completed", "properties": {}}
    happened(workspace, browser, [order | {"anonymousId": late}], ago=timedelta(minutes=11))
    happened(workspace, browser, [order | {"anonymousId": now}], ago=timedelta(minutes=9))
    assert ask(browser, key, anonymous_id=late) == {}
    assert ask(browser, key, anonymous_id=now)["survey"] == key
    happened(workspace, browser, [
        {"type": "identify", "userId": "cilla", "anonymousId": tied, "traits": {}},
        order | {"userId": "cilla"},
    ])  # fmt: skip
    assert ask(browser, key, anonymous_id=tied) == {}, "an order of elsewhere is not told to a browser"
    assert ask(browser, key, **signed(workspace, "cilla"))["survey"] == key
    workspace.part(Visitors).tickets._pending.clear()
    happened(workspace, browser, [order | {"anonymousId": tied}])
    assert ask(browser, key, anonymous_id=tied)["survey"] == key


def test_a_card_that_was_shown_counts_by_the_rules(workspace: Workspace, browser: TestClient) -> None:
    key = published(workspace, browser, "Säännöt")
    placed(browser, key, who="plan=pro")
    try:
        with workspace.db.session() as session:
            write_rules(session, replace(ALWAYS, gap_days=90))
        told = ask(browser, key, **signed(workspace, "anna"))
        assert told["survey"] == key
        assert ask(browser, key, **signed(workspace, "anna")) == {}, "two open pages do not both ask"
        assert states(workspace, key) == {}, "nothing has been shown"
        stranger = TestClient(browser.app, base_url=HERE)
        for _ in range(2):
            assert (
                stranger.post("/s/widget/shown", content=json.dumps({"ticket": told["ticket"]})).json() == {}
            )
        assert stranger.post("/s/widget/shown", content=json.dumps({"ticket": "A" * 22})).json() == {}
        assert states(workspace, key) == {"sent": 1}
        assert ask(browser, key, **signed(workspace, "anna")) == {}, "asked a short time ago"
        body = {"version": 1, "answers": {"nps": 9}, "finished": True, "channel": "widget"}
        done = stranger.post(f"/s/{key}/{uuid4()}", json=body | {"ticket": told["ticket"]})
        assert done.json() == {"finished": True, "problems": []}
        assert states(workspace, key) == {"answered": 1}
        with workspace.db.session(read_only=True) as session:
            (row,) = invitations(session, survey=key)
        assert (row.channel, row.mailing, row.address_hash) == ("widget", None, "")
    finally:
        with workspace.db.session() as session:
            write_rules(session, ALWAYS)


def test_who_opted_out_or_said_no_is_not_asked(workspace: Workspace, browser: TestClient) -> None:
    key = published(workspace, browser, "Ei kiitos")
    placed(browser, key, who="plan=pro")
    happened(workspace, browser, [*customer("dan", plan="pro", news="no"), *customer("eve", plan="pro")])
    with workspace.db.session() as session:
        write_rules(session, replace(ALWAYS, consent_trait="news"))
    assert ask(browser, key, **signed(workspace, "dan")) == {}
    assert ask(browser, key, **signed(workspace, "eve"))["survey"] == key
    workspace.part(Visitors).tickets._pending.clear()
    profile = workspace.part(Identities).current().find("user_id:eve")
    with workspace.db.session() as session:
        write_rules(session, ALWAYS)
        opt_out(session, how="staff", now=datetime.now(UTC), profile=profile)
    assert ask(browser, key, **signed(workspace, "eve")) == {}


def test_an_anonymous_survey_keeps_the_day_only(workspace: Workspace, browser: TestClient) -> None:
    key = published(workspace, browser, "Nimetön kortti", anonymous=True)
    placed(browser, key, who="plan=pro")
    told = ask(browser, key, **signed(workspace, "anna"))
    stranger, response = TestClient(browser.app, base_url=HERE), str(uuid4())
    stranger.post("/s/widget/shown", content=json.dumps({"ticket": told["ticket"]}))
    body = {
        "version": 1,
        "answers": {"nps": 1},
        "finished": True,
        "user_id": "anna",
        "ticket": told["ticket"],
    }
    assert stranger.post(f"/s/{key}/{response}", json=body).status_code == 200
    with workspace.db.session(read_only=True) as session:
        (row,) = invitations(session, survey=key)
    assert (row.state, row.answered_at) == ("answered", None)
    workspace.store.flush()
    found = workspace.store.snapshot.sql("SELECT * FROM events WHERE event_id = $id", {"id": response})
    (event,) = found.to_pylist()
    assert (event["key"], event["user_id"]) == (0, None)
    assert told["ticket"] not in json.dumps(event, default=str)


def test_what_cannot_be_read_is_refused(browser: TestClient) -> None:
    stranger = TestClient(browser.app, base_url=HERE)
    for content in (b"", b"{", b'{"surveys": 1}', b'{"surveys": [], "x": 1}', b"\xff"):
        assert stranger.post("/s/widget/ask", content=content).status_code == 400
    assert stranger.get("/s/widget/ask").status_code == 405


def test_it_is_decided_within_milliseconds(workspace: Workspace, browser: TestClient) -> None:
    key = published(workspace, browser, "Nopea")
    placed(browser, key, who="plan=pro", touchpoint="order")
    visitors, who = workspace.part(Visitors), signed(workspace, "bo")
    given = {"user_id": who["user_id"], "signed": who["signature"], "anonymous_id": ""}
    visitors.ask([key], now=datetime.now(UTC), **given)
    started = time.perf_counter()
    for _ in range(50):
        visitors.ask([key], now=datetime.now(UTC), **given)
    assert (time.perf_counter() - started) / 50 < 0.05  # it takes 2 ms; other work may go on beside


def test_tickets_are_bounded_and_end() -> None:
    tickets = Tickets()
    first = tickets.hand_out("nps", 1, NOW)
    assert first
    assert tickets.hand_out("nps", 1, NOW + timedelta(minutes=9)) is None
    assert tickets.use(first, NOW + timedelta(minutes=11)) is None, "too late"
    again = tickets.hand_out("nps", 1, NOW + timedelta(minutes=11))
    assert again
    assert tickets.use(again, NOW + timedelta(minutes=12))
    assert tickets.use(again, NOW + timedelta(minutes=12)) is None, "once"
    tickets.note(again, 7)
    assert tickets.answered(again, "ces", NOW + timedelta(minutes=13)) is None, "of another survey"
    assert tickets.answered(again, "nps", NOW + timedelta(minutes=13)) == 7
    assert tickets.answered(again, "nps", NOW + timedelta(minutes=13)) is None
    for n in range(MOST + 5):
        tickets.hand_out("nps", n + 2, NOW)
    assert len(tickets._kept) == MOST
