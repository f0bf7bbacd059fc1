"""Touchpoints of which only some events are meant: read, numbered, and found in the store."""

from __future__ import annotations

import json
import pickle
import threading
from collections import Counter
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from polku.errors import InvalidInput, NotReady, UnknownTouchpoint
from polku.journeys.asking import marking
from polku.journeys.asking.marking import Marking
from polku.journeys.asking.marks import (
    FIRST_CODE,
    MOST_MARKS,
    Mark,
    Marks,
    condition_of,
    condition_written,
    cut,
    mark_of,
    written,
)
from polku.journeys.funnel.queries import JourneyDropouts, JourneyFunnel
from polku.journeys.touchpoints.catalogue import Catalogue, Touchpoint
from polku.journeys.touchpoints.conditions import NUMERIC, OPERATORS, PropertyCondition, parse
from polku.store import Block, kernels
from polku.store.keys import identifier_key
from polku.workspace import Workspace
from tests.journeys.shop import Shop

CATALOGUE = Catalogue(
    (),
    (
        Touchpoint(1, "order", "Tilaus", "Order", "web", None),
        Touchpoint(2, "chat", "Chat, ilta", "Chat [night]", "chat", None),
    ),
)


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("a,b", ["a", "b"]),
        (" a , b,", ["a", "b", ""]),
        ("a[x=1,y],b", ["a[x=1,y]", "b"]),
        ('a[x="]",y],"b,c"', ['a[x="]",y]', '"b,c"']),
        ("a],b", ["a]", "b"]),
    ],
)
def test_a_text_is_cut_outside_of_brackets_and_quotes(text: str, pieces: list[str]) -> None:
    assert cut(text, ",") == pieces


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("value>100", PropertyCondition("value", ">", "100")),
        ("value >= 100", PropertyCondition("value", ">=", "100")),
        ("value<1,5", PropertyCondition("value", "<", "1,5")),
        ("a.b=Shoes", PropertyCondition("a.b", "equals", "Shoes")),
        ("category!=shoes", PropertyCondition("category", "equals", "shoes", negated=True)),
        ("name~hat", PropertyCondition("name", "contains", "hat")),
        ("coupon", PropertyCondition("coupon", "exists")),
        ("!coupon", PropertyCondition("coupon", "exists", negated=True)),
        ('"a=b"="x & y"', PropertyCondition("a=b", "equals", "x & y")),
        ("category=", PropertyCondition("category", "equals", "")),
    ],
)
def test_a_condition_is_read_and_written(text: str, condition: PropertyCondition) -> None:
    assert condition_of(text) == condition
    assert condition_of(condition_written(condition)) == condition


def test_a_mark_is_read_by_key_and_name_and_written_by_key() -> None:
    mark = mark_of("Tilaus[value>5 & category=shoes&value>5]", CATALOGUE)
    assert mark == Mark(1, (condition_of("value>5"), condition_of("category=shoes")))
    assert written(mark, CATALOGUE) == "order[value>5&category=shoes]"
    assert mark_of('"Chat [night]"', CATALOGUE) == mark_of("chat", CATALOGUE) == Mark(2)


@pytest.mark.parametrize(
    ("text", "error", "says"),
    [
        ("order[value>5", InvalidInput, r"'order\[value>5' cannot be read"),
        ("order value>5]", InvalidInput, "cannot be read"),
        ("order[value>5]x", InvalidInput, "cannot be read"),
        ('"order', InvalidInput, "cannot be read"),
        ("", InvalidInput, "cannot be read"),
        ("order[]", InvalidInput, "'' is not a condition on an event"),
        ("order[=5]", InvalidInput, "not a condition"),
        ("order[!value>5]", InvalidInput, "not a condition"),
        ("order[value>much]", InvalidInput, "'much' is not a number"),
        ("odrer[value>5]", UnknownTouchpoint, "Did you mean 'order'"),
    ],
)
def test_what_cannot_be_read_is_told(text: str, error: type[Exception], says: str) -> None:
    with pytest.raises(error, match=says):
        mark_of(text, CATALOGUE)


some_marks = st.lists(
    st.builds(
        Mark,
        st.integers(1, 3),
        st.lists(st.sampled_from("abc"), max_size=2, unique=True).map(
            lambda names: tuple(PropertyCondition(n, "exists") for n in names)
        ),
    ),
    max_size=5,
)


@given(some_marks)
def test_each_combination_has_a_code_of_its_own(asked: list[Mark]) -> None:
    marks = Marks.of(asked)
    of_all = [c for code, each in marks.by_touchpoint.items() for c in marks.codes(Mark(code))[1:]]
    assert sorted(of_all, reverse=True) == list(range(FIRST_CODE, FIRST_CODE - len(of_all), -1))
    for mark in asked:
        codes = marks.codes(mark)
        assert len(set(codes)) == len(codes)
        if mark.conditions:
            assert set(codes) <= set(marks.codes(Mark(mark.code)))
            assert len(codes) == 2 ** (len(marks.by_touchpoint[mark.code]) - 1)
        else:
            assert codes[0] == mark.code


def test_too_many_are_refused() -> None:
    many = [Mark(1, (PropertyCondition(str(n), "exists"),)) for n in range(MOST_MARKS + 1)]
    assert len(Marks.of(many[:-1]).codes(Mark(1))) == 64
    with pytest.raises(InvalidInput, match="at most 6"):
        Marks.of(many)


# -- found in the store

ORDERS: list[tuple[float | None, dict[str, Any]]] = [
    (150.0, {"category": "shoes", "coupon": "A"}),
    (19.99, {"category": "Shoes"}),
    (100.0, {"category": "hats", "tags": ["new", "red"]}),
    (None, {"category": "hats", "value": "250"}),
    (None, {}),
    (7.0, {"nested": {"size": 43}, "coupon": None}),
]


@pytest.fixture(scope="module")
def sold(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Customer n sees the cart and places order n; everyone's cart has a category too."""
    shop = Shop(tmp_path_factory.mktemp("sold"))
    for n, (value, properties) in enumerate(ORDERS):
        shop.does(f"c{n}", 0, "cart", category="shoes")
        shop.does(f"c{n}", 1, "order", value, **properties)
    yield shop
    shop.close()


@pytest.fixture
def folder(sold: Shop) -> Workspace:
    return sold.refreshed()


def buyers(workspace: Workspace, order: str) -> int:
    return JourneyFunnel(steps=["cart", order]).answer(workspace).steps[1].profiles


@pytest.mark.parametrize(
    ("condition", "those"),
    [
        ("value>100", {0, 3}),
        ("value>=100", {0, 2, 3}),
        ("value<100", {1, 5}),
        ("value<=19.99", {1, 5}),
        ("value=19.99", {1}),
        ("value!=19.99", {0, 2, 3, 4, 5}),
        ("value", {0, 1, 2, 3, 5}),
        ("!value", {4}),
        ("value~9", {1}),
        ("category=shoes", {0, 1}),
        ("category!=shoes", {2, 3, 4, 5}),
        ("category~HAT", {2, 3}),
        ("tags=red", {2}),
        ("nested.size>42", {5}),
        ("coupon", {0}),
        ("!coupon", {1, 2, 3, 4, 5}),
        ("category=shoes&value>100", {0}),
        ("category=shoes&coupon&value<10", set()),
        ("catgory=shoes", set()),
    ],
)
def test_conditions_hold_of_the_right_events(folder: Workspace, condition: str, those: set[int]) -> None:
    found = JourneyDropouts(steps=[f"order[{condition}]"], at=1).answer(folder).dropouts
    assert {d.profile for d in found} == {f"{identifier_key('user_id', f'c{n}'):016x}" for n in those}


def test_several_marks_of_one_touchpoint_and_the_touchpoint_itself(folder: Workspace) -> None:
    assert buyers(folder, "order") == 6
    assert buyers(folder, "order[category=shoes]|order[value>=100]") == 4
    assert buyers(folder, "order[category=shoes]|order") == 6
    told = JourneyFunnel(steps=["order[value>100]", "cart[category=hats]"]).answer(folder)
    assert [s.profiles for s in told.steps] == [2, 0]
    assert [s.reason for s in told.steps] == [None, "never_occurs"]
    barred = JourneyFunnel(steps=["cart[category=shoes]", "!order[coupon]", "order"]).answer(folder)
    assert [s.profiles for s in barred.steps] == [6, 6]  # the barred event is itself the step


def test_new_events_are_marked_too_and_old_ones_are_not_read_again(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[int] = []
    rows = type(shop.workspace.store.snapshot).rows

    def noted(self: Any, seqs: Any, names: Any) -> Any:
        read.extend(np.asarray(seqs).tolist())
        return rows(self, seqs, names)

    monkeypatch.setattr(type(shop.workspace.store.snapshot), "rows", noted)
    shop.does("a", 0, "cart")
    shop.does("a", 1, "order", category="shoes")
    assert buyers(shop.refreshed(), "order[category=shoes]") == 1
    shop.does("b", 0, "cart")
    shop.does("b", 1, "order", category="shoes")
    shop.does("a", 2, "order", category="hats")
    assert buyers(shop.refreshed(), "order[category=shoes]") == 2
    assert buyers(shop.workspace, "order[category=hats]") == 1
    assert sorted(Counter(read).values()) == [2, 2, 2]  # each order once for shoes, once for hats


def block_without_views(block: Block) -> Block:
    return replace(block)


def test_what_is_done_with_blocks_may_be_sent_elsewhere(folder: Workspace) -> None:
    marks = Marks.of([Mark(4, (condition_of("value>100"),))])
    marked = folder.part(Marking).through(marks, folder.engine.blocks)
    for look, block in zip(marked, folder.engine.blocks.blocks, strict=True):
        there = pickle.loads(pickle.dumps(look))(block_without_views(block))
        assert there.touchpoint.tolist() == look(block).touchpoint.tolist()
        assert (there.touchpoint != block.touchpoint).sum() == len(look.rows)
    assert sum(len(look.rows) for look in marked) == 2


def test_met_takes_conditions(folder: Workspace) -> None:
    def how_many(who: str) -> int:
        return JourneyFunnel(steps=["cart"], who=[who]).answer(folder).steps[0].profiles

    assert how_many("met:order[value>100]") == 2
    assert how_many("!met:order[value>100]") == 4
    assert how_many("met:order[category=shoes]") == 2


def test_a_request_does_not_wait_for_ever(folder: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(marking, "PATIENCE_S", 0.05)
    may_read = threading.Event()
    rows = type(folder.store.snapshot).rows
    monkeypatch.setattr(
        type(folder.store.snapshot), "rows", lambda *given: (may_read.wait(10), rows(*given))[1]
    )
    marks = Marks.of([Mark(4, (condition_of("nested.size=43"),))])
    token = kernels.in_request.set(True)
    try:
        with pytest.raises(NotReady, match="being read"):
            folder.part(Marking).through(marks, folder.engine.blocks)
        may_read.set()
        monkeypatch.setattr(marking, "PATIENCE_S", 10)
        marked = folder.part(Marking).through(marks, folder.engine.blocks)
    finally:
        kernels.in_request.reset(token)
    assert sum(len(look.rows) for look in marked) == 1


json_value = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.sampled_from(["shoes", "Käpy", "3", "1,5", ""]),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["a", "b.c", "b"]), inner, max_size=2)
    ),
    max_leaves=4,
)
condition = st.builds(
    PropertyCondition,
    st.sampled_from(["a", "b", "b.c", "b.c.a"]),
    st.sampled_from([*OPERATORS, *NUMERIC]),
    st.sampled_from(["shoes", "käpy", "3", "1.5", "true", "", "oes", "3.0"]),
    st.booleans(),
)


@given(condition, st.lists(st.dictionaries(st.sampled_from(["a", "b", "b.c"]), json_value), max_size=6))
def test_many_texts_are_read_as_each_is(condition: PropertyCondition, several: list[dict[str, Any]]) -> None:
    texts = [json.dumps(p, ensure_ascii=n % 2 == 0) for n, p in enumerate(several)] + [None, "[1]", "{", "7"]
    expected = [condition.holds(parse(t)) for t in texts]
    assert list(condition.holding(texts)) == expected
    possible = condition.possible(pa.array(texts)).to_pylist()
    assert [h and not p for h, p in zip(expected, possible, strict=True)] == [False] * len(texts)
