"""Designed journeys over HTTP: the form without a script, the result, the API."""

from __future__ import annotations

import re
from typing import Any

import pytest
from starlette.testclient import TestClient

from polku.journeys.conformance import api, design_pages, pages
from polku.journeys.touchpoints import store as touchpoint_store
from polku.web.app import create_app
from tests.journeys.shop import API, Shop
from tests.web.conftest import ADMIN, VILLE, log_in, post
from tests.web.visits import token_on

PAGE = "/journeys/conformance"
NEW = f"{PAGE}/new"
TWO = {"steps": "2", "touchpoint_0": "ad", "touchpoint_1": "order", "name": "Ostopolku"}


def app_of(shop: Shop) -> Any:
    from polku.web import users

    routers = (pages.router, design_pages.router, users.router)
    return create_app(shop.workspace, routers=routers, api=[API, api.router])


def visitor(shop: Shop, language: str = "en") -> TestClient:
    client = TestClient(app_of(shop), base_url="http://127.0.0.1:8000", follow_redirects=False)
    assert post(client, "/setup", {**ADMIN, "language": language}).status_code == 303
    return client


@pytest.fixture
def client(own_busy_shop: Shop) -> TestClient:
    return visitor(own_busy_shop)


def send(client: TestClient, data: dict[str, Any], *, on: str = NEW) -> Any:
    return post(client, on, data)


def values(page: str, name: str) -> list[str]:
    """What is chosen in the selects of this name."""
    selects = re.findall(rf'<select name="{name}".*?</select>', page, re.S)
    return [(re.findall(r'value="([^"]*)" selected', s) or [""])[0] for s in selects]


def test_without_designs_the_page_says_what_it_will_show(client: TestClient) -> None:
    page = client.get(PAGE).text
    assert "No journey has been designed yet" in page
    assert f'href="{NEW}"' in page


def test_a_script_swaps_the_form_only(client: TestClient) -> None:
    data = {**TWO, "do": "add", "csrf_token": token_on(client, NEW)}
    told = client.post(NEW, data=data, headers={"HX-Request": "true", "HX-Target": "design-form"})
    assert told.status_code == 200
    assert told.text.count("<fieldset>") == 3
    assert "<html" not in told.text


def test_a_design_is_drawn_without_a_script(client: TestClient) -> None:
    page = send(client, {**TWO, "do": "add"}).text
    assert page.count("<fieldset>") == 3
    assert values(page, "touchpoint_0") == ["ad", ""]  # and room for another
    page = send(client, {**TWO, "do": "down:0"}).text
    assert (values(page, "touchpoint_0")[0], values(page, "touchpoint_1")[0]) == ("order", "ad")
    three = {**TWO, "steps": "3", "touchpoint_2": ["cart", "product", "cart"], "limit_2": "2", "unit_2": "d"}
    page = send(client, {**three, "do": "up:2", "optional_2": "on"}).text
    assert values(page, "touchpoint_1") == ["cart", "product", ""]
    assert 'name="limit_1" value="2"' in page
    assert 'name="optional_1" checked' in page
    page = send(client, {**three, "do": "remove:0"}).text
    assert values(page, "touchpoint_0")[0] == "order"
    assert page.count("<fieldset>") == 2
    assert 'value="Ostopolku"' in page


def test_a_design_is_saved_shown_changed_and_deleted(client: TestClient) -> None:
    steps = {
        **TWO, "steps": "4", "touchpoint_1": ["product"], "repeats_0": "on", "touchpoint_2": ["cart"],
        "touchpoint_3": "order", "limit_3": "36", "unit_3": "h", "direct_3": "on",
        "optional_0": "on", "optional_2": "on",
    }  # fmt: skip
    saved = send(client, steps)
    assert (saved.status_code, saved.headers["location"]) == (303, f"{PAGE}?design=ostopolku")
    [listed] = client.get("/api/v1/journeys/designs").json()["designs"]
    assert (listed["steps"], listed["changed_by"]) == ("ad+,product,cart?,>order<36h", "Anna Aalto")
    page = client.get(PAGE).text
    assert "Ostopolku is saved." in page
    assert "50.0%\u00a0±\u00a026.3 of those who begin follow the journey fully" in page
    assert 'class="design-across"' in page
    edit = client.get(f"{PAGE}/ostopolku/edit").text
    assert values(edit, "touchpoint_1") == ["product", ""]
    assert 'name="limit_3" value="36"' in edit
    changed = send(client, {**TWO, "name": "Lyhyt polku"}, on=f"{PAGE}/ostopolku/edit")
    assert changed.headers["location"] == f"{PAGE}?design=ostopolku"
    assert client.get("/api/v1/journeys/designs").json()["designs"][0]["name"] == "Lyhyt polku"
    assert post(client, f"{PAGE}/ostopolku/delete", on=f"{PAGE}/ostopolku/edit").status_code == 303
    assert client.get("/api/v1/journeys/designs").json()["designs"] == []


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"name": ""}, "Give a name of 1 to 120 characters."),
        ({"touchpoint_1": ""}, "Choose at least two steps."),
        ({"optional_1": "on"}, "At least one step after the first must be required."),
        ({"limit_1": "soon"}, "Give a whole number"),
        ({"limit_1": "999999999", "unit_1": "w"}, "Give a whole number"),
        ({"limit_1": "²"}, "Give a whole number"),
        ({"limit_1": "0"}, "Give a whole number"),
        ({"touchpoint_1": "no-such"}, "This touchpoint has been deleted."),
        ({"name": "Taken"}, "There is a journey of this name already."),
        ({"steps": "many"}, "Choose at least two steps."),
    ],
)
def test_what_cannot_be_saved_is_told_beside_its_field(
    client: TestClient, more: dict[str, str], says: str
) -> None:
    send(client, {**TWO, "name": "taken"})
    answer = send(client, {**TWO, **more})
    assert answer.status_code == 422
    assert says in answer.text
    assert 'role="alert"' in answer.text


def test_a_form_needs_its_token(client: TestClient) -> None:
    assert client.post(NEW, data=TWO).status_code == 403
    assert client.get("/api/v1/journeys/designs").json()["designs"] == []


def test_agents_look_and_do_not_change(own_busy_shop: Shop) -> None:
    client = visitor(own_busy_shop)
    send(client, TWO)
    assert post(client, "/settings/users/new", {**VILLE, "role": "agent"}).status_code == 303
    ville = TestClient(app_of(own_busy_shop), base_url="http://127.0.0.1:8000", follow_redirects=False)
    assert log_in(ville, VILLE).status_code == 303
    page = ville.get(PAGE).text
    assert "Ostopolku" in page
    assert NEW not in page
    assert ville.get(NEW).status_code == 403
    assert ville.get(f"{PAGE}/ostopolku/edit").status_code == 403
    token = page.split('name="csrf_token" value="')[1].split('"')[0]
    for path in (NEW, f"{PAGE}/ostopolku/edit", f"{PAGE}/ostopolku/delete"):
        assert ville.post(path, data={"csrf_token": token, **TWO}).status_code == 403
    body = {"name": "Toinen", "steps": ["ad", "order"]}
    headers = {"X-CSRF-Token": token}
    assert ville.post("/api/v1/journeys/designs", json=body, headers=headers).status_code == 403
    assert ville.put("/api/v1/journeys/designs/ostopolku", json=body, headers=headers).status_code == 403
    assert ville.delete("/api/v1/journeys/designs/ostopolku", headers=headers).status_code == 403
    assert len(ville.get("/api/v1/journeys/designs").json()["designs"]) == 1


def test_steps_as_given_can_be_kept(client: TestClient) -> None:
    page = client.get(PAGE, params={"steps": ["ad", "cart?", "order<3d"]}).text
    assert "Steps as given" in page
    assert f'href="{NEW}?steps=ad%2Ccart%3F%2Corder%3C3d"' in page
    form = client.get(NEW, params={"steps": "ad,cart?,order<3d"}).text
    assert values(form, "touchpoint_1") == ["cart", ""]
    assert 'name="optional_1" checked' in form
    assert 'name="limit_2" value="3"' in form
    assert client.get(NEW, params={"steps": "ad,carrt"}).status_code == 404


def test_a_step_that_lost_its_touchpoint_leads_to_the_form(own_busy_shop: Shop) -> None:
    client = visitor(own_busy_shop)
    send(client, {**TWO, "touchpoint_1": "cart"})
    with own_busy_shop.workspace.db.session() as session:
        touchpoint_store.delete_touchpoint(session, "cart")
    page = client.get(PAGE).text
    assert "A step has lost its touchpoint" in page
    assert f'href="{PAGE}/ostopolku/edit"' in page
    assert '<option value="cart" selected>cart</option>' in client.get(f"{PAGE}/ostopolku/edit").text


def test_choices_of_the_page_are_kept(client: TestClient) -> None:
    send(client, TWO)
    page = client.get(f"{PAGE}?design=ostopolku&outcome=delivery&since=2026-02-01&who=met:cart").text
    assert '<option value="delivery" selected>' in page
    assert f'href="{PAGE}?since=2026-02-01&amp;who=met%3Acart&amp;design=ostopolku"' in page
    assert page.count('<input type="hidden" name="design" value="ostopolku">') >= 2
    assert client.get(f"{PAGE}?design=nothing").status_code == 404
    assert "Nobody begins this journey" in client.get(f"{PAGE}?until=2020-01-01").text


def test_in_finnish(own_busy_shop: Shop) -> None:
    client = visitor(own_busy_shop, "fi")
    send(client, {**TWO, "steps": "3", "touchpoint_1": "product", "touchpoint_2": "cart"})
    page = client.get(PAGE).text
    assert "kulkee polun kuten suunniteltu" in page
    assert "Useimmin polku päättyy tähän: " not in page  # four are too few to be told of
    assert "Vain" not in page


def test_a_long_journey_is_drawn_downwards(client: TestClient) -> None:
    names = ["ad", "product", "cart", "order", "delivery", "answer", "ad", "product", "cart"]
    page = client.get(PAGE, params={"steps": names}).text
    assert 'class="design-across"' not in page
    assert 'class="design-picture long"' in page
    assert 'class="design-down"' in page


def test_a_name_is_not_markup(client: TestClient) -> None:
    send(client, {**TWO, "name": "<b>Osto"})
    page = client.get(PAGE).text
    assert "&lt;b&gt;Osto" in page
    assert "<b>Osto" not in page


def test_the_api_changes_designs(client: TestClient) -> None:
    token = client.get(PAGE).text.split('name="csrf_token" value="')[1].split('"')[0]
    headers = {"X-CSRF-Token": token}
    body = {"name": "Osto", "steps": ["ad", "cart?", "order<2d"]}
    made = client.post("/api/v1/journeys/designs", json=body, headers=headers)
    assert (made.status_code, made.json()["key"], made.json()["steps"]) == (201, "osto", "ad,cart?,order<2d")
    assert client.post("/api/v1/journeys/designs", json=body).status_code == 403
    assert client.post("/api/v1/journeys/designs", json=body, headers=headers).status_code == 409
    wrong = client.post("/api/v1/journeys/designs", json={**body, "steps": ["ad", "cart<x"]}, headers=headers)
    assert (wrong.status_code, "not a length of time" in wrong.text) == (400, True)
    put = client.put(
        "/api/v1/journeys/designs/osto", json={**body, "steps": ["ad", "order"]}, headers=headers
    )
    assert put.json()["steps"] == "ad,order"
    told = client.get("/api/v1/journeys/conformance", params={"design": "osto"}).json()
    assert (told["design"], told["attempts"]) == ("Osto", 10)
    assert set(told["steps"][0]["share"]) == {"estimate", "low", "high", "n", "reason"}
    table = client.get("/api/v1/journeys/conformance.csv", params={"steps": "ad,order", "table": "steps"})
    assert table.status_code == 200
    assert client.delete("/api/v1/journeys/designs/osto", headers=headers).status_code == 204
    assert client.delete("/api/v1/journeys/designs/osto", headers=headers).status_code == 404


def test_an_empty_folder_says_how_to_begin(shop: Shop) -> None:
    assert 'href="/sources/new"' in visitor(shop).get(PAGE).text
