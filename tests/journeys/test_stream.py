"""The picture of paths step by step, what can be chosen, and its sentences."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from starlette.datastructures import QueryParams

from polku.journeys.asking.filters import Filters
from polku.journeys.asking.results import Met
from polku.journeys.paths import headline
from polku.journeys.paths.choice import Choice
from polku.journeys.paths.comparing import beside
from polku.journeys.paths.stream import HALF, PLOT, WHOLE, Format, stream
from polku.journeys.paths.walk_queries import JourneyPaths
from polku.journeys.paths.walk_results import REST, PathsOfJourneys
from polku.workspace import Workspace
from tests.journeys.shop import Shop

TODAY = Filters(date(2026, 11, 1))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Forty customers: 30 begin with the ad, 10 with the product; all go on to the cart, and 10 of them order."""
    shop = Shop(tmp_path_factory.mktemp("stream"))
    for i in range(40):
        way: list[Any] = [(0, "ad" if i < 30 else "product"), (1, "cart")]
        shop.visits(f"c{i}", *way, *([(2, "order")] if i % 4 == 0 else []))
        shop.tells(f"c{i}", plan="pro" if i < 20 else "free")
    yield shop.refreshed()
    shop.close()


def draw(paths: PathsOfJourneys, format: Format = WHOLE) -> str:
    return str(
        stream(
            paths, format, name="a", language="en",
            link=lambda s: None if s.touchpoint == REST else f"/x/{s.step}/{s.touchpoint.key}",
            colour=lambda met: {"ad": 1, "product": 2, "cart": 3}.get(met.key, 0),
        )
    )  # fmt: skip


def pillars(svg: str) -> list[tuple[float, float, float]]:
    """Where the bars stand: left, top and height."""
    found = re.findall(r'class="pillar" x="([\d.]+)" y="([\d.]+)" width="9" height="([\d.]+)"', svg)
    return [(float(x), float(y), float(h)) for x, y, h in found]


def test_bars_and_bands_are_as_high_as_many_are_there(folder: Workspace) -> None:
    svg = draw(JourneyPaths(steps=2).answer(folder))
    assert [h for *_, h in pillars(svg)] == [PLOT * share for share in (0.75, 0.25, 1, 0.25)]
    bands = re.findall(r'class="band stage-(\d)" d="M([\d.]+),([\d.]+)C.*?V([\d.]+)C.*?<title>([^<]+)<', svg)
    assert [(stage, told) for stage, *_, told in bands] == [
        ("1", "Advertisement → Cart: 30 (100.0% ± 5.7)"),
        ("2", "Product page → Cart: 10 (100.0% ± 13.9)"),
        ("3", "Cart → Order: 10 (25.0% ± 13.0)"),
    ]
    assert float(bands[0][2]) < float(bands[0][3])
    assert "Cart: Ends here: 30 (75.0% ± 13.0)" in svg


def test_what_ends_begins_where_the_last_band_leaves_off(folder: Workspace) -> None:
    svg = draw(JourneyPaths(steps=2).answer(folder))
    _, top, height = pillars(svg)[2]
    leave = re.search(r'class="ends" d="M[\d.]+,([\d.]+)C', svg)
    assert leave is not None
    assert float(leave[1]) == top + height * 0.25


def test_every_touchpoint_leads_on_but_the_rest_does_not(folder: Workspace) -> None:
    svg = draw(JourneyPaths(steps=2, top=1).answer(folder))
    assert re.findall(r'href="(/x/[^"]+)"', svg) == ["/x/0/ad", "/x/1/cart", "/x/2/order"]
    assert ">Others<" in svg


def test_backwards_time_goes_to_the_right(folder: Workspace) -> None:
    paths = JourneyPaths(end="order", steps=2).answer(folder)
    svg = draw(paths)
    lefts = [x for x, *_ in pillars(svg)]
    assert lefts == sorted(lefts, reverse=True)
    assert re.findall(r'class="step" x="[\d.]+" y="12">([^<]+)<', svg) == ["End", "Step −1", "Step −2"]
    assert 'stop stage-0 chosen"' in svg


def test_the_last_columns_are_shown_where_there_are_many(folder: Workspace) -> None:
    svg = draw(JourneyPaths(then=["*", "cart"], steps=3).answer(folder), HALF)
    steps = re.findall(r'class="step" x="[\d.]+" y="12">([^<]+)<', svg)
    assert steps == ["Beginning", "Step +1", "Step +2"]
    assert max(x for x, *_ in pillars(svg)) < HALF.width


def test_nothing_is_no_picture_and_names_are_not_markup(folder: Workspace) -> None:
    assert draw(JourneyPaths(start="ad", channel="web").answer(folder)) == ""
    told = JourneyPaths(start="cart", steps=1).answer(folder)
    stops = tuple(replace(s, touchpoint=Met("x", "<i>", "<i>", "web")) for s in told.stops[:1])
    assert "&lt;i&gt;" in draw(replace(told, stops=stops, flows=()))


# -- what is chosen


def choice_of(query: str) -> Choice:
    return Choice.read(QueryParams(query), TODAY, "order")


@pytest.mark.parametrize(
    ("query", "fields"),
    [
        ("", []),
        ("start=cart&then=order", [("start", "cart"), ("then", "order")]),
        ("way=from&at=cart&steps=4", [("start", "cart")]),
        ("way=to&at=cart", [("end", "cart")]),
        ("way=to&at=", [("end", "order")]),  # backwards from nowhere is from the usual end
        ("way=from&at=", []),
        ("end=cart&count=every&repeats=each&within=7d&steps=2",
         [("end", "cart"), ("steps", "2"), ("within", "7d"), ("count", "every"), ("repeats", "each")]),
        ("level=channel&who_b=plan=pro", [("level", "channel"), ("who_b", "plan=pro")]),
        ("whose_b=cart&is_b=met&who=plan=free", [("who_b", "met:cart")]),
    ],
)  # fmt: skip
def test_a_choice_is_its_address(query: str, fields: list[tuple[str, str]]) -> None:
    choice = choice_of(query)
    assert choice.fields() == fields
    again = Choice.read(QueryParams(fields), TODAY, "order")
    assert again == choice


def test_one_goes_on_from_a_touchpoint_and_back_to_it(folder: Workspace) -> None:
    start = choice_of("start=ad&steps=3")
    stops = {(s.step, s.touchpoint.key): s for s in JourneyPaths(**start.asked({})).answer(folder).stops}
    on = start.going_on(stops[1, "cart"])
    assert on is not None
    assert on.then == ("cart",)
    further = start.going_on(stops[2, "order"])
    assert further is not None
    assert further.then == ("*", "order")
    assert further.going_on(stops[1, "cart"]) == on
    assert further.back.then == ("*",)
    begin = choice_of("").going_on(stops[0, "ad"])
    assert begin is not None
    assert begin.then == ("ad",)


# -- sentences, comparison


def test_headlines(folder: Workspace) -> None:
    paths = JourneyPaths().answer(folder)
    assert headline.of_paths([("", paths)], "en") == (
        "Most often a path begins at Advertisement: 75.0%\u00a0±\u00a013.0."
    )
    cart = JourneyPaths(start="cart").answer(folder)
    pro = JourneyPaths(start="cart", who=["plan=pro"]).answer(folder)
    assert headline.of_paths([("Everyone", cart), ("pro", pro)], "en").startswith(
        "Right after Cart most often comes Order: Everyone 25.0%\u00a0±\u00a013.0, pro 25.0%"
    )
    order = JourneyPaths(end="order").answer(folder)
    assert headline.of_paths([("", order)], "en").startswith(
        "Right before Order most often comes Cart: 100.0%"
    )
    assert headline.of_paths([("", JourneyPaths(start="order").answer(folder))], "en").startswith(
        "Nothing else"
    )


def test_two_groups_beside_each_other(folder: Workspace) -> None:
    pro, free = (JourneyPaths(who=[f"plan={p}"]).answer(folder) for p in ("pro", "free"))
    rows = {(r.step, r.touchpoint.key): r for r in beside(pro, free)}
    ad = rows[0, "ad"]
    assert ad.first is not None
    assert ad.second is not None
    assert (ad.first.count, ad.second.count) == (20, 10)
    assert ad.difference is not None
    assert ad.difference.difference.estimate == 0.5
    assert rows[0, "product"].first is None
    assert rows[1, "cart"].q_value is not None
    every = [
        JourneyPaths(start="ad", count="every", who=[f"plan={p}"]).answer(folder) for p in ("pro", "free")
    ]
    assert all(r.difference is None for r in beside(*every))
    assert [r.second for r in beside(pro, None)] == [None] * len(pro.stops)
