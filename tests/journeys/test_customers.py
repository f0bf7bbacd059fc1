"""Customers of any choice as a list: found by a slow obvious Python too, told by the query and on pages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from polku.journeys.asking.newest import NewestQuestion
from polku.journeys.asking.scope import Scope
from polku.journeys.customers.customers import Active
from polku.journeys.customers.queries import JourneyCustomers
from polku.journeys.pages import PAGES
from polku.store import Block
from polku.web import entrance
from polku.web.app import create_app
from tests.journeys.journeys_of import Event, ask, block_of, journeys_given, of
from tests.journeys.shop import API, START, Shop
from tests.web.conftest import ADMIN, post

AB = Scope((1, 2), 5, 40)


def test_those_who_met_anything_in_the_period_come_newest_first() -> None:
    journeys = [of((6, 1), (50, 1)), of((4, 1)), of((7, 3)), of((10, 3), (20, 2), (30, 3)), of((20, 1)), of()]
    found = ask(NewestQuestion(Active(AB), 2), block_of(journeys))
    assert (found.total, found.profiles.tolist(), found.when.tolist()) == (3, [4, 5], [20, 20])
    assert [one.profile for one in found.listed] == [f"{4:016x}", f"{5:016x}"]
    nobody = ask(NewestQuestion(Active(AB), 2), Block.empty())
    assert (nobody.total, nobody.listed) == (0, ())


@settings(max_examples=100, deadline=None)
@given(journeys_given, st.integers(0, 7), st.integers(1, 4))
def test_they_are_those_whom_python_finds(journeys: list[list[Event]], cut: int, most: int) -> None:
    last = {}
    for n, journey in enumerate(journeys, start=1):
        times = [t for t, k, _, _ in journey if k in AB.codes and AB.low <= t < AB.high]
        if times:
            last[n] = max(times)
    order = sorted(last, key=lambda n: (-last[n], n))[:most]
    whole, n = block_of(journeys), min(cut, len(journeys))
    parts = [whole.choose(np.arange(n)), whole.choose(np.arange(n, len(journeys)))]
    for blocks in ([whole], parts, parts[::-1]):
        found = ask(NewestQuestion(Active(AB), most), *blocks)
        assert found.total == len(last)
        assert (found.profiles.tolist(), found.when.tolist()) == (order, [last[n] for n in order])


def test_of_many_at_the_same_moment_it_is_the_same_ones_in_any_order_of_blocks() -> None:
    block = block_of([of((6 + i % 2, 1)) for i in range(40)])
    parts = [block.choose(np.arange(i, 40, 4)) for i in range(4)]
    whole = ask(NewestQuestion(Active(AB), 7), block)
    assert whole.profiles.tolist() == [2, 4, 6, 8, 10, 12, 14]
    for blocks in (parts, parts[::-1], parts[2:] + parts[:2]):
        assert ask(NewestQuestion(Active(AB), 7), *blocks).profiles.tolist() == whole.profiles.tolist()


@pytest.fixture(scope="module")
def plans(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """Thirty customers, twelve of them pro; one in three came by an advertisement, the last ones in another month."""
    shop = Shop(tmp_path_factory.mktemp("plans"))
    for i in range(30):
        shop.visits(f"c{i}", (i, "ad" if i % 3 == 0 else "product"), (i + 0.5, "cart"))
    shop.tell({f"c{i}": {"plan": "pro" if i < 12 else "free"} for i in range(30)})
    shop.refreshed()
    yield shop
    shop.close()


@pytest.fixture(scope="module")
def client(plans: Shop) -> TestClient:
    entrance.log_in_attempts.__init__(most=5, within=entrance.log_in_attempts.within)  # type: ignore[misc]
    entrance.address_attempts.__init__(most=50, within=entrance.address_attempts.within)  # type: ignore[misc]
    app = create_app(plans.workspace, routers=PAGES, api=[API])
    browser = TestClient(app, base_url="http://127.0.0.1:8000", follow_redirects=False)
    assert post(browser, "/setup", {**ADMIN, "language": "en"}).status_code == 303
    return browser


def listed_on(page: str) -> list[str]:
    return re.findall(r'<td class="main"><a href="/profiles/[0-9a-f]{16}">(\w+)</a>', page)


def test_the_query_tells_how_many_and_who(plans: Shop) -> None:
    told = JourneyCustomers(who=["plan=pro"], top=3).answer(plans.workspace)
    assert (told.total, len(told.customers)) == (12, 3)
    assert [c.at for c in told.customers] == [START + timedelta(days=d + 0.5) for d in (11, 10, 9)]
    by_ad = JourneyCustomers(who=["plan=pro"], channel="ad").answer(plans.workspace)
    assert [c.at for c in by_ad.customers] == [START + timedelta(days=d) for d in (9, 6, 3, 0)]
    early = JourneyCustomers.of({"until": (START + timedelta(days=4)).date()}).answer(plans.workspace)
    assert early.total == 5
    groups = JourneyCustomers(breakdown="plan").answer(plans.workspace)
    assert [(g.key, one.total) for g, one in zip(groups.breakdown, groups.each, strict=True)] == [
        ("free", 18),
        ("pro", 12),
    ]


def test_the_number_of_those_chosen_leads_to_them(client: TestClient) -> None:
    page = client.get("/journeys/map?who=plan%3Dpro&channel=ad").text
    ((address, said),) = re.findall(r'href="(/journeys/customers[^"]*)">([^<]*)</a>', page)
    assert said == "4 customers"
    listed = client.get(unescape(address)).text
    assert listed_on(listed) == ["c9", "c6", "c3", "c0"]
    assert '<p class="says">4 customers: plan is pro.' in listed
    assert 'href="/journeys/paths?channel=ad&amp;who=plan%3Dpro"' in listed
    assert "/journeys/customers" not in client.get("/journeys/map").text


def test_the_number_of_each_group_leads_to_them(client: TestClient) -> None:
    page = client.get("/journeys/stages?breakdown=plan&channel=web&who=met:cart").text
    found = re.findall(r'class="those" href="([^"]*)"><span class="unseen">([^<]*): </span>([^<]*)<', page)
    assert [f[1:] for f in found] == [
        ("All together", "30 customers"),
        ("free", "18 customers"),
        ("pro", "12 customers"),
    ]
    for address, name, said in found:
        assert "breakdown" not in address
        listed = client.get(unescape(address)).text
        assert listed.split('<p class="says">')[1].startswith(f"{said}: Cart has been met")
        assert (f"plan is {name}" in listed) == (name != "All together")
        assert f"{len(listed_on(listed))} customers" == said


def test_the_list_is_paged_and_its_pages_are_sent_alone(client: TestClient) -> None:
    asked = "/journeys/customers?who=plan%3Dfree&size=7"
    assert len(listed_on(client.get(asked).text)) == 7
    part = client.get(f"{asked}&page=3", headers={"HX-Request": "true", "HX-Target": "listed-customers"}).text
    assert listed_on(part) == ["c15", "c14", "c13", "c12"]
    assert "<html" not in part
    assert "15–18 / 18" in part


def test_without_a_condition_everyone_is_listed(client: TestClient) -> None:
    assert "30 customers have met a touchpoint." in client.get("/journeys/customers").text


def test_nobody_and_what_cannot_be_asked(client: TestClient) -> None:
    nobody = client.get("/journeys/customers?who=plan%3Dteam").text
    assert "Nothing to show with these choices" in nobody
    answered = client.get("/journeys/customers?who=plann%3Dpro")
    assert answered.status_code == 400
    assert "Did you mean &#39;plan&#39;?" in answered.text
    assert client.get("/journeys/customers?page=0").status_code == 400
