"""The demo's touchpoint rules match the demo's events."""

from __future__ import annotations

import json
from collections import Counter
from fnmatch import fnmatchcase
from typing import Any

import pyarrow as pa
import pytest

from polku.demo import SOURCES, TOUCHPOINTS, DemoRule, make_demo
from polku.store.schema import EventType


def fits(rule: DemoRule, row: dict[str, Any]) -> bool:
    return (
        rule.source in (None, row["source"])
        and rule.type in (None, EventType(row["type"]).name.lower())
        and (rule.name is None or fnmatchcase(row["name"], rule.name))
        and (rule.path is None or fnmatchcase(row["path"] or "", rule.path))
        and (rule.property is None or told(row, rule.property) == rule.equals)
    )


def told(row: dict[str, Any], property: str) -> str:
    said = json.loads(row["properties"]).get(property)
    return str(said).lower() if isinstance(said, bool) else str(said)


@pytest.fixture(scope="module")
def found(now: Any) -> Counter[str | None]:
    rows = pa.concat_tables(make_demo(3, now=now, customers=1_500)).to_pylist()
    return Counter(
        next((t.key for t in TOUCHPOINTS if any(fits(rule, row) for rule in t.match)), None) for row in rows
    )


def test_every_touchpoint_occurs(found: Counter[str | None]) -> None:
    assert {t.key for t in TOUCHPOINTS} <= set(found)


def test_most_of_what_customers_meet_is_a_touchpoint(found: Counter[str | None]) -> None:
    assert found[None] < 0.3 * found.total()


def test_keys_and_names_are_unique_and_stages_are_the_four() -> None:
    for field in ("key", "name_fi", "name_en"):
        assert len({getattr(t, field) for t in TOUCHPOINTS}) == len(TOUCHPOINTS)
    stages = {"awareness", "consideration", "acquisition", "customership"}
    assert {t.stage for t in TOUCHPOINTS} == {*stages, None}
    assert {r.source for t in TOUCHPOINTS for r in t.match} <= {None, *(s.id for s in SOURCES)}
