"""Queries of retention and the life cycle over a small store."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from polku.errors import InvalidInput, UnknownTouchpoint
from polku.journeys.retention.queries import JourneyLifecycle, JourneyRetention
from polku.workspace import Workspace
from tests.journeys.shop import START, Shop

MONTHS = (31, 30, 31)  # March, April, May: June begins on day 92 after 1 March


@pytest.fixture(scope="module")
def months(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """March to June. Ten customers are first seen in March, ten in April; half of them order in their first month,
    two of those again in the month after. The last event is on 10 June."""
    shop = Shop(tmp_path_factory.mktemp("months"))
    for i in range(20):
        first = 1.0 if i < 10 else 32.0
        way: list[Any] = [(first, "ad")]
        if i % 2 == 0:
            way += [(first + 1, "order")] + ([(first + 32, "order")] if i % 10 in (0, 2) else [])
        if i in (1, 3, 5, 7):
            way.append((70.0, "product"))  # in May
        shop.visits(f"c{i}", *way)
    shop.visits("late", (101, "ad"))
    yield shop
    shop.close()


@pytest.fixture
def folder(months: Shop) -> Workspace:
    return months.refreshed()


def test_those_first_seen_in_a_month(folder: Workspace) -> None:
    told = JourneyRetention(by="month").answer(folder)
    assert [(c.start, c.profiles, c.finished) for c in told.cohorts] == [
        (date(2026, 3, 1), 10, True),
        (date(2026, 4, 1), 10, True),
        (date(2026, 5, 1), 0, True),
        (date(2026, 6, 1), 1, False),
    ]
    assert [c.came_back for c in told.cohorts] == [(2, 4, 0), (2, 0), (0,), ()]
    assert [s.estimate for s in told.cohorts[0].shares] == [0.2, 0.4, None]
    assert told.cohorts[0].shares[2].reason == "unfinished"
    assert told.cohorts[2].shares[0].reason == "unfinished"
    assert [(a.after, a.share.estimate, a.share.n, a.cohorts) for a in told.average] == [
        (1, 0.2, 20, 2),
        (2, 0.4, 10, 1),
    ]
    assert (told.start, told.comes_back, told.halves, told.reason) == (None, None, None, None)


def test_repurchase_is_retention_of_orders(folder: Workspace) -> None:
    told = JourneyRetention(by="month", start="order", comes_back="Tilaus").answer(folder)
    assert told.start is not None
    assert told.start.key == "order"
    assert [c.profiles for c in told.cohorts] == [5, 5, 0, 0]
    assert [c.came_back[:1] for c in told.cohorts[:2]] == [(2,), (2,)]
    again = JourneyRetention(by="month", start="order", comes_back="order", recurrence="any").answer(folder)
    assert [c.profiles for c in again.cohorts] == [5, 7, 2, 0]
    assert [c.came_back for c in again.cohorts] == [(2, 0, 0), (2, 0), (0,), ()]
    assert again.average[0].share.estimate == pytest.approx(4 / 12)
    assert again.average[0].share.n == 12


def test_unbounded_counts_who_comes_later(folder: Workspace) -> None:
    told = JourneyRetention(by="month", unbounded=True).answer(folder)
    assert told.cohorts[0].came_back == (6, 4, 0)
    assert told.halves is None


def test_a_period_does_not_make_old_customers_new(folder: Workspace) -> None:
    since = date(2026, 4, 15)
    told = JourneyRetention(by="month", since=since).answer(folder)
    assert [(c.start.month, c.profiles) for c in told.cohorts] == [(4, 10), (5, 0), (6, 1)]
    lived = JourneyLifecycle(by="month", since=since).answer(folder)
    assert [(s.new, s.returning, s.resurrecting, s.dormant) for s in lived.spans] == [
        (10, 2, 0, 8),
        (0, 2, 4, 10),
        (1, 0, 0, None),
    ]
    until = JourneyRetention(by="month", until=date(2026, 5, 15)).answer(folder)
    assert [s.reason for s in until.cohorts[0].shares] == [None, "unfinished"]


def test_life_cycle_from_the_beginning(folder: Workspace) -> None:
    told = JourneyLifecycle(by="month").answer(folder)
    first, april, may, june = told.spans
    assert (first.new, first.returning, first.resurrecting, first.dormant) == (10, 0, 0, 0)
    assert (april.kept.estimate, april.kept.n) == (0.2, 10)
    assert (may.kept.estimate, may.kept.n) == (2 / 12, 12)
    assert (june.finished, june.kept.reason, june.kept.n) == (False, "unfinished", 6)
    orders = JourneyLifecycle(by="month", touchpoint="order").answer(folder)
    assert [s.new for s in orders.spans] == [5, 5, 0, 0]
    assert [s.returning for s in orders.spans] == [0, 2, 2, 0]


def test_few_profiles_are_counted_but_not_told_as_a_share(folder: Workspace) -> None:
    told = JourneyRetention(by="month", who=["met:product"]).answer(folder)
    assert told.cohorts[0].profiles == 4
    assert told.cohorts[0].came_back == (0, 4, 0)
    assert {s.reason for s in told.cohorts[0].shares} == {"too_few", "unfinished"}
    groups = JourneyRetention(by="month", breakdown="first:month").answer(folder)
    assert {
        g.key: one.average[0].share.estimate for g, one in zip(groups.breakdown, groups.each, strict=True)
    }["2026-04"] == 0.2


def test_weeks_of_the_companys_zone_over_daylight_saving(shop: Shop) -> None:
    """Clocks go forward on Sunday 29 March 2026: the Sunday before Monday 30 March has 23 hours."""
    at = datetime(2026, 3, 29, 20, 59, 59, tzinfo=UTC)  # 23.59.59 in Finland
    in_days = (at - START).total_seconds() / 86_400
    for i in range(5):
        shop.visits(f"c{i}", (in_days, "ad"), (in_days + 2 / 86_400, "ad"))
    shop.visits("late", (60, "ad"))
    told = JourneyRetention(by="week", follow=1).answer(shop.refreshed())
    counts = {c.start: (c.profiles, c.came_back) for c in told.cohorts if c.profiles}
    assert counts[date(2026, 3, 23)] == (5, (5,))


def test_halves_of_are_compared_without_the_first(shop: Shop) -> None:
    """Of those first seen in later months more come back in the next one."""
    for month, share in enumerate([1.0, 0.1, 0.1, 0.6, 0.6, 0.6]):
        first = (date(2026, 3 + month, 5) - START.date()).days
        for i in range(20):
            back = [(first + 31.0, "ad")] if i < 20 * share else []
            shop.visits(f"m{month}c{i}", (first, "ad"), *back)
    shop.visits("late", (185 + 5, "ad"))
    told = JourneyRetention(by="month").answer(shop.refreshed()).halves
    assert told is not None
    assert (told.cohorts, told.first_half.estimate, told.second_half.estimate) == (2, 0.1, 0.6)
    assert told.difference.estimate == pytest.approx(0.5)
    assert told.p_value is not None
    assert told.p_value < 0.001


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"start": "delivery"}, "never_occurs"),
        ({"comes_back": "cart"}, "never_occurs"),
        ({"start": "order", "channel": "ad"}, "never_occurs"),
        ({"start": "order", "since": "2026-06-01"}, None),
        ({}, None),
    ],
)
def test_what_never_occurs_is_told(folder: Workspace, given: dict[str, Any], says: str | None) -> None:
    assert JourneyRetention.of(given).answer(folder).reason == says


@pytest.mark.parametrize(
    ("given", "error", "says"),
    [
        ({"start": "oder"}, UnknownTouchpoint, "Did you mean 'order'"),
        ({"comes_back": "crat"}, UnknownTouchpoint, "Did you mean 'cart'"),
        ({"since": "2000-01-01", "by": "day"}, InvalidInput, "shorter period or a longer unit"),
        ({"follow": 61}, InvalidInput, "follow"),
        ({"recurrence": "last"}, InvalidInput, "recurrence"),
    ],
)
def test_what_cannot_be_asked_is_told(
    folder: Workspace, given: dict[str, Any], error: type[Exception], says: str
) -> None:
    with pytest.raises(error, match=says):
        JourneyRetention.of(given).answer(folder)


def test_a_life_cycle_needs_a_touchpoint_that_there_is(folder: Workspace) -> None:
    with pytest.raises(UnknownTouchpoint, match="cart"):
        JourneyLifecycle(touchpoint="crat").answer(folder)
    with pytest.raises(ValidationError):
        JourneyLifecycle(by="year")  # type: ignore[arg-type]


def test_a_period_after_everything_is_empty(folder: Workspace) -> None:
    told = JourneyRetention(since=date(2027, 1, 1), until=date(2027, 1, 1) + timedelta(30)).answer(folder)
    assert (told.cohorts, told.average, told.reason) == ((), (), None)
    assert JourneyLifecycle(since=date(2027, 1, 1)).answer(folder).spans == ()
