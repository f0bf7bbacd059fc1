"""Touchpoint rules against a slow obvious implementation, and by hand."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from polku.journeys.touchpoints.rules import Rule, Rules
from polku.store import EventType

SOURCES = {"Web shop": 1, "App": 2, "Tampere": 300}
SCHEMA = pa.schema(
    [
        pa.field("source", pa.int16()),
        pa.field("type", pa.uint8()),
        pa.field("name", pa.string()),
        pa.field("path", pa.string()),
        pa.field("properties", pa.string()),
    ]
)


def event(
    name: str = "",
    type: str = "track",
    source: str = "Web shop",
    path: str | None = None,
    properties: dict[str, Any] | str | None = None,
) -> dict[str, Any]:
    given = properties if isinstance(properties, str | None) else json.dumps(properties)
    kind = int(EventType[type.upper()])
    return {"source": SOURCES[source], "type": kind, "name": name, "path": path, "properties": given}


def touchpoints(rules: Sequence[Rule], *events: dict[str, Any]) -> list[int]:
    return Rules(rules, SOURCES).touchpoints(pa.Table.from_pylist(list(events), SCHEMA)).tolist()


def test_each_condition_by_hand() -> None:
    cases = [
        (Rule(1, name="Order Completed"), event("order completed"), event("Order Completed 2")),
        (Rule(1, name="Order *"), event("ORDER refunded"), event("My Order x")),
        (Rule(1, name="*chat*"), event("Live Chat Started"), event("Call")),
        (Rule(1, name="a.c"), event("a.c"), event("abc")),
        (Rule(1, source="web SHOP"), event("x"), event("x", source="App")),
        (Rule(1, type="page"), event("x", "page"), event("x", "screen")),
        (Rule(1, path="/kassa"), event(path="/Kassa/"), event(path="/kassa/maksu")),
        (Rule(1, path="/kassa/"), event(path="/kassa"), event(path="/")),
        (Rule(1, path="/oppaat/*"), event(path="/oppaat/a/b"), event(path="/oppaat")),
        (Rule(1, path="/ä*"), event(path="/Äiti"), event(path=None)),
        (Rule(1, path="/"), event(path="/"), event(path="/x")),
    ]
    for rule, yes, no in cases:
        assert touchpoints([rule], yes, no) == [1, 0], rule


@pytest.mark.parametrize(
    ("operator", "value", "yes", "no"),
    [
        ("equals", "Search", {"p": "search"}, {"p": "searching"}),
        ("equals", "3", {"p": 3.0}, {"p": "33"}),
        ("equals", "true", {"p": True}, {"p": 1}),
        ("equals", "b", {"p": ["a", "B"]}, {"p": ["ab"]}),
        ("contains", "kuljetus", {"p": "Hidas kuljetus"}, {"p": "kulje"}),
        ("exists", "", {"p": 0}, {"p": None}),
        ("exists", "", {"p": ""}, {"q": 1}),
        (">=", "1,5", {"p": "1.5"}, {"p": 1.4}),
        ("<=", "2", {"p": -1}, {"p": True}),
        (">=", "2", {"p": 10}, {"p": "ten"}),
    ],
)
def test_each_operator_by_hand(operator: str, value: str, yes: Any, no: Any) -> None:
    rule = Rule(7, property="p", operator=operator, value=value)
    assert touchpoints([rule], event(properties=yes), event(properties=no)) == [7, 0]


def test_a_property_of_an_object() -> None:
    rule = Rule(7, property="delivery.late_days", operator=">=", value="1")
    found = touchpoints(
        [rule],
        event(properties={"delivery": {"late_days": 2}}),
        event(properties={"delivery.late_days": 2}),
        event(properties={"delivery": 2}),
    )
    assert found == [7, 7, 0]


def test_broken_properties_match_nothing() -> None:
    rule = Rule(7, property="p", operator="exists")
    texts = ["{", "[]", '"p"', "", None, "null"]
    assert touchpoints([rule], *(event(properties=t) for t in texts)) == [0] * 6


def test_the_more_particular_rule_wins_and_position_comes_before() -> None:
    page, guides = Rule(1, type="page"), Rule(2, type="page", path="/guides/*")
    assert touchpoints([page, guides], event(type="page", path="/guides/1")) == [2]
    first = Rule(3, type="page", position=50)
    assert touchpoints([guides, first], event(type="page", path="/guides/1")) == [3]
    exact, pattern = Rule(4, name="Chat Started"), Rule(5, name="Chat Started*")
    assert touchpoints([pattern, exact], event("Chat Started")) == [4]


def test_a_source_that_is_not_there_yet_matches_nothing() -> None:
    assert touchpoints([Rule(1, source="Till", name="Sale"), Rule(2, name="Sale")], event("Sale")) == [2]


def test_no_events_and_no_rules() -> None:
    assert touchpoints([Rule(1, name="x")]) == []
    assert touchpoints([], event("x")) == [0]


def test_columns_are_only_those_that_rules_need() -> None:
    assert Rules([Rule(1, name="x")], SOURCES).columns == ()
    assert Rules([Rule(1, path="/x")], SOURCES).columns == ("path",)
    both = [Rule(1, path="/x"), Rule(1, property="p", operator="exists")]
    assert Rules(both, SOURCES).columns == ("path", "properties")


def test_the_version_follows_what_decides_only() -> None:
    one = Rules([Rule(1, name="x", source="App")], SOURCES)
    assert one.version == Rules([Rule(1, name="x", source="app")], {**SOURCES, "Other": 9}).version
    assert one.version != Rules([Rule(2, name="x", source="App")], SOURCES).version
    assert one.version != Rules([Rule(1, name="x", source="App")], {"App": 5}).version


def test_a_table_in_several_chunks() -> None:
    table = pa.Table.from_pylist([event("a"), event("b", path="/x")], SCHEMA)
    rules = Rules([Rule(1, name="a"), Rule(2, path="/x")], SOURCES)
    assert rules.touchpoints(pa.concat_tables([table, table])).tolist() == [1, 2, 1, 2]


# -- against the obvious

TEXTS = st.sampled_from(["", "a", "A", "b", "ab", "aB/", "/a", "/a/", "/a/b", "/B", "ö", "a\nb"])
PATTERNS = st.sampled_from(["", "a", "AB", "*", "a*", "*b", "*a*b*", "ö", "a\n*"])
PATHS = st.sampled_from(["", "/a", "/A/", "/*", "/a*", "*b", "*", "/a/*"])
VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(-2, 2), st.sampled_from(["1", "A", "ab"]), st.just(["a", 1])
)
EVENTS = st.builds(
    event,
    TEXTS,
    st.sampled_from(["track", "page", "identify"]),
    st.sampled_from(sorted(SOURCES)),
    st.one_of(st.none(), TEXTS),
    st.one_of(st.none(), st.just("{"), st.dictionaries(st.sampled_from(["p", "q"]), VALUES)),
)
RULES = st.builds(
    Rule,
    st.integers(1, 9),
    st.sampled_from(["", "App", "web shop", "Nowhere"]),
    st.sampled_from(["", "track", "page"]),
    PATTERNS,
    PATHS,
    st.sampled_from(["", "", "p", "q"]),
    st.sampled_from(["equals", "contains", "exists", ">=", "<="]),
    st.sampled_from(["1", "a", "true"]),
    st.sampled_from([100, 100, 1]),
)


@given(st.lists(RULES, max_size=6), st.lists(EVENTS, max_size=12))
def test_as_the_obvious_implementation(rules: list[Rule], events: list[dict[str, Any]]) -> None:
    assert touchpoints(rules, *events) == [_obvious(rules, e) for e in events]


def _obvious(rules: list[Rule], event: dict[str, Any]) -> int:
    for rule in sorted(rules, key=_order):
        if _matches(rule, event):
            return rule.touchpoint
    return 0


def _order(rule: Rule) -> tuple[Any, ...]:
    count = sum(bool(c) for c in (rule.source, rule.type, rule.name, rule.path, rule.property))
    exact = rule.name != "" and "*" not in rule.name
    length = len((rule.name + rule.path).replace("*", ""))
    return (rule.position, -count, not exact, -length, rule.touchpoint)


def _matches(rule: Rule, event: dict[str, Any]) -> bool:
    source = next(n for n, i in SOURCES.items() if i == event["source"])
    if rule.source and rule.source.lower() != source.lower():
        return False
    if rule.type and rule.type != EventType(event["type"]).name.lower():
        return False
    if rule.name and not _like(rule.name, event["name"]):
        return False
    if rule.path:
        path = event["path"] or ""
        wanted = rule.path if rule.path.endswith("*") else rule.path.rstrip("/")
        ends = [path] if rule.path.endswith("*") else [path, path.removesuffix("/")]
        if not any(_like(wanted, e) for e in ends):
            return False
    return not rule.property or _property(rule, event["properties"])


def _like(pattern: str, text: str) -> bool:
    return bool(re.fullmatch(".*".join(map(re.escape, pattern.lower().split("*"))), text.lower(), re.S))


def _property(rule: Rule, properties: str | None) -> bool:
    try:
        found = json.loads(properties or "{}").get(rule.property)
    except ValueError:
        return False
    if found is None:
        return False
    if rule.operator == "exists":
        return True
    if rule.operator in (">=", "<="):
        try:
            number, limit = float("x" if isinstance(found, bool | list) else found), float(rule.value)
        except ValueError:
            return False
        return number >= limit if rule.operator == ">=" else number <= limit
    texts = [str(one).lower() for one in (found if isinstance(found, list) else [found])]
    whole = rule.operator == "equals" or isinstance(found, bool)
    return any(rule.value == t if whole else rule.value in t for t in texts)


def test_every_kind_of_code_fits() -> None:
    codes = Rules([Rule(65_535, name="x")], SOURCES).touchpoints(pa.Table.from_pylist([event("x")], SCHEMA))
    assert codes.dtype == np.uint16
    assert codes.tolist() == [65_535]
