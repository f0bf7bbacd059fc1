"""Questions about some profiles only, and broken down into groups."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from polku.errors import InvalidInput, UnknownTouchpoint
from polku.journeys.asking.lens import MOST_GROUPS, OTHERS
from polku.journeys.funnel.queries import JourneyFunnel
from polku.journeys.map.queries import JourneyMap
from polku.journeys.paths.queries import JourneyGraph
from polku.journeys.stages.queries import JourneyStages
from polku.workspace import Workspace
from tests.journeys.shop import Shop


@pytest.fixture(scope="module")
def told_shop(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Thirty customers: c0…c9 pro, c10…c24 free, of c25…c29 nobody knows; every even one buys."""
    shop = Shop(tmp_path_factory.mktemp("told"))
    for i in range(30):
        way: list[Any] = [(i / 10, "ad" if i % 3 else "product"), (5, "cart")]
        shop.visits(f"c{i}", *way, *([(6, "order")] if i % 2 == 0 else []))
        if i < 25:
            shop.tells(f"c{i}", plan="Pro" if i < 10 else "free", age=20 + i, address={"city": f"Town {i}"})
    shop.tells("c9", day=1, plan="free")  # changed their mind
    shop.tells("c0", day=-1, plan="free")  # said earlier, heard later
    yield shop
    shop.close()


@pytest.fixture
def folder(told_shop: Shop) -> Workspace:
    return told_shop.refreshed()


def buyers(workspace: Workspace, *who: str) -> list[int]:
    steps = ["cart", "order"]
    return [s.profiles for s in JourneyFunnel(steps=steps, who=list(who)).answer(workspace).steps]


@pytest.mark.parametrize(
    ("who", "those"),
    [
        (["plan=pro"], range(9)),
        (["plan=free"], range(9, 25)),
        (["plan!=pro"], range(9, 30)),
        (["plan"], range(25)),
        (["!plan"], range(25, 30)),
        (["age>=40"], range(20, 25)),
        (["age<=22", "plan=pro"], range(3)),
        (["address.city~town 1"], [1, *range(10, 20)]),
        (["met:Tilaus"], range(0, 30, 2)),
        (["!met:order", "plan=pro"], range(1, 9, 2)),
        (["plan=nothing"], []),
        (["first:touchpoint=product"], range(0, 30, 3)),
        (["first:touchpoint!=product", "plan=pro"], [1, 2, 4, 5, 7, 8]),
        (["first:channel=ad"], [i for i in range(30) if i % 3]),
        (["first:month=2026-03"], range(30)),
        (["first:month~2025"], []),
        (["first:source"], range(30)),
        (["!first:source"], []),
    ],
)
def test_only_those_for_whom_it_holds(folder: Workspace, who: list[str], those: Any) -> None:
    assert buyers(folder, *who) == [len(list(those)), sum(i % 2 == 0 for i in those)]
    assert JourneyStages(who=who).answer(folder).profiles == len(list(those))


def test_who_is_said_in_one_text_too(folder: Workspace) -> None:
    told = JourneyFunnel.of({"steps": "cart,order", "who": "plan=pro,age>=25"}).answer(folder)
    assert [s.profiles for s in told.steps] == [4, 2]
    assert told.covered.who == ("plan=pro", "age>=25")


def test_a_breakdown_is_the_same_question_of_each_group(folder: Workspace) -> None:
    told = JourneyFunnel(steps=["cart", "order"], breakdown="plan").answer(folder)
    assert [(g.key, g.profiles) for g in told.breakdown] == [("free", 16), ("Pro", 9)]
    assert [[s.profiles for s in one.steps] for one in told.each] == [buyers(folder, "plan=free"), [9, 5]]
    assert [s.profiles for s in told.steps] == [30, 15]
    graph = JourneyGraph(breakdown="plan", who=["age<=28"]).answer(folder)
    assert [(g.key, g.profiles) for g in graph.breakdown] == [("Pro", 9)]


@pytest.mark.parametrize(
    ("by", "groups"),
    [
        ("first:channel", {"ad": 20, "web": 10}),
        ("first:touchpoint", {"ad": 20, "product": 10}),
        ("first:source", {"Verkkokauppa": 30}),
        ("first:month", {"2026-03": 30}),
    ],
)
def test_groups_by_how_it_began(folder: Workspace, by: str, groups: dict[str, int]) -> None:
    told = JourneyMap(breakdown=by).answer(folder)
    assert {g.key: g.profiles for g in told.breakdown} == groups
    assert sum(one.profiles for one in told.each) == told.profiles == 30


def test_small_groups_are_one(folder: Workspace) -> None:
    told = JourneyFunnel(steps=["cart"], breakdown="age").answer(folder)
    assert len(told.breakdown) == MOST_GROUPS + 1
    assert (told.breakdown[-1].key, told.breakdown[-1].profiles) == (OTHERS, 25 - MOST_GROUPS)
    assert told.each[-1].steps[0].profiles == 25 - MOST_GROUPS


def test_ten_thousand_values_are_no_harm(shop: Shop) -> None:
    shop.tell({f"c{i}": {"number": i} for i in range(10_000)})
    told = JourneyStages(breakdown="number").answer(shop.refreshed())
    assert [g.profiles for g in told.breakdown] == [*[1] * MOST_GROUPS, 10_000 - MOST_GROUPS]


def test_what_is_said_later_and_new_customers_are_seen(shop: Shop) -> None:
    shop.visits("a", (0, "cart"))
    shop.tells("a", plan="pro")
    assert buyers(shop.refreshed(), "plan=pro") == [1, 0]
    shop.visits("b", (0, "cart"))
    shop.tells("b", plan="pro")
    shop.tells("a", day=2, plan="free")
    assert buyers(shop.refreshed(), "plan=pro") == [1, 0]
    assert buyers(shop.workspace, "plan=free") == [1, 0]


@pytest.mark.parametrize(
    ("query", "error", "says"),
    [
        (JourneyMap(who=["plaan=pro"]), InvalidInput, "Did you mean 'plan'"),
        (JourneyMap(who=["=pro"]), InvalidInput, "not a condition"),
        (JourneyMap(who=["met:cart=3"]), UnknownTouchpoint, "Did you mean 'cart'"),
        (JourneyMap(who=["met:crat"]), UnknownTouchpoint, "Did you mean 'cart'"),
        (JourneyMap(breakdown="first:chanel"), InvalidInput, "first:channel"),
        (JourneyMap(breakdown="pla"), InvalidInput, "Did you mean 'plan'"),
        (JourneyMap(breakdown="shoe size"), InvalidInput, "Known are: plan, age, address|Known are: .*plan"),
    ],
)
def test_what_cannot_be_asked_is_told(
    folder: Workspace, query: JourneyMap, error: type[Exception], says: str
) -> None:
    with pytest.raises(error, match=says):
        query.answer(folder)


def test_a_window_narrower_than_the_gap_lets_nobody_through_in_any_group(folder: Workspace) -> None:
    query = JourneyFunnel(steps=["cart", "order"], within=timedelta(hours=1), breakdown="plan")
    assert [one.steps[1].profiles for one in query.answer(folder).each] == [0, 0]
