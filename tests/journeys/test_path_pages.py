"""The pages of paths and of whole paths over HTTP."""

from __future__ import annotations

import re
from typing import Any

import pytest
from starlette.testclient import TestClient

from polku.journeys.paths import pages as path_pages
from polku.journeys.variants import pages as variant_pages
from polku.web.app import create_app
from tests.journeys.shop import API, Shop
from tests.web.conftest import ADMIN, post


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Forty customers: ad, product; 18 the cart, of whom the 12 that are pro order; five begin with an order."""
    shop = Shop(tmp_path_factory.mktemp("pages"))
    for i in range(40):
        way: list[Any] = [(0, "ad"), (1, "product")]
        shop.visits(f"c{i}", *way, *([(2, "cart")] if i < 18 else []), *([(3, "order")] if i < 12 else []))
        shop.tells(f"c{i}", plan="pro" if i < 12 else "free")
    for i in range(5):
        shop.visits(f"o{i}", (0, "order"), (1, "product"), (2, "order"))
    shop.refreshed()
    routers = (path_pages.router, variant_pages.router)
    app = create_app(shop.workspace, routers=routers, api=[API])
    client = TestClient(app, base_url="http://127.0.0.1:8000", follow_redirects=False)
    assert post(client, "/setup", ADMIN).status_code == 303
    yield client
    shop.close()


def main(page: str) -> str:
    return page.split('<main id="content"')[1]


def test_paths_open_with_where_they_begin(client: TestClient) -> None:
    page = main(client.get("/journeys/paths").text)
    assert "Tavallisimmin polku alkaa kohdasta ”Mainos”: 88,9" in page
    assert (
        page.index('class="says"')
        < page.index('class="stream stream-whole"')
        < page.index('class="step-list"')
    )
    assert 'href="/journeys/paths?then=ad#paths"' in page


def test_a_way_is_kept_in_the_address(client: TestClient) -> None:
    page = main(client.get("/journeys/paths?start=product&then=cart&within=30d&channel=web").text)
    assert "Kohdan ”Ostoskori” jälkeen tulee tavallisimmin ”Tilaus”: 66,7" in page
    crumbs = page.split('class="way"')[1].split("</nav>")[0]
    assert 'href="/journeys/paths?channel=web&amp;start=product&amp;within=30d#paths">Tuotesivu' in crumbs
    assert '<b aria-current="true">Ostoskori</b>' in crumbs
    onwards = "?channel=web&amp;start=product&amp;then=cart&amp;then=order&amp;within=30d#paths"
    assert f'href="/journeys/paths{onwards}"' in page


def test_every_form_keeps_what_the_others_say(client: TestClient) -> None:
    page = main(client.get("/journeys/paths?start=cart&then=order&channel=web&steps=2&who_b=plan=pro").text)
    forms = re.findall(r'<form class="path-choices".*?</form>', page, re.DOTALL)
    kept = [set(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', f)) for f in forms]
    assert kept[0] == {
        ("channel", "web"),
        ("steps", "2"),
        ("who_b", "plan=pro"),
    }  # a new start forgets the way
    assert kept[1] == {("channel", "web"), ("start", "cart"), ("then", "order"), ("who_b", "plan=pro")}


def test_two_groups_stand_beside_each_other(client: TestClient) -> None:
    page = main(client.get("/journeys/paths?start=cart&who=plan=free&who_b=plan=pro").text)
    assert page.count('class="stream stream-half"') == 2
    assert "plan on free" in page
    assert "plan on pro" in page
    table = page.split('class="flow-table"')[1].split("</table>")[0]
    assert "−" in table.split("Tilaus")[-1] or "–" in table.split("Tilaus")[-1]
    assert "Vertailussa: plan on pro" in page
    same = client.get("/journeys/paths?start=cart&whose_b=plan&is_b==&what_b=pro").text
    assert same.count('class="stream stream-half"') == 2


def test_two_periods_stand_beside_each_other(client: TestClient) -> None:
    page = main(client.get("/journeys/paths?since=2026-03-02&until=2026-03-03&compare=1").text)
    assert page.count('class="stream stream-half"') == 2
    assert "Tämä ajanjakso" in page


def test_channels_and_stages(client: TestClient) -> None:
    page = main(client.get("/journeys/paths?level=channel").text)
    assert 'class="stream stream-whole"' in page
    assert '<option value="ad">Mainos' in page
    assert "Harkinta" in main(client.get("/journeys/paths?level=stage&start=awareness").text)


def test_a_way_that_nobody_goes_leads_back(client: TestClient) -> None:
    page = main(client.get("/journeys/paths?start=delivery&then=ad").text)
    assert "Näillä valinnoilla kukaan ei kulje tätä reittiä." in page
    assert 'href="/journeys/paths?start=delivery#paths"' in page


@pytest.mark.parametrize(
    "query", ["steps=99", "level=continent", "start=crat", "then=crat", "within=soon", "who_b==x"]
)
def test_what_cannot_be_chosen_is_told(client: TestClient, query: str) -> None:
    assert client.get(f"/journeys/paths?{query}").status_code in (400, 404)


def test_whole_paths(client: TestClient) -> None:
    page = main(client.get("/journeys/variants").text)
    assert "Tavallisin polku on Mainos → Tuotesivu: 48,9" in page
    assert "Erilaisia polkuja on 4." in page
    led = main(client.get("/journeys/variants?outcome=order").text)
    assert "Polun Mainos → Tuotesivu → Ostoskori kulkeneista 66,7" in led
    assert "5 asiakasta aloittaa siitä" in led
    rows = led.split('class="variants"')[1].split("</table>")[0].split("<tr>")[2:]
    assert "Ostoskori" in rows[0]  # leads to it most surely, though it is not the most usual
    usual = main(client.get("/journeys/variants?outcome=order&order=usual").text)
    assert "Ostoskori" not in usual.split('class="variants"')[1].split("<tr>")[2]


def test_what_is_met_again_stands_below(client: TestClient) -> None:
    page = main(client.get("/journeys/variants?level=stage").text)
    assert "Mikä kohdataan uudelleen" in page
    assert client.get("/journeys/variants?outcome=odrer").status_code == 404
    assert client.get("/journeys/variants?level=x").status_code == 400


def test_nothing_says_what_to_do(client: TestClient) -> None:
    for path in ("/journeys/paths", "/journeys/variants"):
        assert "Näytä kaikki" in client.get(f"{path}?until=2020-01-01").text


def test_numbers_can_be_taken_away(client: TestClient) -> None:
    page = main(client.get("/journeys/paths?start=cart&then=order").text)
    address = re.search(r'href="(/api/v1/journeys/paths\.csv[^"]*)"', page)
    assert address is not None
    told = client.get(address[1].replace("&amp;", "&")).text
    assert '"step","touchpoint",' in told.splitlines()[0]
