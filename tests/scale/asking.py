"""Every question about journeys, and whether two workspaces answer it alike."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from pydantic import ValidationError

from polku.journeys import QUERIES
from polku.workspace import Query, Workspace

_ASKED: Mapping[str, list[dict[str, Any]]] = {
    "journeys/map": [{}, {"channel": "web"}, {"who": "plan=plus"}],
    "journeys/stages": [{}, {"who": "met:cart"}],
    "journeys/graph": [{}, {"top": 7, "breakdown": "first:channel"}],
    "journeys/funnel": [
        {"steps": "product_page,cart,checkout", "within": "30d"},
        {"steps": "product_page,cart", "breakdown": "city"},
    ],
    "journeys/compare": [
        {"who_a": "met:cart", "who_b": "!met:cart"},
        {"who_a": "plan=plus", "who_b": "plan!=plus"},
    ],
    "journeys/sessions": [{}, {"pause": "2h", "who": "!met:cart"}],
}
"""What each query is asked with, by its path; one that is not here, with its defaults."""


@dataclass(frozen=True)
class Row:
    """One question, how long each engine took, and what differs (empty: nothing)."""

    question: str
    spark_s: float
    embedded_s: float
    differs: str


def questions() -> list[tuple[type[Query], dict[str, Any]]]:
    journeys = [q for q in QUERIES if q.path.startswith("journeys/")]
    return [(q, given) for q in journeys for given in _ASKED.get(q.path, [{}])]


def made(query: type[Query], given: dict[str, Any]) -> Query:
    try:
        return query(**given)
    except ValidationError as e:
        pytest.fail(
            f"{query.path} needs arguments: add it to _ASKED in tests/scale/asking.py ({e})", pytrace=False
        )


def compare(query: Query, spark: Workspace, embedded: Workspace) -> Row:
    """Ask both."""
    started = time.perf_counter()
    one = query.answer(spark)
    between = time.perf_counter()
    other = query.answer(embedded)
    ended = time.perf_counter()
    given = query.model_dump(exclude_defaults=True, mode="json")
    named = " ".join([query.path, *(f"{k}={v}" for k, v in given.items())])
    return Row(named, between - started, ended - between, next(_differences(one, other, "answer"), ""))


def told(rows: list[Row]) -> str:
    """The table that is printed."""
    width = max(len(r.question) for r in rows)
    lines = [f"{'question':{width}}  Spark, s  embedded, s  equal"]
    lines += (
        f"{r.question:{width}}  {r.spark_s:8.2f}  {r.embedded_s:11.3f}  {'no' if r.differs else 'yes'}"
        for r in rows
    )
    return "\n".join(lines)


def _differences(one: Any, other: Any, where: str) -> Iterator[str]:
    """Where two answers differ. When they were computed (`as_of`) is not part of them."""
    if type(one) is not type(other):
        yield f"{where}: {one!r} and {other!r}"
    elif hasattr(one, "__dataclass_fields__"):
        for name in one.__dataclass_fields__:
            if name != "as_of":
                yield from _differences(getattr(one, name), getattr(other, name), f"{where}.{name}")
    elif isinstance(one, list | tuple):
        if len(one) != len(other):
            yield f"{where}: {len(one)} and {len(other)} of them"
        for i, (a, b) in enumerate(zip(one, other, strict=False)):
            yield from _differences(a, b, f"{where}[{i}]")
    elif isinstance(one, dict):
        if one.keys() != other.keys():
            yield f"{where}: other keys"
        for key in one.keys() & other.keys():
            yield from _differences(one[key], other[key], f"{where}[{key!r}]")
    elif one != other and not (one != one and other != other):
        yield f"{where}: {one!r} and {other!r}"
