"""The pages of retention and of stages over HTTP."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from polku.journeys.retention import pages as retention_pages
from polku.journeys.stages import pages as stage_pages
from polku.journeys.touchpoints import store
from polku.journeys.touchpoints.spec import TouchpointSpec
from polku.web import entrance
from polku.web.app import create_app
from tests.journeys.shop import API, Shop
from tests.web.conftest import ADMIN, post


def visitor(shop: Shop) -> TestClient:
    entrance.log_in_attempts.__init__(most=5, within=entrance.log_in_attempts.within)  # type: ignore[misc]
    entrance.address_attempts.__init__(most=50, within=entrance.address_attempts.within)  # type: ignore[misc]
    app = create_app(shop.workspace, routers=(retention_pages.router, stage_pages.router), api=[API])
    client = TestClient(app, base_url="http://127.0.0.1:8000", follow_redirects=False)
    assert post(client, "/setup", ADMIN).status_code == 303
    return client


@pytest.fixture(scope="module")
def months(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """Five months in each of which twenty customers begin; half of them come back in the next month, all of those
    who began first. Every one who comes back orders."""
    shop = Shop(tmp_path_factory.mktemp("months"))
    for month in range(5):
        for i in range(20):
            first = 31.0 * month + 2
            way: list[Any] = [(first, "ad"), (first + 1, "product")]
            shop.visits(f"m{month}c{i}", *way, *([(first + 31, "order")] if i % 2 or not month else []))
    shop.refreshed()
    yield shop
    shop.close()


@pytest.fixture(scope="module")
def client(months: Shop) -> TestClient:
    return visitor(months)


def text(page: str) -> str:
    """What a page says, without markup and with plain spaces."""
    return " ".join(re.sub(r"<[^>]+>", " ", page.split("<main")[1]).split())


def test_retention_opens_with_what_it_says(client: TestClient) -> None:
    page = client.get("/journeys/retention?by=month").text
    assert "Asiakkaista 62,5 % ± 10,4 palaa seuraavassa kuussa." in text(page)
    assert page.index('class="says"') < page.index("chart-wide") < page.index('class="frame cohorts"')
    assert 'aria-current="page">Pysyvyys<' in page
    assert "Elinkaari kuukausittain" in page


def test_cells_hold_shares_and_what_is_not_over_is_not_a_low_number(client: TestClient) -> None:
    page = client.get("/journeys/retention?by=month").text
    table = page.split("<tbody>")[2].split("</tbody>")[0]  # the first is that of the curve
    rows = [text(f"<main{row}") for row in table.split("<tr")[1:]]
    assert rows[0].startswith('class="average"> Keskimäärin 62 % ±10')
    assert rows[1] == "> Maaliskuu 2026 20 100 % ±8 0 % ±8 0 % ±8 0 % ±8 … vielä kesken"
    assert rows[5].endswith("Heinäkuu 2026 20 … vielä kesken")
    assert "--heat:1.000" in table


def test_choices_ask_another_question(client: TestClient) -> None:
    asked = "/journeys/retention?start=ad&comes_back=order&by=week&recurrence=any&unbounded=true&channel=&period=365"
    page = client.get(asked).text
    assert "Kosketuspisteen Mainos kohdanneista 60,0 %" in text(page)
    assert "kohtaa pisteen Tilaus seuraavalla viikolla tai myöhemmin." in text(page)
    for chosen in ("ad", "order", "week", "any", "true"):
        assert f'<option value="{chosen}" selected>' in page
    filters, own = page.split('class="chips journey-filters"')[1].split("named-choices")
    assert '<input type="hidden" name="comes_back" value="order">' in filters
    assert '<input type="hidden" name="period" value="365">' in own.split("</form>")[0]


def test_what_nobody_does_is_said(client: TestClient) -> None:
    assert "kukaan ei aloita näin" in client.get("/journeys/retention?start=delivery").text
    assert "sitä ei tapahdu kertaakaan" in client.get("/journeys/retention?comes_back=cart").text


@pytest.mark.parametrize(
    ("path", "status", "says"),
    [
        ("/journeys/retention?start=oder", 404, "order"),
        ("/journeys/retention?by=year", 400, "by"),
        ("/journeys/retention?recurrence=last", 400, "recurrence"),
        ("/journeys/retention?unbounded=perhaps", 400, "unbounded"),
        ("/journeys/retention?since=2000-01-01&by=day", 400, "1500"),
        ("/journeys/stages?by=year", 400, "by"),
    ],
)
def test_choices_that_cannot_be(client: TestClient, path: str, status: int, says: str) -> None:
    answer = client.get(path)
    assert answer.status_code == status
    assert says in answer.text


@pytest.mark.parametrize("page", ["/journeys/retention", "/journeys/stages"])
def test_nothing_to_show_says_what_to_do(client: TestClient, shop: Shop, page: str) -> None:
    assert "Näytä kaikki" in client.get(f"{page}?until=2020-01-01").text
    assert 'href="/sources/new"' in visitor(shop).get(page).text


def test_stages_tell_where_customers_are(client: TestClient) -> None:
    page = client.get("/journeys/stages?by=month").text
    said = text(page)
    # twenty of March and ten of each later month have ordered
    assert "Eniten asiakkaita on nyt vaiheessa Hankinta: 60,0 %" in said
    assert "Heinäkuu 2026: eteenpäin siirtyi 10 ja taaksepäin 0." in said
    assert "40 40,0 % ±9,4" in said
    assert "Harkinta" in page.split('class="stage-bars"')[1]
    assert 'href="/journeys/map#stage-consideration"' in page
    august = page.split('<th scope="row">Elokuu 2026')[1].split("</tr>")[0]
    assert text(f"<main>{august}") == "> tähän asti 0 0 0 40 0 −10 60 +10 0 0 0 0 10 0"


def test_names_are_not_markup(shop: Shop) -> None:
    with shop.workspace.db.session() as session:
        spec = store.load_spec(session, "ad")
        changed = TouchpointSpec(spec.key, "<b>Mainos", "<b>Ad", spec.channel, spec.stage, spec.rules)
        store.change_touchpoint(session, "ad", changed)
    for i in range(6):
        shop.visits(f"c{i}", (0, "ad"), (40, "product"))
    shop.refreshed()
    page = visitor(shop).get("/journeys/retention?start=ad&comes_back=ad").text
    assert "&lt;b&gt;Mainos" in page
    assert "<b>Mainos" not in page


def test_the_api_answers_like_the_query(client: TestClient) -> None:
    told = client.get("/api/v1/journeys/retention", params={"by": "month", "follow": 2}).json()
    assert told["cohorts"][0]["came_back"] == [20, 0]
    assert set(told["average"][0]["share"]) == {"estimate", "low", "high", "n", "reason"}
    lived = client.get("/api/v1/journeys/lifecycle?by=month").json()
    assert [s["new"] for s in lived["spans"]] == [20, 20, 20, 20, 20, 0]
    stages = client.get("/api/v1/journeys/stages").json()
    assert [s["now"] for s in stages["stages"]] == [0, 40, 60, 0]
