"""Working days and hours: weekends, holidays, the days when clocks change, and other zones."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polku.cases.rules import Rule, remind_at
from polku.cases.working_time import WorkingDays, days_after, time_after, time_between

HELSINKI = ZoneInfo("Europe/Helsinki")
WEEKS = WorkingDays(HELSINKI)
FINLAND = WorkingDays(HELSINKI, "FI")
NEW_YORK = WorkingDays(ZoneInfo("America/New_York"), "US")
CAIRO = ZoneInfo("Africa/Cairo")  # clocks go forward on a Friday


def at(text: str, zone: ZoneInfo = HELSINKI) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


@pytest.mark.parametrize(
    ("opened", "days", "due"),
    [
        ("2026-03-02T10:00", 2, "2026-03-04T10:00"),  # Monday
        ("2026-03-05T10:00", 2, "2026-03-09T10:00"),  # Thursday: over the weekend
        ("2026-03-06T16:30", 1, "2026-03-09T16:30"),  # Friday
        ("2026-03-07T12:00", 1, "2026-03-10T00:00"),  # Saturday: the end of Monday
        ("2026-03-08T23:59", 2, "2026-03-11T00:00"),  # Sunday: the end of Tuesday
        ("2026-03-27T09:00", 1, "2026-03-30T09:00"),  # clocks go forward on the Sunday between
        ("2026-10-23T09:00", 1, "2026-10-26T09:00"),  # and back
        ("2024-02-28T09:00", 1, "2024-02-29T09:00"),
        ("2026-12-31T09:00", 5, "2027-01-07T09:00"),  # a country without holidays
    ],
)
def test_days(opened: str, days: int, due: str) -> None:
    assert days_after(at(opened), days, WEEKS) == at(due)
    assert Rule("r", due=days).due_at(at(opened), WEEKS) == at(due)


@pytest.mark.parametrize(
    ("opened", "days", "due"),
    [
        ("2026-04-02T10:00", 1, "2026-04-07T10:00"),  # Maundy Thursday: over Easter
        ("2026-04-04T10:00", 1, "2026-04-08T00:00"),  # Easter Saturday: the end of Tuesday
        ("2026-04-30T15:00", 2, "2026-05-05T15:00"),  # the eve of May Day
        ("2026-06-18T09:00", 1, "2026-06-22T09:00"),  # Midsummer's Eve is no working day
        ("2026-12-23T12:00", 3, "2026-12-30T12:00"),  # Christmas Eve, Christmas Day, a weekend
        ("2026-12-31T09:00", 3, "2027-01-07T09:00"),  # New Year's Day and, of the next year, Epiphany
    ],
)
def test_days_in_finland_know_its_holidays(opened: str, days: int, due: str) -> None:
    assert days_after(at(opened), days, FINLAND) == at(due)
    assert Rule("r", due=days).due_at(at(opened), FINLAND) == at(due)


def test_hours_and_reminders_know_holidays_too() -> None:
    assert time_after(at("2026-04-02T22:00"), timedelta(hours=4), FINLAND) == at("2026-04-07T02:00")
    assert time_between(at("2026-04-02T12:00"), at("2026-04-07T12:00"), FINLAND) == timedelta(hours=24)
    assert remind_at(at("2026-04-02T12:00"), at("2026-04-07T12:00"), FINLAND) == at("2026-04-07T06:00")


def test_each_country_and_each_part_of_one_has_its_own() -> None:
    thursday = at("2026-06-03T10:00", ZoneInfo("Europe/Berlin"))  # tomorrow is Corpus Christi, in Bavaria
    berlin = ZoneInfo("Europe/Berlin")
    for country, due in (
        ("DE-BY", "2026-06-05T10:00"),
        ("DE-BE", "2026-06-04T10:00"),
        ("", "2026-06-04T10:00"),
    ):
        assert days_after(thursday, 1, WorkingDays(berlin, country)) == at(due, berlin)


@pytest.mark.parametrize(
    ("opened", "hours", "due"),
    [
        ("2026-03-02T10:00", 4, "2026-03-02T14:00"),
        ("2026-03-06T22:00", 4, "2026-03-09T02:00"),  # two hours of Friday, two of Monday
        ("2026-03-06T20:00", 4, "2026-03-07T00:00"),  # the end of Friday
        ("2026-03-07T12:00", 8, "2026-03-09T08:00"),
        ("2026-03-27T23:00", 2, "2026-03-30T01:00"),
    ],
)
def test_hours(opened: str, hours: int, due: str) -> None:
    assert time_after(at(opened), timedelta(hours=hours), WEEKS) == at(due)
    assert Rule("r", due=hours, due_unit="hours").due_at(at(opened), WEEKS) == at(due)


def test_a_working_day_on_which_clocks_change_has_its_own_length() -> None:
    friday = at("2026-04-24T00:00", CAIRO)
    assert time_between(friday, at("2026-04-25T00:00", CAIRO), WorkingDays(CAIRO)) == timedelta(hours=23)
    assert time_after(friday, timedelta(hours=23), WorkingDays(CAIRO)) == at("2026-04-25T00:00", CAIRO)
    assert days_after(at("2026-04-23T08:00", CAIRO), 1, WorkingDays(CAIRO)) == at("2026-04-24T08:00", CAIRO)


def test_the_zone_decides_when_the_weekend_is() -> None:
    late = datetime(2026, 3, 6, 23, tzinfo=UTC)  # Friday in Lisbon, Saturday in Helsinki
    assert time_between(late, late + timedelta(hours=1), WEEKS) == timedelta()
    assert time_between(late, late + timedelta(hours=1), WorkingDays(ZoneInfo("Europe/Lisbon"))) == timedelta(
        hours=1
    )


moments = st.integers(0, 365 * 86_400).map(lambda s: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=s))
lengths = st.timedeltas(timedelta(0), timedelta(days=20))


@given(
    moments,
    lengths,
    st.sampled_from([WEEKS, FINLAND, WorkingDays(CAIRO), WorkingDays(ZoneInfo("America/New_York"), "US")]),
)
def test_time_after_and_time_between_are_each_other_s_inverse(
    start: datetime, length: timedelta, working: WorkingDays
) -> None:
    assert time_between(start, time_after(start, length, working), working) == length


@given(moments, st.integers(1, 10), st.sampled_from([WEEKS, FINLAND]))
def test_days_are_counted_one_by_one(start: datetime, days: int, working: WorkingDays) -> None:
    due = days_after(start, days, working)
    whole, day = 0, start.astimezone(HELSINKI).date()
    while not working.has(day):  # from the next working day's first moment
        day += timedelta(days=1)
    while day < due.astimezone(HELSINKI).date():
        day += timedelta(days=1)
        whole += working.has(day)
    assert whole == days
    assert working.has(due.astimezone(HELSINKI).date())


def test_the_owner_is_told_when_three_quarters_have_gone() -> None:
    opened = at("2026-03-06T12:00")  # Friday noon, due on Tuesday noon: 48 working hours
    assert remind_at(opened, at("2026-03-10T12:00"), WEEKS) == at("2026-03-10T00:00")
    assert remind_at(opened, opened, WEEKS) is None
