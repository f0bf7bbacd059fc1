"""Queries of paths over a small store, from words to results."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from polku.errors import InvalidInput, UnknownTouchpoint
from polku.journeys.between.queries import JourneyBetween
from polku.journeys.loops.queries import JourneyLoops
from polku.journeys.paths.queries import JourneyGraph
from polku.journeys.paths.walk_queries import JourneyPaths
from polku.journeys.paths.walk_results import PathsOfJourneys
from polku.journeys.sessions.queries import JourneySessions
from polku.journeys.touchpoints import store
from polku.journeys.touchpoints.spec import TouchpointSpec
from polku.journeys.variants.queries import JourneyVariants
from polku.workspace import Workspace
from tests.journeys.shop import Shop


@pytest.fixture(scope="module")
def path_shop(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Thirty customers: ad, product; of these 20 cart and of these 12 twice; of the 12 ten order. Six more only see
    the product, and again a day later; one customer's name is not of Latin letters."""
    shop = Shop(tmp_path_factory.mktemp("paths"))
    for i in range(30):
        way: list[Any] = [(0, "ad"), (1, "product")]
        way += [(2, "cart")] if i < 20 else []
        way += [(3, "cart")] if i < 12 else []
        way += [(5, "order")] if i < 10 else []
        shop.visits(f"c{i}" if i else "Øystein 訪問者", *way)
    for i in range(6):
        shop.visits(f"d{i}", (0, "product"), (1, "product"))
        shop.tells(f"d{i}", plan="pro")
    yield shop
    shop.close()


@pytest.fixture
def folder(path_shop: Shop) -> Workspace:
    return path_shop.refreshed()


def flows(told: PathsOfJourneys) -> dict[tuple[int, str, str], int]:
    return {(f.step, f.came.key, f.went.key): f.count for f in told.flows}


def stops(told: PathsOfJourneys) -> dict[tuple[int, str], tuple[int, int | None]]:
    return {(s.step, s.touchpoint.key): (s.count, s.ended) for s in told.stops}


def test_paths_from_where_journeys_begin(folder: Workspace) -> None:
    told = JourneyPaths(steps=3).answer(folder)
    assert (told.paths, told.profiles, told.reason, told.steps) == (36, 36, None, 3)
    assert stops(told) == {
        (0, "ad"): (30, 0), (0, "product"): (6, 0),
        (1, "product"): (36, 16),
        (2, "cart"): (20, 8),
        (3, "cart"): (12, None),
    }  # fmt: skip
    assert flows(told) == {
        (0, "ad", "product"): 30, (0, "product", "product"): 6, (1, "product", "cart"): 20, (2, "cart", "cart"): 12,
    }  # fmt: skip
    cart = next(s for s in told.stops if s.step == 2)
    assert cart.share.estimate == 20 / 36
    assert cart.ended_share is not None
    assert (cart.ended_share.estimate, cart.ended_share.n) == (0.4, 20)
    assert cart.after_s.estimate == pytest.approx(2 * 86_400, rel=0.07)


def test_paths_go_on_from_a_step(folder: Workspace) -> None:
    told = JourneyPaths(then=["ad", "product"], steps=2).answer(folder)
    assert (told.then, told.paths, told.profiles) == (("ad", "product"), 36, 30)
    assert stops(told)[0, "ad"] == (30, None)
    assert stops(told)[1, "product"] == (30, 10)
    assert next(s for s in told.stops if s.step == 1).share.estimate == 30 / 36
    anything = JourneyPaths(then=["*", "product", "cart"], steps=1).answer(folder)
    assert flows(anything) == {(0, "*", "product"): 36, (1, "product", "cart"): 20, (2, "cart", "cart"): 12}
    from_start = JourneyPaths(start="product", then=["cart", "cart"], steps=1).answer(folder)
    assert flows(from_start) == {
        (0, "product", "cart"): 20,
        (1, "cart", "cart"): 12,
        (2, "cart", "order"): 10,
    }
    assert (from_start.start.key, from_start.then) == ("product", ("cart", "cart"))  # type: ignore[union-attr]


def test_paths_backwards(folder: Workspace) -> None:
    told = JourneyPaths(end="order", steps=2).answer(folder)
    assert flows(told) == {(0, "order", "cart"): 10, (1, "cart", "cart"): 10}
    merged = JourneyPaths(end="order", steps=3, collapse=True).answer(folder)
    assert [key for (_, _, key) in flows(merged)] == ["cart", "product", "ad"]


def test_paths_of_every_time_are_less_sure_than_they_are_many(folder: Workspace) -> None:
    first = JourneyPaths(start="cart", steps=1).answer(folder)
    every = JourneyPaths(start="cart", steps=1, count="every").answer(folder)
    assert (first.paths, every.paths, every.profiles) == (20, 32, 20)
    assert flows(every) == {(0, "cart", "cart"): 12, (0, "cart", "order"): 10}
    share = every.flows[0].share
    assert share.estimate == 12 / 32
    # 8 profiles with one path, 12 with two: as sure as 32² / (8 + 12·4) = 18.3 independent ones
    assert share.half_width == pytest.approx(0.2029, abs=0.0001)


def test_a_window_ends_paths(folder: Workspace) -> None:
    told = JourneyPaths(start="cart", steps=2, within=timedelta(days=2)).answer(folder)
    assert stops(told) == {(0, "cart"): (20, 8), (1, "cart"): (12, 12)}  # an order comes three days after


def test_rare_touchpoints_of_a_step_are_told_together(folder: Workspace) -> None:
    told = JourneyPaths(top=1, steps=1).answer(folder)
    assert stops(told)[0, "…"] == (6, 0)
    assert flows(told) == {(0, "ad", "product"): 30, (0, "…", "product"): 6}


def test_paths_of_channels_and_stages(folder: Workspace) -> None:
    told = JourneyPaths(level="channel", collapse=True, steps=2).answer(folder)
    assert flows(told) == {(0, "ad", "web"): 30}
    assert told.flows[0].went.name("fi") == "Verkko"
    by_stage = JourneyPaths(level="stage", start="Harkinta", collapse=True, steps=1).answer(folder)
    assert flows(by_stage) == {(0, "consideration", "acquisition"): 20}
    graph = JourneyGraph(level="stage", touchpoint="acquisition").answer(folder)
    assert {(t.came.key, t.went.key): t.count for t in graph.transitions} == {
        ("consideration", "acquisition"): 20,
        ("acquisition", "acquisition"): 22,
    }


def test_a_start_outside_the_channel_never_occurs(folder: Workspace) -> None:
    told = JourneyPaths(start="ad", channel="web").answer(folder)
    assert (told.reason, told.paths, told.stops) == ("never_occurs", 0, ())
    assert JourneyPaths(then=["cart"]).answer(folder).reason == "never_occurs"


def test_graph_tells_how_times_spread(folder: Workspace) -> None:
    told = JourneyGraph(touchpoint="order").answer(folder).transitions[0]
    assert told.after_s == told.quantiles_s.at_50
    assert told.after_s.estimate == pytest.approx(2 * 86_400, rel=0.002)
    assert told.quantiles_s.at_90.reason == "too_few"


def test_whole_paths_and_what_they_lead_to(folder: Workspace) -> None:
    told = JourneyVariants().answer(folder)
    assert {v.path: v.profiles for v in told.variants} == {
        ("ad", "product"): 10, ("ad", "product", "cart", "cart", "order"): 10,
        ("ad", "product", "cart"): 8, ("product", "product"): 6,
    }  # fmt: skip
    assert (told.different, told.single, told.profiles) == (5, 0, 36)
    assert told.shown == 34 / 36
    assert told.variants[0].outcome_share is None
    assert {m.key for m in told.touchpoints} == {"ad", "product", "cart", "order"}
    bought = {v.path: v for v in JourneyVariants(outcome="order").answer(folder).variants}
    twice = bought["ad", "product", "cart", "cart"]
    assert (twice.profiles, twice.outcome_share.estimate) == (12, 10 / 12)  # type: ignore[union-attr]
    assert twice.difference.estimate == pytest.approx(10 / 12)  # type: ignore[union-attr]
    assert (twice.q_value or 1) < 0.001
    assert bought["product", "product"].duration_s.estimate == pytest.approx(86_400, rel=0.002)


def test_whole_paths_of_channels(folder: Workspace) -> None:
    told = JourneyVariants(level="channel", collapse=True).answer(folder)
    assert {v.path: v.profiles for v in told.variants} == {("ad", "web"): 30, ("web",): 6}
    bought = JourneyVariants(level="channel", collapse=True, outcome="order", channel="ad").answer(folder)
    assert bought.variants[0].path == ("ad",)
    assert bought.variants[0].outcome_share.estimate == 10 / 30  # type: ignore[union-attr]  # met in another channel
    cut = JourneyVariants(longest=1).answer(folder)
    assert (cut.cut, {v.path: v.profiles for v in cut.variants}) == (36, {("ad",): 30, ("product",): 6})


def test_groups_have_whole_paths_of_their_own(folder: Workspace) -> None:
    told = JourneyVariants(breakdown="plan").answer(folder)
    assert [(g.key, g.profiles) for g in told.breakdown] == [("pro", 6)]
    assert told.each[0].variants[0].path == ("product", "product")
    assert JourneyVariants(who=["!plan"]).answer(folder).different == 4


def test_what_is_met_again(folder: Workspace) -> None:
    told = JourneyLoops().answer(folder)
    assert [(r.touchpoint.key, r.reach, r.again, r.direct) for r in told.touchpoints] == [
        ("cart", 20, 12, 12),
        ("product", 36, 6, 6),
    ]
    assert told.touchpoints[0].share.estimate == 0.6
    assert told.touchpoints[0].times == 2
    assert told.loops == ()


def test_time_between_two(folder: Workspace) -> None:
    told = JourneyBetween(start="Ostoskori", end="order").answer(folder)
    assert (told.profiles, told.starts, told.reason) == (20, 32, None)
    assert told.first_share.estimate == 0.5
    assert told.every_share.estimate == 20 / 32
    assert told.first_s.at_50.estimate == pytest.approx(3 * 86_400, rel=0.002)
    assert [(b.from_s, b.to_s, b.first, b.every) for b in told.bars] == [(2 * 86_400, 4 * 86_400, 10, 20)]
    assert JourneyBetween(start="ad", end="order", channel="web").answer(folder).reason == "never_occurs"


def test_sessions_say_where_they_begin_and_end(folder: Workspace) -> None:
    told = JourneySessions().answer(folder)
    ends = {e.touchpoint.key: e for e in told.ends}
    assert (ends["ad"].starts, told.sessions) == (30, 114)
    assert ends["ad"].starts_share.estimate == 30 / 114
    assert told.channels == ()


def test_sessions_of_each_channel(shop: Shop) -> None:
    for i in range(5):
        shop.visits(f"c{i}", (0, "ad"), (0.01, "product"), (0.015, "ad"), (0.02, "cart"), (2, "delivery"))
    told = JourneySessions(per="channel").answer(shop.refreshed())
    assert told.sessions == 10
    assert {c.channel.key: (c.sessions, c.size.estimate) for c in told.channels} == {
        "web": (5, 2), "delivery": (5, 1), "ad": (5, 2),
    }  # fmt: skip
    ends = {e.touchpoint.key: (e.starts, e.starts_share.estimate) for e in told.ends}
    assert ends == {"ad": (5, 1), "product": (5, 1), "cart": (0, 0), "delivery": (5, 1)}


def test_names_that_are_not_latin(shop: Shop) -> None:
    with shop.workspace.db.session() as session:
        spec = store.load_spec(session, "ad")
        store.change_touchpoint(
            session, "ad", TouchpointSpec("ad", "Näyteikkuna", "广告", spec.channel, spec.stage, spec.rules)
        )
    for i in range(5):
        shop.visits(f"顧客{i}", (0, "ad"), (1, "cart"))
    told = JourneyPaths(start="广告", steps=1).answer(shop.refreshed())
    assert flows(told) == {(0, "ad", "cart"): 5}
    assert told.start is not None
    assert told.start.name("en") == "广告"


@pytest.mark.parametrize(
    ("query", "error", "says"),
    [
        (JourneyPaths(start="crat"), UnknownTouchpoint, "Did you mean 'cart'"),
        (JourneyPaths(start="cart", end="order"), InvalidInput, "not both"),
        (JourneyPaths(then=["crat"]), UnknownTouchpoint, "Did you mean 'cart'"),
        (JourneyPaths(within=timedelta(0)), InvalidInput, "longer than 0"),
        (JourneyPaths(start="wbe", level="channel"), InvalidInput, "Did you mean 'web'"),
        (JourneyPaths(start="harkinat", level="stage"), InvalidInput, "Did you mean 'harkinta'"),
        (JourneyVariants(outcome="odrer"), UnknownTouchpoint, "Did you mean 'order'"),
        (JourneyBetween(start="cart", end="ordr"), UnknownTouchpoint, "Did you mean 'order'"),
        (JourneyBetween(start="cart", end="order", within=timedelta(0)), InvalidInput, "longer than 0"),
    ],
)
def test_what_cannot_be_asked_is_told(
    folder: Workspace, query: Any, error: type[Exception], says: str
) -> None:
    with pytest.raises(error, match=says):
        query.answer(folder)
