from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from polku.store import EventType
from polku.store.keys import identifier_key
from polku.workspace import Workspace
from tests.profiles.happenings import event, happen
from tests.web.visits import post, token_on

MAIL = [("email", "koti@example.fi")]


@pytest.fixture
def shop(workspace: Workspace) -> Workspace:
    """Maija with a phone, Matti on the same phone and e-mail address."""
    happen(
        workspace.store,
        event(
            user="maija", anonymous="phone", more=[("name", "Maija <Meikäläinen>")], type=EventType.IDENTIFY
        ),
        event(
            user="maija",
            more=MAIL,
            score=80.0,
            properties={"metric": "nps", "score": 9, "comment": "Hei & kiitos"},
        ),
        event(user="matti", anonymous="phone", more=MAIL),
    )
    workspace.engine.refresh()
    return workspace


def send(browser: TestClient, path: str, page: str, **data: str) -> Any:
    return post(browser, path, data, on=page)


def test_nobody_sees_customers_without_logging_in(browser: TestClient, shop: Workspace) -> None:
    browser.cookies.clear()
    for path in ("/profiles", "/profiles/maija", "/reviews"):
        assert browser.get(path).status_code == 303
    assert browser.get("/api/v1/profiles/show?id=maija").status_code in (401, 403)
    assert (
        browser.post("/api/v1/profiles/split", json={"profile": "maija", "identifier": "phone"}).status_code
        > 400
    )


def test_an_empty_folder_says_what_to_do_next(browser: TestClient) -> None:
    assert "No customers yet" in browser.get("/profiles").text


def test_customers_are_listed_and_found(browser: TestClient, shop: Workspace) -> None:
    page = browser.get("/profiles").text
    assert "Maija &lt;Meikäläinen&gt;" in page
    assert "1 pair may be the same customer" in page
    part = browser.get(
        "/profiles?q=MEIKAL", headers={"HX-Request": "true", "HX-Target": "customers-table"}
    ).text
    assert "Maija &lt;Meikäläinen&gt;" in part
    assert "<html" not in part
    assert "Nobody is found" in browser.get("/profiles?q=zzz").text
    assert browser.get("/profiles?sort=password").status_code == 400


def test_a_customers_page_shows_the_answer_comment_and_evidence(browser: TestClient, shop: Workspace) -> None:
    page = browser.get("/profiles/maija").text
    assert "NPS 9" in page
    assert "Hei &amp; kiitos" in page
    assert "Seen with maija: Told who they are" in page
    assert browser.get("/profiles/nobody").status_code == 404


def test_older_events_come_as_a_part_of_the_page(browser: TestClient, workspace: Workspace) -> None:
    happen(workspace.store, *(event(f"Event {i}", user="maija") for i in range(120)))
    page = browser.get("/profiles/maija").text
    link = page.split('<p id="older">')[1].split('href="')[1].split('"')[0].replace("&amp;", "&")
    part = browser.get(link, headers={"HX-Request": "true", "HX-Target": "older"}).text
    assert page.count("<time") == part.count("<time") == 50
    assert "<html" not in part
    assert 'id="older"' in part
    assert "To the newest" in browser.get(link).text, "the link works without a script too"


def test_taking_an_identifier_out_and_undoing_it(browser: TestClient, shop: Workspace) -> None:
    profile = f"/profiles/{identifier_key('user_id', 'maija'):016x}"
    path = f"{profile}/split/{identifier_key('anonymous_id', 'phone'):016x}"
    assert "matti" in browser.get(path).text, "the phone would go to Matti, who used it too"
    assert browser.post(path).status_code == 403, "a form without its token"
    assert send(browser, path, path, reason="Not hers").headers["location"] == profile
    page = browser.get(profile).text
    assert "Taken apart: " in page
    assert "Not hers" in page
    assert "Does not belong" in page, "the e-mail address is still hers"
    undo = "/profiles/decisions/1/undo"
    assert send(browser, f"{undo}?profile=maija", f"{undo}?profile=maija").headers["location"] == profile
    assert "Taken apart" not in browser.get(profile).text


@pytest.mark.parametrize("verdict", ["same", "different"])
def test_a_pair_is_judged_and_the_judgement_undone(
    browser: TestClient, shop: Workspace, verdict: str
) -> None:
    pair = browser.get("/api/v1/profiles/reviews").json()["reviews"][0]["pair"]
    path = f"/reviews/{pair}"
    assert "What speaks for it" in browser.get(path).text
    assert send(browser, path, path, verdict="perhaps").status_code == 400
    assert send(browser, path, path, verdict=verdict).headers["location"] == "/reviews"
    assert browser.get(path).status_code == 404
    same = (
        browser.get("/api/v1/profiles/show?id=matti").json()["id"]
        == f"{identifier_key('user_id', 'maija'):016x}"
    )
    assert same == (verdict == "same")
    assert send(browser, "/profiles/decisions/1/undo", "/reviews").headers["location"] == "/reviews"
    assert browser.get(path).status_code == 200


def test_the_api_decides_with_a_preview(browser: TestClient, shop: Workspace) -> None:
    headers = {"X-CSRF-Token": token_on(browser, "/reviews")}
    asked = {"profile": "maija", "identifier": "phone"}
    preview = browser.post("/api/v1/profiles/split/preview", json=asked, headers=headers).json()
    assert preview["changes"][0]["identifiers"] == ["phone"]
    made = browser.post("/api/v1/profiles/split", json=asked, headers=headers).json()["decision"]
    identifiers = [i["value"] for i in browser.get("/api/v1/profiles/show?id=maija").json()["identifiers"]]
    assert "phone" not in identifiers
    assert browser.post(f"/api/v1/profiles/decisions/{made}/undo", headers=headers).status_code == 200
    again = browser.post(f"/api/v1/profiles/decisions/{made}/undo", headers=headers)
    assert (again.status_code, again.json()["code"]) == (409, "conflict")


def test_traits_are_told_in_words_and_not_twice(browser: TestClient, workspace: Workspace) -> None:
    said = {
        "email": "koti@example.fi",
        "city": "Oulu",
        "created_at": "2025-05-01T10:00:00+00:00",
        "kennel": "ei",
    }
    happen(
        workspace.store,
        event(user="maija", more=[("email", "koti@example.fi")], type=EventType.IDENTIFY, properties=said),
    )
    page = browser.get("/profiles/maija").text.split('id="traits"')[1]
    assert "<dt>Town</dt><dd>Oulu" in page
    assert "<dt>Customer since</dt><dd>1 May 2025" in page
    assert "<dt>kennel</dt><dd>ei" in page
    assert "koti@example.fi" not in page, "it stands among the identifiers"


def test_before_undoing_one_sees_what_was_decided(browser: TestClient, shop: Workspace) -> None:
    pair = browser.get("/api/v1/profiles/reviews").json()["reviews"][0]["pair"]
    send(browser, f"/reviews/{pair}", f"/reviews/{pair}", verdict="different", reason="Two siblings")
    page = browser.get("/profiles/decisions/1/undo").text
    assert "Two customers: " in page
    assert "Two siblings" in page
    send(browser, "/profiles/decisions/1/undo", "/profiles/decisions/1/undo")
    assert browser.get("/profiles/decisions/1/undo").status_code == 404, "it holds no more"
    assert browser.get("/profiles/decisions/9/undo").status_code == 404


def test_a_timeline_leads_to_the_event_as_it_came(browser: TestClient, workspace: Workspace) -> None:
    happen(workspace.store, event("Order Completed", user="maija"))
    assert 'href="/live/1"' in browser.get("/profiles/maija").text
