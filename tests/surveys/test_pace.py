"""How many answers one address may send."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from polku.errors import TooManyAttempts
from polku.surveys import pace
from polku.surveys.pace import Pace

NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)


def taken(of: Pace, address: str, times: int, now: datetime = NOW) -> int:
    """How many of so many are taken."""
    count = 0
    for _ in range(times):
        try:
            of.check(address, now)
        except TooManyAttempts:
            continue
        count += 1
    return count


def test_so_many_are_taken_within_an_hour_of_the_first() -> None:
    kept = Pace(3)
    assert taken(kept, "10.0.0.1", 5) == 3
    assert taken(kept, "10.0.0.2", 2) == 2
    with pytest.raises(TooManyAttempts, match="More than 3 answers") as told:
        kept.check("10.0.0.1", NOW + timedelta(minutes=50))
    assert told.value.retry_after_s == 601
    assert taken(kept, "10.0.0.1", 5, NOW + timedelta(hours=1)) == 3


def test_addresses_of_one_subscriber_count_together() -> None:
    kept = Pace(3)
    assert sum(taken(kept, f"2001:db8:1:2::{n:x}", 1) for n in range(9)) == 3
    assert taken(kept, "2001:db8:1:3::1", 1) == 1
    assert taken(kept, "no address", 4) == 3


def test_none_is_no_limit() -> None:
    assert taken(Pace(0), "10.0.0.1", 500) == 500


def test_a_crowd_does_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace, "MOST_ADDRESSES", 10)
    kept = Pace(1)
    assert all(taken(kept, f"10.0.{n}.1", 1) for n in range(50))
    assert taken(kept, "10.0.49.1", 1) == 0
    assert taken(kept, "10.0.0.1", 1) == 1
