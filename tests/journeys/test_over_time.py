"""Days, weeks and months as kernels find them: across daylight saving, and where two midnights are one."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polku.journeys.asking.calendar import Unit, edges, spans
from polku.journeys.asking.over_time import Calendar, known_until, passed
from polku.workspace import FOREVER
from tests.journeys.shop import START, Shop

ZONES = ["Europe/Helsinki", "Pacific/Apia", "Australia/Lord_Howe", "America/Sao_Paulo", "UTC"]


def found(t: int, limits: tuple[int, ...]) -> int:
    """As kernels do it."""
    slots, ends = passed(limits)
    s = int(slots[t >> 16])
    while t >= ends[s]:
        s += 1
    return s


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(ZONES),
    st.dates(date(2010, 6, 1), date(2013, 6, 1)),
    st.integers(0, 500),
    st.sampled_from(["day", "week", "month"]),
    st.integers(-3, 503),
    st.sampled_from([-3601, -3600, -1, 0, 1, 1800, 7200, 50_000]),
)
def test_a_moment_is_in_the_span_that_its_local_day_is_in(
    zone_name: str, first: date, days: int, unit: Unit, nth: int, after_midnight: int
) -> None:
    zone = ZoneInfo(zone_name)
    starts = spans(first, first + timedelta(days=days), unit)
    limits = edges(starts, unit, zone)
    at = datetime.combine(first, datetime.min.time(), zone).astimezone(UTC) + timedelta(days=nth)
    t = int(at.timestamp()) + after_midnight
    local = datetime.fromtimestamp(t, UTC).astimezone(zone).date()
    after = limits[-1] <= t
    expected = len(starts) + 1 if after else sum(s <= local for s in starts)
    assert found(t, limits) == expected


@pytest.mark.parametrize("limits", [(), (0,), (0, 0, 5), (5, 5, 5), (FOREVER,)])
@pytest.mark.parametrize("t", [0, 4, 5, 65_535, 65_536, FOREVER])
def test_edges_at_the_ends_of_time_and_of_nothing(limits: tuple[int, ...], t: int) -> None:
    assert found(t, limits) == sum(edge <= t for edge in limits)


@pytest.mark.parametrize(
    ("until", "last", "over", "begun"),
    [
        (20, 20, 2, 2),  # the third has not begun before now
        (21, 20, 2, 3),
        (400, 20, 2, 3),
        (400, 19, 2, 2),  # the last event is at the end of the second span
        (400, 18, 1, 2),  # nobody knows whether more would have happened in it
        (400, 400, 4, 4),
        (15, 400, 1, 2),  # the period ends in the second span
        (0, 0, 0, 0),
    ],
)
def test_what_is_over_and_what_has_begun(until: int, last: int, over: int, begun: int) -> None:
    starts = tuple(date(2026, 1, n) for n in (1, 2, 3, 4))
    calendar = Calendar("day", starts, (0, 10, 20, 30, 40), until, last)
    so_far = calendar.so_far()
    assert (calendar.over, so_far.over) == (over, min(over, begun))
    assert so_far.starts == starts[:begun]
    assert so_far.edges == ((0, 10, 20, 30, 40)[: begun + 1] if begun else ())


def test_the_span_before_the_first_is_a_whole_one() -> None:
    zone = ZoneInfo("Europe/Helsinki")
    april = [date(2026, 4, 1)]
    more = Calendar("month", tuple(april), edges(april, "month", zone)).with_one_before(zone)
    assert more.starts == (date(2026, 3, 1), date(2026, 4, 1))
    assert more.edges == edges([*more.starts], "month", zone)


def test_a_file_that_ended_long_ago_is_known_a_day_longer(shop: Shop) -> None:
    shop.visits("c", (0, "ad"), (10, "ad"))
    workspace = shop.refreshed()
    last = int((START + timedelta(days=10)).timestamp())
    assert known_until(workspace, FOREVER) == last + 86_400
    assert known_until(workspace, last) == last
