"""The comparison on its page, over HTTP."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from polku.journeys.comparison import pages
from polku.web.app import create_app
from tests.journeys.conftest import post
from tests.journeys.shop import API, Shop
from tests.web.conftest import ADMIN

PAGE = "/journeys/comparison"
GROUPS = f"{PAGE}?by=groups&who_a=plan%3Dpro&since=2026-03-01&until=2026-03-31"
PERIODS = f"{PAGE}?since=2026-04-01&until=2026-04-30&since_b=2026-03-01&until_b=2026-03-31"


def visitor(shop: Shop) -> TestClient:
    app = create_app(shop.workspace, routers=(pages.router,), api=[API])
    client = TestClient(app, base_url="http://127.0.0.1:8000", follow_redirects=False)
    assert post(client, "/setup", {**ADMIN, "language": "en"}).status_code == 303
    return client


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """Forty customers with an ad in March, half of them pro, who also have the cart; all order in April."""
    shop = Shop(tmp_path_factory.mktemp("compared"))
    for i in range(40):
        shop.visits(f"c{i}", (0, "ad"), *([(1, "cart")] if i < 20 else []), (32, "ad"), (33, "order"))
    shop.tell({f"c{i}": {"plan": "pro" if i < 20 else "free", "email": f"c{i}@x.fi"} for i in range(40)})
    shop.refreshed()
    yield visitor(shop)
    shop.close()


def test_groups_say_first_what_differs_most(client: TestClient) -> None:
    page = client.get(GROUPS).text
    says = page.split('class="says">')[1].split("</p>")[0]
    assert says.startswith("Cart differs most for sure: 100.0%\u00a0±\u00a08.1 (plan: pro), 0.0%")
    assert says.endswith("Of 5 differences tested, 4 are clear.")
    assert page.index('class="says"') < page.index('class="compared-wide"') < page.index("<table>")
    assert page.count('class="tag sure"') == 4
    assert "Advertisement → Cart" in page.split('id="whole-paths"')[1]
    assert "Show one more, which may be chance" in page
    assert 'value="plan=pro" selected' in page


def test_what_may_be_chosen_is_what_is_known(client: TestClient) -> None:
    form = client.get(f"{PAGE}?by=groups").text
    assert "Which customers?" in form
    assert '<option value="plan=free">free</option>' in form
    assert '<option value="!met:cart">Cart</option>' in form
    assert "c0@x.fi" not in form  # forty addresses are no groups


def test_conditions_of_ones_own_stand_beside(client: TestClient) -> None:
    page = client.get(f"{PAGE}?by=groups&who_a=plan%3Dpro&who_a=met:ad,email~c1&who_b=plan%3Dfree").text
    assert 'value="met:ad,email~c1"' in page
    assert "plan: pro, met Advertisement, email contains c1" in page
    assert "Left out, as the groups are made by it: Advertisement." in page


def test_periods_are_compared_with_the_time_before_or_days_of_ones_own(client: TestClient) -> None:
    page = client.get(PERIODS).text
    assert "Order differs most for sure" in page
    assert "40 customers are in both periods, which is allowed for." in page
    assert "1 Mar 2026–31 Mar 2026" in page
    before = client.get(f"{PAGE}?since=2026-04-01&until=2026-04-30").text
    assert "2 Mar 2026–31 Mar 2026" in before or "fewer than five" in before
    assert 'value="30" selected' in client.get(PAGE).text


def test_alike_groups_differ_in_nothing(client: TestClient) -> None:
    page = client.get(f"{PAGE}?by=groups&who_a=plan%3Dpro&since=2026-04-01").text
    assert "Nothing differs beyond chance: 4 differences were tested, and none is clear." in page
    assert 'class="tag sure"' not in page


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("by=groups&who_a=plan%3Dpro&who_b=plan%3Dpro", "Nobody to compare with"),
        ("since=2020-01-01&until=2020-01-31", "Nobody to compare with"),
    ],
)
def test_nobody_to_compare(client: TestClient, query: str, says: str) -> None:
    page = client.get(f"{PAGE}?{query}")
    assert page.status_code == 200
    assert says in page.text
    assert '<svg class="compared' not in page.text


@pytest.mark.parametrize(
    "query",
    [
        "since_b=yesterday",
        "who_a==",
        "who_a=shoe%3D3",
        "since=2026-03-01&since_b=2026-03-02",
        "who_a=met:crat",
    ],
)
def test_choices_that_cannot_be(client: TestClient, query: str) -> None:
    assert client.get(f"{PAGE}?{query}").status_code in (400, 404)


def test_a_name_is_not_markup(shop: Shop) -> None:
    for i in range(12):
        shop.visits(f"c{i}", (0, "ad"), *([(1, "cart")] if i < 6 else []))
    shop.tell({f"c{i}": {"<b>plan": "<i>pro" if i < 6 else "free"} for i in range(12)})
    shop.refreshed()
    page = visitor(shop).get(f"{PAGE}?by=groups&who_a=%3Cb%3Eplan%3D%3Ci%3Epro").text
    assert "<i>pro" not in page
    page = visitor_again(shop).get(f"{PAGE}?by=groups&who_a=met:cart&who=met:ad").text
    assert "<b>plan" not in page


def visitor_again(shop: Shop) -> TestClient:
    app = create_app(shop.workspace, routers=(pages.router,), api=[])
    client = TestClient(app, base_url="http://127.0.0.1:8000", follow_redirects=False)
    post(client, "/login", {"email": ADMIN["email"], "password": ADMIN["password"]})
    return client


def test_an_empty_folder_says_how_to_begin(shop: Shop) -> None:
    page = visitor(shop).get(PAGE).text
    assert 'href="/sources/new"' in page


def test_api_answers_like_the_query(client: TestClient) -> None:
    told = client.get("/api/v1/journeys/compare", params={"who_a": "plan=pro", "since": "2026-03-01"}).json()
    assert told["a"]["profiles"] == 20
    assert told["touchpoints"][0]["touchpoint"]["key"] == "cart"
    assert set(told["touchpoints"][0]["difference"]) == {"estimate", "low", "high", "n", "reason"}
    file = client.get(
        "/api/v1/journeys/compare.csv", params={"who_a": "plan=pro", "table": "transitions"}
    ).text
    assert file.removeprefix("\ufeff").startswith('"came",')


@pytest.mark.parametrize(
    ("condition", "those", "name"),
    [
        ("plan=pro", 20, "plan: pro"),
        ("plan!=pro", 20, "plan is not pro"),
        ("!plan", 0, ""),
        ("email~c1", 11, "email contains c1"),
        ("met:cart", 20, "met Cart"),
        ("!met:cart", 20, "did not meet Cart"),
        ("!met:ad[value>1]", 40, ""),
        ("funnel:ad>cart>order:3", 20, "Advertisement → Cart → Order"),
        ("!funnel:ad>cart>order:3", 20, "Not: "),
        ("first:channel=ad", 40, ""),
        ("first:touchpoint=cart", 0, ""),
    ],
)
def test_a_group_is_whatever_a_condition_says_and_so_are_the_others(
    client: TestClient, condition: str, those: int, name: str
) -> None:
    for asked in ({"who_a": condition}, {"who_a": "plan", "who_b": condition}):
        answered = client.get(PAGE, params={"by": "groups", **asked})
        assert answered.status_code == 200
        told = client.get("/api/v1/journeys/compare", params=asked).json()
        if "who_b" in asked:
            assert told["b"]["profiles"] + told["in_both"] == those
            continue
        assert (told["a"]["profiles"], told["b"]["profiles"]) == (those, 40 - those)
        assert told["b"]["others"]
        assert (name in answered.text.replace("&gt;", ">")) == (0 < those < 40) or not name


def test_how_customers_began_may_be_chosen(client: TestClient) -> None:
    page = client.get(f"{PAGE}?by=groups&who_a=first%3Achannel%3Dad&who_b=plan%3Dpro").text
    assert '<option value="first:channel=ad" selected>Advertisement</option>' in page
