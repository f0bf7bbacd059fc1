"""Journey queries over a small store, from words to results."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date, timedelta
from typing import Any

import pytest
from pydantic import TypeAdapter

from polku.errors import InvalidInput, UnknownTouchpoint
from polku.journeys import QUERIES as ALL
from polku.journeys.asking.query import JourneyQuery
from polku.journeys.attribution.queries import JourneyAttribution
from polku.journeys.between.queries import JourneyBetween
from polku.journeys.funnel.queries import JourneyConversion, JourneyDropouts, JourneyFunnel
from polku.journeys.map.queries import JourneyMap
from polku.journeys.paths.queries import JourneyGraph
from polku.journeys.sessions.queries import JourneySessions
from polku.journeys.stages.queries import JourneyStages
from polku.journeys.volumes.queries import JourneyScores, JourneyVolumes
from tests.journeys.shop import Shop

QUERIES = tuple(q for q in ALL if issubclass(q, JourneyQuery))


def by_key(told: Any) -> dict[str, Any]:
    return {t.touchpoint.key: t for t in told}


def test_map_of_ten_customers(busy_shop: Shop) -> None:
    told = JourneyMap().answer(busy_shop.workspace)
    at = by_key(told.touchpoints)
    assert told.profiles == 10
    assert [s.reached for s in told.stages] == [10, 10, 6, 5]
    assert [s.goes_on.estimate if s.goes_on else None for s in told.stages] == [1, 0.6, 5 / 6, None]
    assert (at["cart"].reach, at["cart"].volume, at["cart"].share.estimate) == (6, 6, 1.0)
    assert at["order"].share.estimate == 5 / 6
    assert at["delivery"].score.n == 5
    assert at["delivery"].score.estimate == pytest.approx((-50 + 51 + 52 + 53 + 54) / 5)
    assert at["cart"].next_s.n == 5
    assert at["cart"].next_s.estimate == pytest.approx(86_400, rel=0.07)
    assert "answer" not in at  # it has no stage


def test_too_few_answers_are_not_told(busy_shop: Shop) -> None:
    told = JourneyMap(until=date(2026, 3, 2)).answer(busy_shop.workspace)
    at = by_key(told.touchpoints)
    assert "cart" not in at  # nobody met it by then
    assert (told.stages[2].reached, told.stages[2].goes_on.estimate) == (0, None)
    assert told.stages[2].goes_on.reason == "no_observations"
    some = JourneyFunnel(steps=["order", "delivery"], until=date(2026, 3, 3)).answer(busy_shop.workspace)
    assert some.steps[0].reason == "never_occurs"


def test_a_channel_and_a_source_leave_others_out(own_busy_shop: Shop) -> None:
    own_busy_shop.visits("till", (0, "order"), source=own_busy_shop.other)
    workspace = own_busy_shop.refreshed()
    assert [t.touchpoint.key for t in JourneyMap(channel="delivery").answer(workspace).touchpoints] == [
        "delivery"
    ]
    at = by_key(JourneyMap(source="Kassa").answer(workspace).touchpoints)
    assert {k: t.volume for k, t in at.items() if t.volume} == {"order": 1}


def test_an_answer_is_of_the_newest_blocks(own_busy_shop: Shop) -> None:
    before = JourneyMap().answer(own_busy_shop.workspace)
    own_busy_shop.visits("late", (0, "ad"))
    assert JourneyMap().answer(own_busy_shop.workspace) == before
    after = JourneyMap().answer(own_busy_shop.refreshed())
    assert after.profiles == 11
    assert after.covered.as_of > before.covered.as_of


def test_stages_are_those_of_the_map(busy_shop: Shop) -> None:
    stages = JourneyStages().answer(busy_shop.workspace).stages
    told = JourneyMap().answer(busy_shop.workspace).stages
    assert [(s.key, s.reached, s.goes_on) for s in stages] == [(s.key, s.reached, s.goes_on) for s in told]


def test_graph_lists_what_is_frequent(busy_shop: Shop) -> None:
    told = JourneyGraph().answer(busy_shop.workspace)
    pairs = {(t.came.key, t.went.key): t.count for t in told.transitions}
    assert pairs == {
        ("ad", "product"): 10,
        ("product", "cart"): 6,
        ("cart", "order"): 5,
        ("order", "delivery"): 5,
        ("delivery", "answer"): 5,
    }
    assert told.total == 31
    assert {e.touchpoint.key: (e.starts, e.ends) for e in told.ends}["product"] == (0, 4)
    one = JourneyGraph(touchpoint="cart").answer(busy_shop.workspace)
    assert {(t.came.key, t.went.key) for t in one.transitions} == {("product", "cart"), ("cart", "order")}


def test_graph_hides_what_fewer_than_five_did(shop: Shop) -> None:
    for i in range(4):
        shop.visits(f"c{i}", (0, "ad"), (1, "cart"))
    told = JourneyGraph().answer(shop.refreshed())
    assert (told.transitions, told.total, told.shown) == ((), 4, 0)


def test_funnel_of_names_in_either_language(busy_shop: Shop) -> None:
    steps = "product,Ostoskori,Order"
    told = JourneyFunnel(steps=steps, within="30d").answer(busy_shop.workspace)  # type: ignore[arg-type]
    assert [s.profiles for s in told.steps] == [10, 6, 5]
    assert [s.lost for s in told.steps] == [0, 4, 1]
    assert told.steps[2].of_first.estimate == 0.5
    assert told.steps[2].of_previous.n == 6
    assert told.within_s == 30 * 86_400
    soon = JourneyFunnel(steps=steps, within="1d").answer(busy_shop.workspace)  # type: ignore[arg-type]
    assert [s.profiles for s in soon.steps] == [10, 6, 0]
    assert soon.times[2].median_s.reason == "no_observations"


def test_funnel_with_a_step_outside_the_channel_says_so(busy_shop: Shop) -> None:
    told = JourneyFunnel(steps=["cart", "delivery"], channel="web").answer(busy_shop.workspace)
    assert [s.reason for s in told.steps] == [None, "never_occurs"]


@pytest.mark.parametrize(
    ("query", "error", "says"),
    [
        (JourneyFunnel(steps=["cart", "chekout"]), UnknownTouchpoint, "chekout"),
        (JourneyFunnel(steps=["crat"]), UnknownTouchpoint, "Did you mean 'cart'"),
        (JourneyFunnel(steps=[]), InvalidInput, "1 to 32 steps"),
        (JourneyFunnel(steps=["cart"], within=timedelta(0)), InvalidInput, "longer than 0"),
        (JourneySessions(pause=timedelta(0)), InvalidInput, "longer than 0"),
        (JourneyVolumes(touchpoints=["nothing"]), UnknownTouchpoint, "nothing"),
        (JourneyVolumes(since=date(2000, 1, 1), by="day"), InvalidInput, "more than 1500 days"),
        (JourneyMap(channel="pigeon"), InvalidInput, "Allowed: web"),
        (JourneyMap(source="Verkokauppa"), InvalidInput, "Did you mean 'Verkkokauppa'"),
        (JourneyMap(since=date(2026, 2, 2), until=date(2026, 1, 1)), InvalidInput, "Swap"),
    ],
)
def test_what_cannot_be_asked_is_told(busy_shop: Shop, query: Any, error: type[Exception], says: str) -> None:
    with pytest.raises(error, match=says):
        query.answer(busy_shop.workspace)


def test_volumes_by_day_of_the_companys_zone(shop: Shop) -> None:
    # 9.00 UTC on 1 March; 23.24 UTC on the 28th is the 29th in Finland, in daylight saving time
    shop.visits("c", (0, "ad"), (27.5, "ad"), (27.6, "ad"))
    told = JourneyVolumes(by="day").answer(shop.refreshed())
    assert (told.starts[0], told.starts[-1]) == (date(2026, 3, 1), date(2026, 3, 29))
    assert len(told.starts) == 29
    ad = by_key(told.touchpoints)["ad"]
    assert {d.day: v for d, v in zip(told.starts, ad.volume, strict=True) if v} == {1: 1, 28: 1, 29: 1}


def test_scores_by_week_are_those_of_the_map_where_one_week_holds_all(busy_shop: Shop) -> None:
    whole = by_key(JourneyMap().answer(busy_shop.workspace).touchpoints)
    told = JourneyScores(by="month", touchpoints=["delivery", "cart"]).answer(busy_shop.workspace)
    assert [t.touchpoint.key for t in told.touchpoints] == ["delivery", "cart"]
    assert [t.scores for t in told.touchpoints] == [(whole[k].score,) for k in ("delivery", "cart")]
    weeks = by_key(JourneyScores().answer(busy_shop.workspace).touchpoints)["delivery"].scores
    assert sum(e.n for e in weeks) == whole["delivery"].score.n
    assert JourneyScores().answer(busy_shop.workspace).by == "week"


def test_sessions_of_a_day(shop: Shop) -> None:
    for i in range(5):
        shop.visits(f"c{i}", (0, "ad"), (0.01, "product"), (0.5, "cart"))
    told = JourneySessions().answer(shop.refreshed())
    assert (told.sessions, told.profiles, told.single.estimate) == (10, 5, 0.5)
    assert told.size.estimate == 2


@pytest.mark.parametrize("kind", QUERIES, ids=lambda q: q.path)
def test_an_empty_folder_answers_everything_as_json(shop: Shop, kind: Any) -> None:
    needed: dict[Any, dict[str, Any]] = {
        JourneyFunnel: {"steps": ["cart"]},
        JourneyConversion: {"steps": ["cart"]},
        JourneyDropouts: {"steps": ["cart"], "at": 1},
        JourneyBetween: {"start": "cart", "end": "order"},
        JourneyAttribution: {"outcome": "order"},
    }
    query = kind(**needed.get(kind, {}))
    told = query.answer(shop.refreshed())
    text = TypeAdapter(kind.result_type()).dump_json(told)
    assert json.loads(text)["covered"]["source"] is None
    assert asdict(told)


def test_every_field_of_the_api_is_described() -> None:
    for kind in QUERIES:
        assert kind.summary().endswith(".")
        for name, field in kind.model_fields.items():
            assert field.description, f"{kind.__name__}.{name}"
