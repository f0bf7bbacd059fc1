"""What all pages of analyses have: what one takes away, what stands on the board, and the groups of a breakdown."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from starlette.testclient import TestClient

from polku.journeys.pages import PAGES
from polku.journeys.saved.pages import PATH as BOARD
from polku.journeys.types import types
from polku.web import entrance, navigation
from polku.web.app import create_app
from tests.journeys.shop import API, Shop
from tests.web.conftest import ADMIN, post

OWN_CHOICES = {
    "/journeys/map": "",
    "/journeys/paths": "start=ad&steps=3",
    "/journeys/variants": "level=channel&outcome=order",
    "/journeys/funnel": "step=ad&step=order&within=7d",
    "/journeys/funnel/dropouts": "step=ad&step=order&at=1&within=7d",
    "/journeys/customers": "who=plan%3Dpro",
    "/journeys/retention": "by=week&comes_back=order",
    "/journeys/stages": "by=week",
    "/journeys/comparison": "who_a=plan%3Dpro",
    "/journeys/conformance": "steps=ad&steps=product&outcome=order",
    "/journeys/types": "outcome=order",
    "/journeys/attribution": "outcome=order&lookback=7d",
    "/journeys/next": "so_far=ad&within=7d",
}
"""Every page, with choices of its own."""
ASKED = {
    "/journeys/paths": {"start": "ad", "steps": "3"},
    "/journeys/variants": {"level": "channel", "outcome": "order"},
    "/journeys/funnel": {"steps": "order", "within": "P7D"},
    "/journeys/funnel/dropouts": {"steps": "order", "at": "1", "within": "P7D"},
    "/journeys/customers": {"who": "plan=pro"},
    "/journeys/retention": {"by": "week", "comes_back": "order"},
    "/journeys/stages": {"by": "week"},
    "/journeys/comparison": {"who_a": "plan=pro"},
    "/journeys/conformance": {"steps": "product", "outcome": "order"},
    "/journeys/types": {"outcome": "order"},
    "/journeys/attribution": {"outcome": "order", "lookback": "P7D"},
    "/journeys/next": {"so_far": "ad", "within": "P7D"},
}
"""What the file of a page is asked with, of several values the last."""
LISTS = {"/journeys/customers", "/journeys/funnel/dropouts"}
IN_GROUPS = sorted(set(OWN_CHOICES) - LISTS - {"/journeys/comparison"})
"""Pages that compare groups. Comparison is of groups already, and who is listed is not counted."""


@pytest.fixture(scope="module")
def shop_of_two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """Sixty customers over six weeks; the pro, who began in the shop, nearly all order, of the free few."""
    shop = Shop(tmp_path_factory.mktemp("two"))
    for i in range(60):
        plan, day = ("pro", "free")[i % 2], 7.0 * (i % 6)
        way: list[Any] = [(day, "ad" if plan == "free" else "product"), (day + 1, "ad"), (day + 2, "product")]
        way += [(day + 3, "order"), (day + 4, "delivery")] if plan == "pro" or i % 10 == 1 else []
        shop.visits(f"c{i}", *way, *([(day + 9, "answer", 20.0)] if i % 3 else []))
    shop.tell({f"c{i}": {"plan": ("pro", "free")[i % 2], "address": f"Way {i}"} for i in range(60)})
    shop.refreshed()
    yield shop
    shop.close()


@pytest.fixture(scope="module")
def client(shop_of_two: Shop) -> TestClient:
    entrance.log_in_attempts.__init__(most=5, within=entrance.log_in_attempts.within)  # type: ignore[misc]
    entrance.address_attempts.__init__(most=50, within=entrance.address_attempts.within)  # type: ignore[misc]
    app = create_app(shop_of_two.workspace, routers=PAGES, api=[API])
    browser = TestClient(app, base_url="http://127.0.0.1:8000", follow_redirects=False)
    assert post(browser, "/setup", {**ADMIN, "language": "en"}).status_code == 303
    return browser


def files(page: str) -> dict[str, str]:
    """The addresses of the files that a page offers, by their form."""
    found = re.findall(r'href="(/api/v1/[^"]*\.(csv|parquet)[^"]*)" download', page)
    return {form: unescape(address) for address, form in found}


def rows_of(page: str) -> dict[str, tuple[str, str]]:
    """Of each group its address and what is said of it."""
    table = page.split('class="groups')[1].split("</table>")[0]
    found = {}
    for row in table.split("<tr")[2:]:
        name = re.findall(r'<td class="main">(?:<a href="([^"]*)">)?([^<]*)', row)[0]
        found[name[1].strip()] = unescape(name[0]), " ".join(re.sub("<[^>]+>", " ", f"<tr{row}").split())
    return found


def staged(page: str) -> int:
    """How many are in a stage, on the page of stages."""
    return sum(int(n) for n in re.findall(r'class="stage-now"><b>(\d+)', page))


def test_no_page_is_forgotten() -> None:
    tabs = {item.path for item in navigation.items(section="analyses", role="admin")} - {BOARD}
    assert tabs < set(OWN_CHOICES)


@pytest.mark.parametrize(("path", "own"), OWN_CHOICES.items())
def test_what_one_sees_is_saved_and_taken_away(client: TestClient, path: str, own: str) -> None:
    answered = client.get(f"{path}?{own}&channel=&source=Verkkokauppa")
    assert answered.status_code == 200
    page = answered.text
    assert 'action="/journeys/saved"' in page
    assert " data-answer" in page
    assert 'id="as-python"' in page
    for address in files(page)["csv"], files(page)["parquet"]:
        assert client.get(address).status_code == 200
    asked = dict(parse_qsl(urlsplit(files(page)["csv"]).query))
    assert asked.items() >= ({"source": "Verkkokauppa"} | ASKED.get(path, {})).items()


@pytest.mark.parametrize("path", IN_GROUPS)
def test_groups_stand_beside_each_other_and_one_is_looked_at_alone(client: TestClient, path: str) -> None:
    page = client.get(f"{path}?{OWN_CHOICES[path]}&breakdown=plan").text
    assert '<option value="plan" selected>' in page
    rows = rows_of(page)
    assert set(rows) == {"All together", "pro", "free"}
    assert rows["All together"][0] == ""
    assert re.search(r"\d(\.\d%)? ±\d+.* n 30|n 30 .*\d(\.\d%)? ±\d+", rows["pro"][1])
    assert "breakdown=plan" in files(page)["csv"]
    assert client.get(files(page)["csv"]).text.startswith('\ufeff"group"')
    alone = client.get(rows["pro"][0])
    assert alone.status_code == 200
    assert 'class="groups' not in alone.text
    kept = parse_qsl(urlsplit(rows["pro"][0]).query)
    assert set(kept) == {*parse_qsl(OWN_CHOICES[path]), ("who", "plan=pro")}


@pytest.mark.parametrize("path", sorted(set(OWN_CHOICES) - set(IN_GROUPS)))
def test_where_groups_have_no_numbers_none_are_offered(client: TestClient, path: str) -> None:
    assert '<select name="breakdown"' not in client.get(f"{path}?{OWN_CHOICES[path]}").text


def test_a_group_that_differs_is_said_and_marked(client: TestClient) -> None:
    page = client.get("/journeys/funnel?step=ad&step=order&breakdown=plan").text
    assert "differs most. Get through: " in page
    assert "100.0%, of the others 20.0%, 80.0" in page or "20.0%, of the others 100.0%, 80.0" in page
    assert page.count("▲ +80.0") == page.count("▼ −80.0") == 1
    told = client.get("/api/v1/journeys/funnel?steps=ad,order&breakdown=plan").json()["differences"]
    assert [d["group"] for d in told if d["is_clear"]] == ["free", "pro"]


@pytest.mark.parametrize("by", ["first:channel", "first:touchpoint", "first:source", "first:month"])
def test_groups_by_how_it_began_are_looked_at_alone_too(client: TestClient, by: str) -> None:
    rows = rows_of(client.get(f"/journeys/stages?breakdown={by}").text)
    del rows["All together"]
    assert sum(staged(client.get(address).text) for address, _ in rows.values()) == 60
    for address, said in rows.values():
        assert f" n {staged(client.get(address).text)} " in said


def test_traits_that_are_of_one_customer_each_are_not_offered(client: TestClient) -> None:
    offered = client.get("/journeys/stages").text.split('name="breakdown"')[1].split("</select>")[0]
    assert 'value="plan"' in offered
    assert 'value="address"' not in offered
    assert 'value="first:month"' in offered


def test_the_rest_is_a_group_that_can_be_looked_at(client: TestClient) -> None:
    rows = rows_of(client.get("/journeys/stages?breakdown=address").text)
    assert len(rows) == 1 + 12 + 1
    assert staged(client.get(rows["Other groups"][0]).text) == 48


def test_a_trait_that_nobody_has_says_which_there_are(client: TestClient) -> None:
    answered = client.get("/journeys/stages?breakdown=plann")
    assert answered.status_code == 400
    assert "Did you mean &#39;plan&#39;?" in answered.text


def test_nobody_with_a_trait_is_no_table(client: TestClient) -> None:
    page = client.get("/journeys/stages?breakdown=plan&who=!plan").text
    assert 'class="groups' not in page


def test_types_of_a_part_say_of_how_many_they_are_told(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "told of all." in client.get("/journeys/types?types=2").text
    monkeypatch.setattr(types, "COUNTED", 30)
    page = " ".join(unescape(client.get("/journeys/types?types=2&since=2020-01-01").text).split())
    told = re.search(r"Types were made of 60 paths; of all 60, (\d+) chosen by lot were told theirs\.", page)
    assert told
    assert 10 < int(told[1]) < 50
