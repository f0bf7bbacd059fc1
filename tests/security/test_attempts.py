from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from polku.security import Attempts
from polku.security.attempts import MOST_KEYS

START = datetime(2026, 11, 23, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def test_stops_after_the_most_and_opens_when_the_oldest_is_forgotten():
    attempts = Attempts(most=3, within=10 * MINUTE)
    for minute in range(3):
        assert attempts.wait("anna", START + minute * MINUTE) == timedelta(0)
        attempts.failed("anna", START + minute * MINUTE)
    assert attempts.wait("anna", START + 2 * MINUTE) == 8 * MINUTE
    assert attempts.wait("ville", START + 2 * MINUTE) == timedelta(0)
    assert attempts.wait("anna", START + 10 * MINUTE) == timedelta(0)


def test_success_forgets():
    attempts = Attempts(most=1, within=MINUTE)
    attempts.failed("anna", START)
    assert attempts.wait("anna", START) > timedelta(0)
    attempts.succeeded("anna")
    assert attempts.wait("anna", START) == timedelta(0)


@given(st.lists(st.integers(0, 30), max_size=30).map(sorted), st.integers(1, 4))
def test_waits_while_there_were_as_many_failures_in_the_time_before(minutes, most):
    attempts = Attempts(most=most, within=10 * MINUTE)
    for i, minute in enumerate(minutes):
        recent = [m for m in minutes[:i] if minute - m < 10]
        assert (attempts.wait("k", START + minute * MINUTE) > timedelta(0)) is (len(recent) >= most)
        attempts.failed("k", START + minute * MINUTE)


def test_memory_is_bounded_and_holds_no_addresses():
    attempts = Attempts(most=1, within=MINUTE)
    for n in range(MOST_KEYS + 10):
        attempts.failed(f"203.0.113.9 anna{n}@example.fi", START)
    assert len(attempts._failures) == MOST_KEYS
    assert attempts.wait("203.0.113.9 anna0@example.fi", START) == timedelta(0)
    assert "anna" not in repr(attempts._failures)
