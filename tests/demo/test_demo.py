"""The demo's events: shape, order, identity, seasons; the same from the same seed."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from polku.demo import SOURCES, make_demo
from polku.errors import InvalidInput
from polku.store.schema import INCOMING, EventType

SMALL = 300


def rows(events: pa.Table, name: str) -> pa.Table:
    return events.filter(pc.equal(events["name"], name))


def seen(events: pa.Table) -> pa.Table:
    """Pages and screens."""
    return events.filter(pc.is_in(events["type"], pa.array([EventType.PAGE, EventType.SCREEN], pa.uint8())))


def test_tables_are_of_the_incoming_schema_and_of_a_handy_size(now: datetime) -> None:
    tables = list(make_demo(1, now=now, customers=SMALL))
    assert [t.schema for t in tables] == [INCOMING] * len(tables)
    assert all(0 < len(t) <= 50_000 for t in tables)


def test_same_seed_gives_the_same_events_and_another_seed_others(now: datetime) -> None:
    first, second, other = (pa.concat_tables(make_demo(s, now=now, customers=SMALL)) for s in (1, 1, 2))
    assert first.equals(second)
    assert not first.equals(other)


def test_half_a_million_events_in_every_source(events: pa.Table) -> None:
    assert 450_000 < len(events) < 600_000
    assert set(pc.unique(events["source"]).to_pylist()) == {s.id for s in SOURCES}


def test_events_arrive_in_order_within_the_year_and_never_in_the_future(
    events: pa.Table, now: datetime
) -> None:
    received, occurred = events["received_at"], events["occurred_at"]
    numbers = received.cast(pa.int64()).to_numpy()
    assert (numbers[1:] >= numbers[:-1]).all()
    assert pc.all(pc.less_equal(occurred, received)).as_py()
    assert pc.max(received).as_py() < now
    assert pc.min(occurred).as_py() > now - timedelta(days=366)


def test_event_ids_are_unique(events: pa.Table) -> None:
    assert pc.count_distinct(events["event_id"]).as_py() == len(events)


def test_every_json_column_is_json(events: pa.Table) -> None:
    for column, kind in (("properties", dict), ("context", dict), ("identifiers", list)):
        for text in pc.unique(events[column].drop_null()).to_pylist():
            assert isinstance(json.loads(text), kind)


def test_a_part_of_the_visits_stays_anonymous_and_orders_never_do(events: pa.Table) -> None:
    web = events.filter(pc.equal(events["source"], 1))
    nameless = web.filter(pc.is_null(web["user_id"]))
    assert 0.4 < len(nameless) / len(web) < 0.9
    assert web["anonymous_id"].null_count == 0
    assert rows(events, "Order Completed")["user_id"].null_count == 0


def test_some_customers_have_two_accounts_with_one_address(events: pa.Table) -> None:
    told = events.filter(pc.equal(events["type"], int(EventType.IDENTIFY)))
    accounts: dict[str, set[str]] = {}
    for user, text in zip(told["user_id"].to_pylist(), told["identifiers"].to_pylist(), strict=True):
        accounts.setdefault(dict(json.loads(text))["email"], set()).add(user)
    twice = sum(len(users) == 2 for users in accounts.values())
    assert 20 < twice < 0.05 * len(accounts)
    assert max(map(len, accounts.values())) == 2


def test_three_in_a_hundred_visits_buy(events: pa.Table) -> None:
    landed = [
        text for text in seen(events)["properties"].to_pylist() if '"referrer_kind":"internal"' not in text
    ]
    assert 0.025 < len(rows(events, "Order Completed")) / len(landed) < 0.04


def test_calls_come_in_office_hours_summer_and_winter(events: pa.Table) -> None:
    for moment in rows(events, "Call Started")["occurred_at"].to_pylist():
        local = moment.astimezone(ZoneInfo("Europe/Helsinki"))
        assert 8 <= local.hour < 18
        assert local.weekday() < 5


def test_midsummer_is_quiet_and_the_black_week_is_not(events: pa.Table) -> None:
    days: dict[str, int] = {}
    for moment in seen(events)["occurred_at"].to_pylist():
        day = str(moment.astimezone(ZoneInfo("Europe/Helsinki")).date())
        days[day] = days.get(day, 0) + 1
    ordinary = sorted(days.values())[len(days) // 2]
    assert days["2026-06-19"] < 0.5 * ordinary
    assert days["2026-11-22"] > 1.8 * ordinary


def test_a_time_without_zone_is_refused() -> None:
    with pytest.raises(InvalidInput, match="time zone"):
        next(make_demo(1, now=datetime(2026, 1, 1)))  # noqa: DTZ001 - the missing zone is the point


def test_too_few_customers_are_refused() -> None:
    with pytest.raises(InvalidInput, match="at least 100, not 3"):
        next(make_demo(1, now=datetime(2026, 1, 1, tzinfo=UTC), customers=3))
