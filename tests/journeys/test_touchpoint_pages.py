"""The touchpoint pages as a person uses them, and the API."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from polku.journeys.touchpoints.known import DRAFT_CODE, Touchpoints
from polku.journeys.touchpoints.preview import Taken, preview
from polku.journeys.touchpoints.rules import Rule, Rules
from polku.journeys.touchpoints.spec import TouchpointSpec
from polku.web.tables import User
from polku.workspace import Workspace
from tests.journeys.conftest import incoming, post

HAPPENED = [
    ("anna", "track", "Order Completed", None),
    ("anna", "page", "", "/vuokraus/teltta"),
    ("ben", "page", "", "/vuokraus"),
    ("ben", "page", "", "/blogi/1"),
    ("ben", "track", "Boat Rented", None),
    ("ben", "identify", "", None),
]
FORM = {"name_fi": "Vuokraus", "name_en": "", "channel": "web", "stage": "acquisition", "do": "save"}


def rule(**conditions: str) -> dict[str, str]:
    fields = ("source", "type", "name", "path", "property", "operator", "value", "position")
    return {f"rule_{f}": conditions.get(f, "") for f in fields}


def test_the_list_says_what_is_on_the_path_and_what_is_not(
    browser: TestClient, happen: Callable[[Any], None]
) -> None:
    assert "Rules say which events" in browser.get("/touchpoints").text
    happen(HAPPENED)
    page = browser.get("/touchpoints").text
    assert "33% of 6 events are on the path." in page
    assert "Boat Rented" in page
    assert "Consideration" in page
    assert 'href="/touchpoints/new?type=track&amp;name=Boat+Rented"' in page


def test_an_unmatched_event_becomes_a_touchpoint_and_the_past_follows(
    browser: TestClient, workspace: Workspace, happen: Callable[[Any], None]
) -> None:
    happen(HAPPENED)
    form = browser.get("/touchpoints/new?type=track&name=Boat%20Rented").text
    assert form.count('value="Boat Rented"') == 3  # both names and the rule
    answer = post(browser, "/touchpoints/new", FORM | rule(name="boat *") | {"name_fi": "Boat hire"})
    assert answer.headers["location"] == "/touchpoints#boat-hire"
    workspace.engine.refresh()
    listed = browser.get("/api/v1/touchpoints/list").json()
    assert {t["key"]: t["events"] for t in listed["touchpoints"]}["boat-hire"] == 1
    assert listed["covered"] == 3
    unmatched = browser.get("/api/v1/touchpoints/unmatched").json()
    assert [(k["type"], k["name"], k["events"]) for k in unmatched["kinds"]] == [("page", "", 2)]


def test_errors_stand_beside_their_fields_and_what_was_typed_stays(browser: TestClient) -> None:
    answer = post(browser, "/touchpoints/new", FORM | {"name_fi": ""} | rule(path="kassa"))
    assert answer.status_code == 422
    assert 'id="f-name_fi-error"' in answer.text
    assert 'id="rule-1-path-error"' in answer.text
    assert 'value="kassa"' in answer.text
    answer = post(browser, "/touchpoints/new", FORM | rule(name="x", position="first"))
    assert 'id="rule-1-position-error"' in answer.text
    answer = post(browser, "/touchpoints/new", FORM | rule(name="x", property="p", operator=">=", value="a"))
    assert 'id="rule-1-value-error"' in answer.text


def test_rows_come_and_go_without_script(browser: TestClient) -> None:
    more = post(browser, "/touchpoints/new", FORM | rule(name="One") | {"do": "add"}).text
    assert more.count('name="rule_name"') == 2
    two = {k: [v, "Two" if k == "rule_name" else ""] for k, v in rule(name="One").items()}
    less = post(browser, "/touchpoints/new", FORM | two | {"do": "remove:0"}).text
    assert 'value="Two"' in less
    assert 'value="One"' not in less


def test_a_preview_counts_events_customers_and_what_others_lose(
    browser: TestClient, happen: Callable[[Any], None]
) -> None:
    happen(HAPPENED)
    rules = rule(type="page", path="*", position="1")
    page = post(browser, "/touchpoints/new", FORM | rules | {"do": "preview"}).text
    assert "3 events of 2 customers" in page
    assert "Blog and guides" in page  # loses one
    assert "/vuokraus/teltta" in page
    assert "Counted from all 6 events." in page
    part = browser.post(
        "/touchpoints/preview",
        data=FORM | rules,
        headers={"HX-Request": "true", "HX-Target": "touchpoint-preview", "X-CSRF-Token": token(browser)},
    ).text
    assert part.strip().startswith("<section")
    assert "3 events of 2 customers" in part


@pytest.mark.parametrize(
    ("language", "told", "why"),
    [
        (
            "en",
            "Give a condition first.",
            "Without any condition this touchpoint has no events; it does not take all",
        ),
        (
            "fi",
            "Anna ensin jokin ehto.",
            "Ilman ehtoja kosketuspisteellä ei ole tapahtumia; se ei ota niitä kaikkia",
        ),
    ],
)
@pytest.mark.parametrize("typed", [rule(), rule(position="5")])
def test_a_preview_without_any_condition_asks_for_one(
    browser: TestClient,
    happen: Callable[[Any], None],
    typed: dict[str, str],
    language: str,
    told: str,
    why: str,
) -> None:
    happen(HAPPENED)
    post(browser, "/preferences", {"language": language, "next": "/touchpoints"})
    page = post(browser, "/touchpoints/new", FORM | typed | {"do": "preview"}).text
    assert told in page
    assert why in page
    assert "No events match" not in page
    assert "Mikään tapahtuma ei sovi" not in page
    page = post(
        browser, "/touchpoints/new", FORM | rule(name="Nothing is called so") | {"do": "preview"}
    ).text
    assert told not in page
    page = post(browser, "/touchpoints/order/edit", FORM | typed | {"do": "preview"}).text
    assert told in page
    assert ("One event is this touchpoint now" if language == "en" else "Yksi tapahtuma") in page


def test_a_preview_of_one_that_exists_says_what_it_lets_go(
    workspace: Workspace, happen: Callable[[Any], None]
) -> None:
    happen(HAPPENED)
    touchpoints = workspace.part(Touchpoints)
    spec = TouchpointSpec("guides", "x", "x", "web", None, (Rule(path="/vuokraus*"),))
    found = touchpoints.preview(spec)
    assert (found.events, found.profiles, found.let_go, found.taken) == (2, 2, 1, ())
    order = next(t.code for t in touchpoints.catalogue().touchpoints if t.key == "order")
    found = touchpoints.preview(
        TouchpointSpec("new-one", "x", "x", "web", None, (Rule(name="*", position=1),))
    )
    assert Taken(order, 1) in found.taken
    assert found.is_complete


def test_a_preview_without_patience_looks_at_the_newest_part_only(workspace: Workspace) -> None:
    for number in (1, 2):
        workspace.store.append(incoming([("anna", "track", "x", None)], first=number))
        if number == 1:
            workspace.store._write_tail()
    rules = Rules([Rule(DRAFT_CODE, name="x")], {})
    found = preview(
        workspace.store.snapshot,
        code=DRAFT_CODE,
        now=Rules([], {}),
        then=rules,
        profiles=lambda keys: keys,
        patience=timedelta(),
    )
    assert (found.events, found.looked_at, found.total, found.is_complete) == (1, 1, 2, False)


def test_a_touchpoint_is_edited_moved_and_deleted(browser: TestClient, workspace: Workspace) -> None:
    assert 'value="Ostoskori"' in browser.get("/touchpoints/cart/edit").text
    post(browser, "/touchpoints/cart/edit", FORM | {"name_fi": "Kori"} | rule(name="Cart Viewed"))
    catalogue = workspace.part(Touchpoints).catalogue()
    assert catalogue.touchpoint("cart").name_en == "Kori"
    assert catalogue.of_stage("acquisition")[0].key == "cart"
    post(browser, "/touchpoints/cart/move", {"way": "down"}, page="/touchpoints")
    assert workspace.part(Touchpoints).catalogue().of_stage("acquisition")[1].key == "cart"
    assert "Delete the touchpoint" in browser.get("/touchpoints/cart/delete").text
    assert workspace.part(Touchpoints).catalogue().touchpoint("cart")
    post(browser, "/touchpoints/cart/delete", {})
    assert browser.get("/touchpoints/cart/edit").status_code == 404


def test_a_new_touchpoint_may_begin_in_a_stage(browser: TestClient) -> None:
    for query, stage in (("?stage=customership", "customership"), ("", "awareness")):
        chosen = browser.get(f"/touchpoints/new{query}").text.split('name="stage"')[1].split("</select>")[0]
        assert re.findall('<option value="([^"]*)" selected>', chosen) == [stage]


def test_stages_are_renamed_moved_added_and_deleted(browser: TestClient, workspace: Workspace) -> None:
    path = "/touchpoints/stages"
    names = {"name_fi": "Paluu", "name_en": "Return"}
    assert post(browser, path, names).status_code == 303
    post(browser, f"{path}/return", names | {"do": "up"}, page=path)
    post(
        browser, f"{path}/awareness", {"name_fi": "Herätys", "name_en": "Awakening", "do": "save"}, page=path
    )
    stages = workspace.part(Touchpoints).catalogue().stages
    assert [s.name_en for s in stages] == [
        "Awakening",
        "Consideration",
        "Acquisition",
        "Return",
        "Customership",
    ]
    refused = post(browser, f"{path}/awareness", names | {"name_fi": ""}, page=path)
    assert refused.status_code == 422
    assert 'id="stage-awareness-name_fi-error"' in refused.text
    assert post(browser, f"{path}/awareness", {"do": "delete"}, page=path).status_code == 409
    assert post(browser, f"{path}/return", {"do": "delete"}, page=path).status_code == 303


BODY = {"name_fi": "Vene", "name_en": "Boat", "channel": "shop", "rules": [{"name": "Boat *"}]}


def test_the_api_makes_changes_tries_and_deletes(browser: TestClient, happen: Callable[[Any], None]) -> None:
    happen(HAPPENED)
    api, mark = "/api/v1/touchpoints", {"X-CSRF-Token": token(browser)}
    made = browser.post(api, json={"key": "boat", **BODY}, headers=mark)
    assert (made.status_code, made.json()["rules"][0]["name"]) == (201, "Boat *")
    assert browser.post(api, json={"key": "boat", **BODY}, headers=mark).status_code == 409
    changed = browser.put(
        f"{api}/boat", json={**BODY, "name_en": "Ship", "stage": "acquisition"}, headers=mark
    )
    assert (changed.json()["name_en"], changed.json()["stage"]) == ("Ship", "acquisition")
    assert browser.get(f"{api}/show", params={"key": "Ship"}).json() == changed.json()
    for key, events in (("boat", 1), (None, 0)):  # a second one with the same rule gets nothing
        tried = browser.post(f"{api}/preview", params={"key": key} if key else {}, json=BODY, headers=mark)
        assert (tried.json()["events"], tried.json()["total"]) == (events, 6)
    assert browser.delete(f"{api}/boat", headers=mark).status_code == 204
    assert browser.delete(f"{api}/boat", headers=mark).json()["code"] == "unknown_touchpoint"


@pytest.mark.parametrize("change", [{"channel": "fax"}, {"stage": "none"}, {"rules": [{}]}, {"nme": "x"}])
def test_the_api_refuses_what_cannot_be(browser: TestClient, change: dict[str, Any]) -> None:
    answer = browser.post(
        "/api/v1/touchpoints",
        json={"key": "boat", **BODY, **change},
        headers={"X-CSRF-Token": token(browser)},
    )
    assert answer.status_code in (400, 422)
    assert answer.json()["code"] == "invalid_input"


def test_nothing_changes_without_the_form_s_token(browser: TestClient) -> None:
    assert browser.post("/touchpoints/cart/delete").status_code == 403
    assert browser.delete("/api/v1/touchpoints/cart").status_code == 403


def test_customer_service_may_look_but_not_change(browser: TestClient, workspace: Workspace) -> None:
    mark = {"X-CSRF-Token": token(browser)}
    with workspace.db.session() as session:
        session.scalars(select(User)).one().role = "agent"
    page = browser.get("/touchpoints")
    assert page.status_code == 200
    assert "/touchpoints/new" not in page.text
    assert browser.get("/touchpoints/cart/edit").status_code == 403
    assert browser.post("/touchpoints/cart/delete", headers=mark).status_code == 403
    assert browser.delete("/api/v1/touchpoints/cart", headers=mark).status_code == 403
    assert workspace.part(Touchpoints).catalogue().touchpoint("cart")


def token(browser: TestClient) -> str:
    return browser.get("/touchpoints/new").text.split('name="csrf_token" value="')[1].split('"')[0]
