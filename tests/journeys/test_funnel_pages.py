"""The page on which a funnel is built, and that of those who dropped out."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import QueryParams
from starlette.testclient import TestClient

from polku.journeys.funnel import form
from polku.journeys.funnel.steps import read
from polku.journeys.touchpoints.catalogue import Catalogue, Touchpoint
from tests.journeys.shop import TOUCHPOINTS, Shop
from tests.journeys.test_journey_pages import visitor

CATALOGUE = Catalogue((), tuple(Touchpoint(i, *t) for i, t in enumerate(TOUCHPOINTS, start=1)))


@pytest.fixture(scope="module")
def client(busy_shop: Shop) -> TestClient:
    return visitor(busy_shop)


def steps_in(address: str) -> list[str]:
    return [value for name, value in parse_qsl(urlsplit(address).query) if name == "step"]


# -- the form


@pytest.mark.parametrize(
    ("sent", "steps"),
    [
        ("touchpoint-1=ad&touchpoint-2=cart&touchpoint-3=", ["ad", "cart"]),
        ("touchpoint-2=cart&touchpoint-10=order&touchpoint-1=ad", ["ad", "cart", "order"]),
        ("touchpoint-1=ad&touchpoint-1=product&touchpoint-1=&touchpoint-1=ad", ["ad|product"]),
        (
            "touchpoint-1=ad&touchpoint-2=cart&without-2=order&without-2=answer&without-2=",
            ["ad", "!order|answer", "cart"],
        ),
        ("touchpoint-1=ad&without-1=order", ["ad"]),  # nothing comes before the first step
        ("touchpoint-1=&without-1=order&touchpoint-2=cart", ["cart"]),
        ("touchpoint-1=order&property-1=value&way-1=>&value-1=100", ["order[value>100]"]),
        (
            "touchpoint-1=order&touchpoint-1=cart&property-1=a&way-1=!=&value-1=b+%26+c&property-1=d&way-1=!&value-1=",
            ['order[a!="b & c"&!d]|cart[a!="b & c"&!d]'],
        ),
        ("touchpoint-1=order&property-1=value&way-1=>&value-1=much", ["order"]),  # not whole yet
        ("touchpoint-1=order&property-1=value&way-1==&value-1=", ["order"]),
        ("touchpoint-1=order&property-1=&way-1==&value-1=3", ["order"]),
        ("touchpoint-1=order&property-1=a&way-1=met&value-1=3", ["order"]),
        (
            "touchpoint-1=ad&text-2=!order[value>3],cart|order[a=b]",
            ["ad", "!order[value>3]", "cart|order[a=b]"],
        ),
        ("touchpoint-1=ad&touchpoint-2=cart&without-2=order&do=up-2", ["cart", "ad"]),
        ("touchpoint-1=ad&touchpoint-2=cart&touchpoint-3=order&do=down-1", ["cart", "ad", "order"]),
        ("touchpoint-1=ad&touchpoint-2=cart&touchpoint-3=order&do=remove-2", ["ad", "order"]),
        ("touchpoint-1=ad&touchpoint-2=cart&do=down-2", ["ad", "cart"]),
        ("touchpoint-1=ad&touchpoint-2=cart&do=up-9", ["ad", "cart"]),
    ],
)
def test_fields_become_steps(sent: str, steps: list[str]) -> None:
    given_ = QueryParams(sent.replace("!=", "%21%3D").replace("==", "=%3D"))
    assert form.is_sent(given_)
    assert form.texts_of(given_) == steps


def test_an_address_of_steps_is_not_one_of_the_form() -> None:
    assert not form.is_sent(QueryParams("step=ad&within=30d&open=2"))


keys = [t[0] for t in TOUCHPOINTS]
conditions = st.lists(
    st.sampled_from(["value>100", "value<=3", "a=b", "a!=b", "x~y", "z", "!z", '"a b"="c, d"']),
    max_size=2,
    unique=True,
)


@st.composite
def plain_step(draw: st.DrawFn) -> list[str]:
    inner = "&".join(draw(conditions))
    any_of = draw(st.lists(st.sampled_from(keys), min_size=1, max_size=3, unique=True))
    without = draw(st.lists(st.sampled_from(keys), max_size=2, unique=True))
    step = "|".join(f"{k}[{inner}]" if inner else k for k in any_of)
    return [f"!{'|'.join(without)}", step] if without else [step]


@given(st.lists(plain_step() | st.just(["!ad[z]", "cart|order[z]"]), min_size=1, max_size=4))
def test_what_the_form_shows_is_what_it_sends(several: list[list[str]]) -> None:
    texts = [several[0][-1], *(t for step in several[1:] for t in step)]
    steps = read(texts, CATALOGUE)
    sent: list[tuple[str, str]] = []
    for n, fields in enumerate(form.form_of(steps, CATALOGUE), start=1):
        sent += [(f"touchpoint-{n}", t) for t in (*fields.touchpoints, "")]
        sent += [(f"without-{n}", t) for t in (*fields.without, "")]
        for c in (*fields.conditions, form.Condition("", "=", "")):
            sent += [(f"property-{n}", c.property), (f"way-{n}", c.way), (f"value-{n}", c.value)]
        sent += [(f"text-{n}", fields.text)] if fields.text else []
    assert read(form.texts_of(QueryParams(sent)), CATALOGUE) == steps


# -- the page


def test_the_page_begins_with_the_usual_funnel(client: TestClient) -> None:
    page = client.get("/journeys/funnel").text
    assert "<h1>Suppilo</h1>" in page
    assert "pääsee kaikkien 4 vaiheen läpi" in page
    assert re.findall(r'<select name="touchpoint-\d" id="step-(\w+)"', page) == ["1", "2", "3", "4", "new"]


def test_links_to_where_the_funnel_was_still_work(client: TestClient) -> None:
    moved = client.get("/journeys/paths?step=product&step=cart&within=1d")
    assert (moved.status_code, moved.headers["location"]) == (
        303,
        "/journeys/funnel?step=product&step=cart&within=1d",
    )
    assert "pääsee kaikkien 2 vaiheen läpi" in client.get(moved.headers["location"]).text
    assert "Mikä seuraa mitäkin" in client.get("/journeys/paths").text


def test_what_is_sent_becomes_an_address_to_keep(client: TestClient) -> None:
    sent = (
        "period=&channel=web&who=met%3Aad&touchpoint-1=product&touchpoint-2=cart&without-2=order"
        "&touchpoint-3=&within=7d&between=1d&by=week&breakdown=first:source&open=2"
    )
    moved = client.get(f"/journeys/funnel?{sent}")
    assert moved.status_code == 303
    address = moved.headers["location"]
    assert steps_in(address) == ["product", "!order", "cart"]
    assert dict(parse_qsl(urlsplit(address).query)) == {
        "channel": "web", "who": "met:ad", "step": "cart", "within": "7d", "between": "1d", "by": "week",
        "breakdown": "first:source", "open": "2",
    }  # fmt: skip
    page = client.get(address).text
    assert "välissä ei saa olla: Tilaus" in page
    assert page.count(" open hx-get") == 1


def test_steps_may_be_written_as_text(client: TestClient) -> None:
    page = client.get("/journeys/funnel", params={"steps": "ad|product, !answer, order[value>1]|cart"}).text
    assert 'name="text-2" value="!answer,order[value&gt;1]|cart"' in page
    assert "Tilaus (value &gt; 1) / Ostoskori" in page


@pytest.mark.parametrize(
    ("steps", "status", "says"),
    [
        ("product,crat", 404, "Kosketuspistettä ”crat” ei ole. Tarkoititko: ”cart”?"),
        ("product,cart[value>x]", 400, "”x” ei ole luku"),
        ("!product,cart", 400, "on ennen ensimmäistä vaihetta"),
    ],
)
def test_steps_that_cannot_be_read_are_told_where_they_can_be_mended(
    client: TestClient, steps: str, status: int, says: str
) -> None:
    answer = client.get("/journeys/funnel", params={"steps": steps})
    assert answer.status_code == status
    assert says in answer.text
    assert f'name="steps" value="{", ".join(steps.split(","))}"'.replace(">", "&gt;") in answer.text


def test_an_empty_folder_says_how_to_begin(shop: Shop) -> None:
    assert 'href="/sources/new"' in visitor(shop).get("/journeys/funnel").text


def test_groups_are_compared_in_words(shop: Shop) -> None:
    for i in range(60):
        plan = ("pro", "free", "trial")[i % 3]
        shop.visits(f"c{i}", (0, "cart"), *([(1, "order")] if plan == "pro" or i % 4 == 0 else []))
        shop.tells(f"c{i}", plan=plan)
    shop.refreshed()
    browser = visitor(shop)
    page = browser.get("/journeys/funnel?step=cart&step=order&breakdown=plan").text
    assert "Eniten eroaa pro. Pääsee läpi: 100,0\u202f%" in page
    assert (page.count("▲ +"), page.count("▼ −")) == (1, 2)
    assert "who=plan%3Dpro" in page
    by_first = browser.get("/journeys/funnel?step=cart&step=order&breakdown=first:touchpoint").text
    assert re.search(
        r'<td class="main"><a href="[^"]*who=first%3Atouchpoint%3Dcart[^"]*">Ostoskori</a>', by_first
    )


def test_too_few_to_tell_anything(shop: Shop) -> None:
    shop.visits("a", (0, "cart"), (1, "order"))
    shop.tells("a", plan="pro")
    shop.refreshed()
    page = visitor(shop).get("/journeys/funnel?step=cart&step=order&breakdown=plan").text
    assert "Aloittaneita on liian vähän" in page
    assert "Kauanko se kestää" not in page
    assert "liian vähän kerrottavaksi" in page


def test_those_lost_are_linked_to_and_listed(client: TestClient) -> None:
    page = client.get("/journeys/funnel?step=ad&step=product&step=cart&within=30d").text
    address = re.findall(r'href="(/journeys/funnel/dropouts[^"]*)">4 jäi pois', page)[0].replace("&amp;", "&")
    listed = client.get(address).text
    assert "<h1>Pois jääneet</h1>" in listed
    assert "4 asiakasta pääsi vaiheeseen Tuotesivu mutta ei vaiheeseen Ostoskori." in listed
    names = re.findall(r'<td class="main"><a href="/profiles/[0-9a-f]{16}">(\w+)</a>', listed)
    assert names == ["c9", "c8", "c7", "c6"]
    assert "funnel:ad&gt;product&gt;cart:2:30d" in listed
    assert 'href="/journeys/map?who=funnel%3Aad%3Eproduct%3Ecart%3A2%3A30d"' in listed
    assert "4 asiakasta" in client.get("/journeys/map?who=funnel:ad>product>cart:2:30d").text


def test_dropouts_are_paged(client: TestClient) -> None:
    asked = "/journeys/funnel/dropouts?step=ad&step=product&step=cart&at=2&size=3"
    assert client.get(f"{asked}&page=1").text.count('<td class="main">') == 3
    second = client.get(f"{asked}&page=2").text
    assert second.count('<td class="main">') == 1
    assert "4–4 / 4" in second


def test_those_who_get_through_are_listed_too(client: TestClient) -> None:
    page = client.get("/journeys/funnel/dropouts?step=ad&step=cart&at=2").text
    assert "<h1>Läpi päässeet</h1>" in page
    assert "6 asiakasta pääsi läpi." in page


def test_nobody_dropped_out(client: TestClient) -> None:
    assert "Kukaan ei jäänyt tähän." in client.get("/journeys/funnel/dropouts?step=ad&step=product&at=1").text


@pytest.mark.parametrize("query", ["step=ad&at=2", "step=ad&at=0", "step=ad&at=x", "at=1", "step=crat&at=1"])
def test_dropouts_that_cannot_be(client: TestClient, query: str) -> None:
    assert client.get(f"/journeys/funnel/dropouts?{query}").status_code in (400, 404)


def test_properties_of_a_touchpoint_are_suggested(shop: Shop) -> None:
    shop.does("a", 0, "order", 20.0, category="shoes", size={"eu": 43}, empty=None)
    shop.does("b", 0, "order", 20.0, category="hats")
    shop.refreshed()
    options = visitor(shop).get("/journeys/funnel/properties?touchpoint=order").text
    assert re.findall(r'value="([^"]*)"', options) == ["value", "category", "size.eu"]
