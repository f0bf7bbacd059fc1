"""Journey pages over HTTP."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from starlette.testclient import TestClient

from polku.journeys.asking.results import Covered
from polku.journeys.funnel import pages as funnel_pages
from polku.journeys.map import encounter_pages
from polku.journeys.map import pages as map_pages
from polku.journeys.paths import pages as path_pages
from polku.journeys.touchpoints import store
from polku.journeys.volumes.figures import finished
from polku.journeys.volumes.results import VolumesOverTime
from polku.web import entrance
from polku.web.app import create_app
from tests.journeys.shop import API, Shop
from tests.web.conftest import ADMIN, post

ROUTERS = (map_pages.router, path_pages.router, funnel_pages.router, encounter_pages.router)


def visitor(shop: Shop) -> TestClient:
    entrance.log_in_attempts.__init__(most=5, within=entrance.log_in_attempts.within)  # type: ignore[misc]
    entrance.address_attempts.__init__(most=50, within=entrance.address_attempts.within)  # type: ignore[misc]
    app = create_app(shop.workspace, routers=ROUTERS, api=[API])
    client = TestClient(app, base_url="http://127.0.0.1:8000", follow_redirects=False)
    assert post(client, "/setup", ADMIN).status_code == 303
    return client


@pytest.fixture(scope="module")
def client(busy_shop: Shop) -> TestClient:
    return visitor(busy_shop)


def test_map_opens_with_what_it_says(client: TestClient) -> None:
    page = client.get("/journeys/map").text
    assert "<h1>Asiakaspolku</h1>" in page
    assert "Harvimmin jatketaan vaiheesta Harkinta vaiheeseen Hankinta: 60,0" in page
    assert (
        page.index('class="says"') < page.index('class="path-across wide"') < page.index('class="path-down"')
    )
    assert 'href="/journeys/map/cart"' in page


def test_links_of_the_map_keep_its_choices(client: TestClient) -> None:
    page = client.get("/journeys/map?since=2026-02-01&until=2026-04-01&channel=web&compare=1").text
    assert (
        'href="/journeys/map/cart?since=2026-02-01&amp;until=2026-04-01&amp;channel=web&amp;compare=1"'
        in page
    )


def test_map_with_nothing_in_it_says_what_to_do(client: TestClient) -> None:
    page = client.get("/journeys/map?until=2020-01-01").text
    assert "Näytä kaikki" in page
    assert "<svg class=" not in page.split("</nav>")[-1].replace('<svg class="icon"', "")


def test_map_of_an_empty_folder_says_how_to_begin(shop: Shop) -> None:
    page = visitor(shop).get("/journeys/map").text
    assert 'href="/sources/new"' in page
    assert "polku import" in page
    assert "journey-filters" not in page


def test_paths_go_step_by_step_before_what_follows_what(client: TestClient) -> None:
    page = client.get("/journeys/paths").text
    assert (
        page.index("Askel askeleelta")
        < page.index("Mikä seuraa mitäkin")
        < page.index("Tavallisin siirtymä on")
    )


def test_paths_draw_what_follows_what_and_keep_its_table(client: TestClient) -> None:
    page = client.get("/journeys/paths?channel=web").text
    picture, table = page.split('class="flow-wide"')[1].split('class="flow-table"')
    assert 'href="/journeys/map/cart?channel=web"' in picture
    assert "<td" in table
    assert "Tavallisin siirtymä on" in page


def test_paper_tells_what_was_chosen(client: TestClient) -> None:
    page = client.get("/journeys/map?channel=web&since=2026-02-01").text
    printed = page.split('<p class="foot printed">')[1].split("</p>")[0]
    assert printed == "1.2.2026– · Kaikki lähteet · Verkko"
    assert ">Koko aika · Kaikki lähteet · Kaikki kanavat<" in client.get("/journeys/paths").text


def test_a_stage_without_touchpoints_says_what_to_do(own_busy_shop: Shop) -> None:
    client = visitor(own_busy_shop)
    assert "Tässä kanavassa ei ole kosketuspisteitä." in client.get("/journeys/map?channel=web").text
    with own_busy_shop.workspace.db.session() as session:
        key = store.add_stage(session, name_fi="Kanta-asiakkuus", name_en="Loyalty")
    assert f'href="/touchpoints/new?stage={key}"' in client.get("/journeys/map").text


def test_touchpoint_shows_its_answers(client: TestClient) -> None:
    page = client.get("/journeys/map/delivery").text
    assert page.count("Hyvin meni") == 5
    assert "/profiles/" in page


def test_touchpoint_outside_the_choices(client: TestClient) -> None:
    assert client.get("/journeys/map/delivery?channel=web").status_code == 404
    assert "cart" in client.get("/journeys/map/crat").text


@pytest.mark.parametrize("query", ["period=7", "since=yesterday", "source=nobody", "channel=pigeon"])
def test_choices_that_cannot_be(client: TestClient, query: str) -> None:
    assert client.get(f"/journeys/map?{query}").status_code == 400


@pytest.mark.parametrize("within", ["soon", "-1", "99999999999d", "P9999999999D", "\u00b2d"])
def test_a_window_that_cannot_be(client: TestClient, within: str) -> None:
    answer = client.get("/journeys/funnel", params={"within": within})
    assert answer.status_code == 400
    assert "within" in answer.text


@pytest.mark.parametrize(
    "page", ["/journeys/map", "/journeys/paths", "/journeys/funnel", "/journeys/map/cart"]
)
@pytest.mark.parametrize("query", ["since=0001-01-01", "until=9999-12-31", "until=2106-03-01"])
def test_days_beyond_the_calendar_mean_from_the_beginning_and_to_the_end(
    client: TestClient, page: str, query: str
) -> None:
    assert client.get(f"{page}?{query}").status_code == 200


def test_a_name_is_not_markup(shop: Shop) -> None:
    from polku.journeys.touchpoints.spec import TouchpointSpec

    with shop.workspace.db.session() as session:
        spec = store.load_spec(session, "ad")
        changed = TouchpointSpec(spec.key, "<b>Mainos", "<b>Ad", spec.channel, spec.stage, spec.rules)
        store.change_touchpoint(session, "ad", changed)
    for i in range(6):
        shop.visits(f"c{i}", (0, "ad"), (1, "product"))
    shop.refreshed()
    client = visitor(shop)
    for path in ("/journeys/map", "/journeys/paths", "/journeys/funnel", "/journeys/map/ad"):
        page = client.get(path).text
        assert "&lt;b&gt;Mainos" in page
        assert "<b>Mainos" not in page


def test_api_answers_like_the_query(client: TestClient) -> None:
    told = client.get("/api/v1/journeys/map").json()
    delivery = told["stages"][3]["touchpoints"][0]
    assert set(delivery["score"]) == {"estimate", "low", "high", "n", "reason"}
    funnel = client.get("/api/v1/journeys/funnel", params={"steps": "product,cart", "within": "30d"}).json()
    assert [s["profiles"] for s in funnel["steps"]] == [10, 6]
    described = client.get("/api/v1/openapi.json").json()["components"]["schemas"]["TouchpointOnMap"]
    assert described["properties"]["score"]["description"].startswith("Mean score")


@pytest.mark.parametrize(
    ("until", "as_of", "months"),
    [
        (None, datetime(2026, 4, 10, tzinfo=UTC), 3),  # April goes on
        (None, datetime(2026, 4, 30, 21, 30, tzinfo=UTC), 4),  # in Finland it is May already
        (None, datetime(2030, 1, 1, tzinfo=UTC), 4),  # an imported history ended long ago
        (date(2026, 4, 10), datetime(2030, 1, 1, tzinfo=UTC), 3),  # cut in the middle
        (date(2026, 4, 30), datetime(2030, 1, 1, tzinfo=UTC), 4),
    ],
)
def test_a_month_that_goes_on_is_left_out_of_the_chart(
    until: date | None, as_of: datetime, months: int
) -> None:
    starts = tuple(date(2026, m, 1) for m in (1, 2, 3, 4))
    assert finished(VolumesOverTime(Covered(None, until, None, None, as_of), "month", starts, ())) == months


def test_a_condition_is_added_told_in_words_and_kept_by_links(client: TestClient) -> None:
    page = client.get("/journeys/map", params={"whose": "cart", "is": "met", "channel": "web"}).text
    assert "Ostoskori on kohdattu" in page
    assert 'name="who" value="met:cart" checked' in page
    assert "who=met%3Acart" in page
    assert (
        client.get("/journeys/map", params={"who": "met:cart", "whose": "order", "is": "!met"}).text.count(
            'name="who"'
        )
        == 2 + 2
    )  # in the form of choices and in that of conditions
    nobody = client.get("/journeys/paths", params={"who": ["met:order", "!met:order"]}).text
    assert "Nothing" not in nobody
    assert "2 ehtoa" in nobody


def test_a_condition_that_is_none_is_told(client: TestClient) -> None:
    answer = client.get("/journeys/map", params={"who": "plaan=pro"})
    assert answer.status_code == 400
    assert "Kenestäkään ei ole tietoa ”plaan”" in answer.text
