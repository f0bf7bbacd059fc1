"""Finnish wall-clock time to UTC and back, over both changes of the clock."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from polku.demo.calendar import HOUR, SECOND, Calendar

CALENDAR = Calendar(datetime(2026, 11, 23, 9, 30, tzinfo=UTC))
HELSINKI = ZoneInfo("Europe/Helsinki")


def utc(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * SECOND


@pytest.mark.parametrize(
    ("wall", "universal"),
    [
        ("2026-01-15T12:00", "2026-01-15T10:00"),
        ("2026-07-15T12:00", "2026-07-15T09:00"),
        ("2026-03-29T02:59", "2026-03-29T00:59"),
        ("2026-03-29T04:00", "2026-03-29T01:00"),
        ("2026-10-25T03:30", "2026-10-25T00:30"),
        ("2026-10-25T04:00", "2026-10-25T02:00"),
    ],
)
def test_wall_clock_to_utc(wall: str, universal: str) -> None:
    assert CALENDAR.to_utc(np.array([utc(wall)])).tolist() == [utc(universal)]


@given(st.integers(utc("2025-11-24"), utc("2026-11-23")))
def test_utc_to_local_agrees_with_the_time_zone_database(at: int) -> None:
    moment = datetime.fromtimestamp(at // SECOND, tz=UTC)
    local = moment.astimezone(HELSINKI)
    assert CALENDAR.hour(np.array([at])).tolist() == [local.hour]
    assert CALENDAR.to_local(np.array([at]))[0] - at == (local.utcoffset().seconds // 3600) * HOUR  # type: ignore[union-attr]
