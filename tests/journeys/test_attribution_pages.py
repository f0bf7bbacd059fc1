"""Who earns, and what comes next: from words to answers and pages, over a shop with prices."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pyarrow as pa
import pytest
from starlette.testclient import TestClient

from polku.errors import InvalidInput, UnknownTouchpoint
from polku.i18n import use_language
from polku.journeys.attribution import headline
from polku.journeys.attribution import pages as attribution_pages
from polku.journeys.attribution.queries import JourneyAttribution
from polku.journeys.attribution.results import AttributionOfJourneys
from polku.journeys.attribution.telling import disagreement, sides_of
from polku.journeys.next import pages as next_pages
from polku.journeys.next.queries import JourneyNext
from polku.journeys.paths import pages as path_pages
from polku.stats import Estimate
from polku.store import INCOMING
from polku.web import entrance
from polku.web.app import create_app
from tests.journeys.shop import API, START, Shop
from tests.web.conftest import ADMIN, post

CUSTOMERS = 120


def buys(shop: Shop, customer: str, *events: tuple[float, str, float | None]) -> None:
    """Events of a customer: days after START, the touchpoint's key, what it is worth."""
    rows = [
        {
            "source": shop.source,
            "event_id": f"{customer}-{n}",
            "type": 1,
            "name": name,
            "received_at": START,
            "occurred_at": START + timedelta(days=day),
            "user_id": customer,
            "value": value,
        }
        for n, (day, name, value) in enumerate(events)
    ]
    shop.workspace.store.append(pa.Table.from_pylist(rows, INCOMING))


@pytest.fixture(scope="module")
def priced(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """All see the ad, then the product; every other puts it in the cart and buys, for 100 or, the tenth, for 1,000.
    Every third buys once more a year later, having seen nothing. They begin day by day."""
    shop = Shop(tmp_path_factory.mktemp("priced"))
    for i in range(CUSTOMERS):
        way: list[Any] = [(i, "ad", None), (i + 1, "product", None)]
        if i % 2 == 0:
            way += [(i + 2, "cart", None), (i + 3, "order", 1_000.0 if i % 10 == 0 else 100.0)]
        if i % 3 == 0:
            way += [(i + 400, "order", 50.0)]
        buys(shop, f"c{i}", *way)
    shop.refreshed()
    yield shop
    shop.close()


def attributed(shop: Shop, **asked: Any) -> AttributionOfJourneys:
    return JourneyAttribution.of({"outcome": "order", **asked}).answer(shop.workspace)


def shares(answer: AttributionOfJourneys, model: str) -> dict[str, float | None]:
    found = {c.touchpoint.key: c.share.estimate for c in answer.credits if c.model == model}
    return {k: None if v is None else round(v, 6) for k, v in found.items()}


# -- who earns


def test_who_earns_by_touchpoint(priced: Shop) -> None:
    told = attributed(priced)
    assert (told.conversions, told.led, told.valued) == (100, 60, 100)
    assert (told.value, told.led_value) == (12 * 1_000 + 48 * 100 + 40 * 50, 12 * 1_000 + 48 * 100)
    assert {e.touchpoint.key: e.conversions for e in told.earners} == {"ad": 60, "product": 60}
    assert shares(told, "first") == {"ad": 1.0, "product": 0.0}
    assert shares(told, "last") == {"ad": 0.0, "product": 1.0}
    assert shares(told, "shapley") == shares(told, "markov1") == {"ad": 0.5, "product": 0.5}
    first = next(c for c in told.credits if c.model == "first" and c.touchpoint.key == "ad")
    assert (first.credited.estimate, first.money.estimate) == (60, 16_800)
    nothing = next(c for c in told.credits if c.model == "last" and c.touchpoint.key == "ad")
    assert nothing.share.high is not None
    assert 0.01 < nothing.share.high < 0.1  # what has not happened in sixty times might happen yet
    assert all(e.disagree for e in told.earners)
    assert "does not say what causes" in told.meaning


@pytest.mark.parametrize(
    ("asked", "earners", "conversions", "led"),
    [
        ({"among": "all"}, {"ad", "product", "cart"}, 100, 60),
        ({"touchpoints": "cart,Mainos"}, {"ad", "cart"}, 100, 60),
        ({"conversions": "first"}, {"ad", "product"}, 80, 60),
        ({"lookback": "2d"}, {"product"}, 100, 60),
        ({"lookback": "400d"}, {"ad", "product"}, 100, 80),
        ({"since": date(2026, 3, 20)}, {"ad", "product"}, 92, 52),  # paths from before the period count
        ({"until": date(2026, 3, 20)}, {"ad", "product"}, 9, 9),
        ({"channel": "ad"}, {"ad"}, 100, 60),
        ({"level": "channel"}, {"ad", "web"}, 100, 60),
    ],
)
def test_what_can_be_chosen(
    priced: Shop, asked: dict[str, Any], earners: set[str], conversions: int, led: int
) -> None:
    told = attributed(priced, **asked)
    assert {e.touchpoint.key for e in told.earners} == earners
    assert (told.conversions, told.led) == (conversions, led)


def test_a_channel_has_its_name_in_both_languages(priced: Shop) -> None:
    met = {e.touchpoint.key: e.touchpoint for e in attributed(priced, level="channel").earners}["web"]
    assert (met.name_fi, met.name_en, met.channel) == ("Verkko", "Web", "web")


def test_money_may_be_divided_otherwise(shop: Shop) -> None:
    """The ad brings few who pay much."""
    for i in range(40):
        buys(
            shop, f"a{i}", (0, "ad" if i < 10 else "product", None), (1, "order", 900.0 if i < 10 else 100.0)
        )
    shop.refreshed()
    told = attributed(shop)
    for model in told.models:
        of_ad = next(c for c in told.credits if c.model == model and c.touchpoint.key == "ad")
        assert of_ad.share.estimate == pytest.approx(0.25), model
        assert of_ad.money.estimate == pytest.approx(9_000), model


def test_each_group_by_itself(priced: Shop) -> None:
    told = attributed(priced, breakdown="first:channel")
    assert [(g.key, one.conversions) for g, one in zip(told.breakdown, told.each, strict=True)] == [
        ("ad", 100)
    ]
    nobody = attributed(priced, who=["!met:ad"])
    assert (nobody.conversions, nobody.reason, nobody.earners) == (0, "never_occurs", ())


def test_where_nobody_may_earn_it_is_told_what_to_do(priced: Shop) -> None:
    """In a log imported without stages all touchpoints are of one: others than the outcome's may not earn."""
    told = attributed(priced, touchpoints=["delivery"])
    assert (told.conversions, told.led, told.reason) == (100, 0, "nothing_before")
    says = headline.of_attribution(told, sides_of(told, money=False), "en")
    assert says.startswith("No touchpoint that may earn it comes before Order. Let all touchpoints earn")
    assert "<table>" in told._repr_html_()


def test_of_fewer_than_five_nothing_is_told(shop: Shop) -> None:
    for i in range(4):
        buys(shop, f"c{i}", (0, "ad", None), (1, "order", 10.0))
    shop.refreshed()
    told = attributed(shop)
    assert {(c.share.estimate, c.share.reason) for c in told.credits} == {(None, "too_few")}
    assert told.earners[0].least_by is None
    assert "too few" in headline.of_attribution(told, sides_of(told, money=False), "en")


def test_without_values_there_is_no_money(busy_shop: Shop) -> None:
    told = attributed(busy_shop)
    assert {c.money.reason for c in told.credits} == {"no_values"}
    assert {c.share.reason for c in told.credits} == {None}


@pytest.mark.parametrize(
    ("asked", "error", "says"),
    [
        ({"outcome": "oder"}, UnknownTouchpoint, "Did you mean 'order'"),
        ({"touchpoints": "crat"}, UnknownTouchpoint, "Did you mean 'cart'"),
        ({"touchpoints": "order"}, InvalidInput, "No touchpoint may earn 'order'"),
        ({"channel": "delivery", "outcome": "delivery"}, InvalidInput, "let all earn"),
        ({"lookback": "0d"}, InvalidInput, "longer than 0"),
        ({"half_life": "0s"}, InvalidInput, "longer than 0"),
        ({"conversions": "last"}, InvalidInput, "conversions"),
    ],
)
def test_what_cannot_be_asked_is_told(
    priced: Shop, asked: dict[str, Any], error: type[Exception], says: str
) -> None:
    with pytest.raises(error, match=says):
        attributed(priced, **asked)


def test_models_disagree_where_intervals_are_apart_and_one_is_much_less() -> None:
    def estimate(value: float, half: float) -> Estimate:
        return Estimate(value, value - half, value + half, 100)

    unknown = Estimate.unknown(3, "too_few")
    assert disagreement([estimate(0.3, 0.01), estimate(0.1, 0.01), unknown]) == (1, 0)
    assert disagreement([estimate(0.3, 0.15), estimate(0.1, 0.1)]) is None  # may be chance
    assert disagreement([estimate(0.3, 0.001), estimate(0.25, 0.001)]) is None  # not by much
    assert disagreement([unknown]) is None


def test_the_sentence_says_who_and_where_models_disagree(priced: Shop) -> None:
    told = attributed(priced, among="all")
    with use_language("en"):
        says = headline.of_attribution(told, sides_of(told, money=False), "en")
    assert re.match(r"By \d of 9 ways of counting .+ earns most of the credit for Order; by another, ", says)
    assert "The ways disagree on 3 of 3, most on " in says
    alone = attributed(priced, channel="ad")
    with use_language("en"):
        says = headline.of_attribution(alone, sides_of(alone, money=False), "en")
    assert says.startswith(
        "Whichever way one counts, Advertisement earns most of the credit for Order: 100%–100%."
    )
    assert "do not disagree" in says


# -- what comes next


def foretold(shop: Shop, so_far: str = "", **asked: Any) -> Any:
    return JourneyNext.of({"so_far": so_far, **asked}).answer(shop.workspace)


def test_what_comes_after_a_path(priced: Shop) -> None:
    told = foretold(priced, "ad,Tuotesivu")
    assert [t.key for t in told.so_far] == ["ad", "product"]
    assert (told.rests_on, told.seen) == (2, CUSTOMERS)
    likely = {s.touchpoint.key if s.touchpoint else None: s.probability for s in told.steps}
    assert likely["cart"].estimate == pytest.approx(0.5, abs=0.01)
    assert likely[None].estimate == pytest.approx(0.5, abs=0.01)
    assert likely["cart"].low < 0.5 < likely["cart"].high
    assert sum(p.estimate for p in likely.values()) == pytest.approx(1)
    assert told.order == 3


def test_a_path_is_judged_by_what_it_leads_to_later(priced: Shop) -> None:
    told = foretold(priced, "ad", within="5d", cut="2026-05-01")
    by_path, by_shares = told.trials
    assert by_path.first.estimate > by_shares.first.estimate
    assert by_path.log_loss.estimate < by_shares.log_loss.estimate
    assert told.gain.low > 0
    assert told.tried > 0
    assert told.learned > 0
    assert [c.at_least for c in told.calibration] == sorted(c.at_least for c in told.calibration)


def test_a_day_to_try_from_may_be_chosen(priced: Shop) -> None:
    told = foretold(priced, "ad", within="5d", cut="2026-05-01")
    assert foretold(priced, "ad", within="5d").cut == date(2027, 4, 15)  # four fifths of 512 days
    assert told.cut == date(2026, 5, 1)
    assert foretold(priced, "ad", cut="2036-05-01").trials == ()
    assert foretold(priced, "ad", cut="2036-05-01").gain.reason == "too_short"


def test_a_rare_path_rests_on_its_end(priced: Shop) -> None:
    told = foretold(priced, "order,ad")
    assert (told.rests_on, told.seen) == (1, CUSTOMERS)
    assert foretold(priced, "delivery").reason == "never_occurs"
    assert foretold(priced).steps[0].probability == foretold(priced).steps[0].usual


@pytest.mark.parametrize(
    ("so_far", "asked", "error", "says"),
    [
        ("crat", {}, UnknownTouchpoint, "Did you mean 'cart'"),
        ("cart", {"within": "0d"}, InvalidInput, "longer than 0"),
        ("cart", {"channel": "ad"}, InvalidInput, "not of the channel 'ad'"),
    ],
)
def test_what_cannot_be_foretold(
    priced: Shop, so_far: str, asked: dict[str, Any], error: type[Exception], says: str
) -> None:
    with pytest.raises(error, match=says):
        foretold(priced, so_far, **asked)


# -- pages


@pytest.fixture(scope="module")
def client(priced: Shop) -> TestClient:
    return visitor(priced)


def visitor(shop: Shop) -> TestClient:
    entrance.log_in_attempts.__init__(most=5, within=entrance.log_in_attempts.within)  # type: ignore[misc]
    routers = (attribution_pages.router, next_pages.router, path_pages.router)
    app = create_app(shop.workspace, routers=routers, api=[API])
    client = TestClient(app, base_url="http://127.0.0.1:8000", follow_redirects=False)
    assert post(client, "/setup", ADMIN).status_code == 303
    return client


def test_the_page_begins_with_what_it_says(client: TestClient) -> None:
    page = client.get("/journeys/attribution").text
    assert "<h1>Minkä ansiota</h1>" in page
    assert page.index('class="says"') < page.index('class="models-wide"') < page.index("<table")
    assert "Kosketuspisteestä Tilaus eniten ansiota saa" in page  # what brings most money
    assert "Se ei kerro, mikä saa asiakkaat ostamaan." in page
    assert page.count('class="mark ') > 2 * 2 * 9
    assert 'href="/journeys/map/ad"' in page


def test_the_page_counts_as_chosen(client: TestClient) -> None:
    page = client.get("/journeys/attribution?outcome=order&in=money&level=channel&conversions=first").text
    assert "Ansio rahasta: Tilaus" in page
    assert "Verkko" in page
    assert re.search(r"yhteensä 16.800.€", page)
    assert 'option value="money" selected' in page
    assert "outcome=order&amp;conversions=first&amp;level=channel" in page  # of the file to take away


def test_the_page_of_an_outcome_that_never_happens(client: TestClient) -> None:
    page = client.get("/journeys/attribution?outcome=delivery").text
    assert "Näillä valinnoilla kosketuspistettä Toimitus ei kohdata kertaakaan." in page
    assert "Valitse toinen lopputulos" in page
    assert client.get("/journeys/attribution?outcome=nothing").status_code == 404
    assert client.get("/journeys/attribution?lookback=0d").status_code == 400


def test_the_page_of_what_comes_next(client: TestClient) -> None:
    page = client.get("/journeys/next?so_far=ad&so_far=product&so_far=&within=7d").text
    assert "<h1>Mitä seuraavaksi</h1>" in page
    assert "Polun Mainos → Tuotesivu jälkeen todennäköisimmin" in page
    assert "Ei mitään viikon kuluessa" in page
    assert "Nähty 120 kertaa." in page
    assert "polkua tuntematta" in page
    never = client.get("/journeys/next?so_far=delivery").text
    assert "Näillä valinnoilla kukaan ei ole kohdannut kosketuspistettä Toimitus." in never


@pytest.mark.parametrize("path", ["/journeys/attribution", "/journeys/next"])
def test_pages_of_an_empty_folder_say_how_to_begin(shop: Shop, path: str) -> None:
    page = visitor(shop).get(path).text
    assert 'href="/sources/new"' in page
    assert 'class="says"' not in page


def test_the_api_says_it_flat(client: TestClient) -> None:
    told = client.get("/api/v1/journeys/attribution?outcome=order").json()
    assert {"touchpoint", "model", "share", "credited", "money"} == set(told["credits"][0])
    table = client.get("/api/v1/journeys/attribution.csv?outcome=order").text.splitlines()
    assert len(table) == 1 + 2 * 9
    assert (
        client.get("/api/v1/journeys/next.csv?so_far=ad")
        .text.removeprefix("\ufeff")
        .startswith('"touchpoint",')
    )
