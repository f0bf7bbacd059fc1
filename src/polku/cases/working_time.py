"""Time that counts: Monday to Friday in the company's time zone, without the public holidays of its country."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from polku.settings import Settings

A_DAY = timedelta(days=1)
SATURDAY = 5


@dataclass(frozen=True, slots=True)
class WorkingDays:
    """The days that count there. `country` is as in the setting `holidays`: FI, or a part of one as DE-BY; empty: no
    holidays are known."""

    zone: ZoneInfo
    country: str = ""

    @classmethod
    def of(cls, settings: Settings) -> WorkingDays:
        return cls(ZoneInfo(settings.timezone), settings.holidays)

    def has(self, day: date) -> bool:
        return day.weekday() < SATURDAY and not (self.country and day in _holidays(self.country, day.year))

    def first(self, day: date) -> date:
        """The day itself if it counts, else the next that does."""
        while not self.has(day):
            day += A_DAY
        return day


def days_after(start: datetime, days: int, working: WorkingDays) -> datetime:
    """So many working days after a moment, at the same time of day by the clock there; in UTC.

    A day that does not count is as the next working day's first moment: one working day after a Saturday is the end of
    Monday.
    """
    local = start.astimezone(working.zone)
    day, clock = local.date(), local.time().replace(fold=0)
    if not working.has(day):
        day, clock = working.first(day), time()
    for _ in range(days):
        day = working.first(day + A_DAY)
    return datetime.combine(day, clock, working.zone).astimezone(UTC)


def time_after(start: datetime, length: timedelta, working: WorkingDays) -> datetime:
    """When so much working time has passed since a moment; in UTC."""
    at, left = start.astimezone(UTC), length
    while True:
        day = at.astimezone(working.zone).date()
        if not working.has(day):
            at = _midnight(working.first(day), working.zone)
            continue
        rest = _midnight(day + A_DAY, working.zone) - at
        if left <= rest:
            return at + left
        at, left = at + rest, left - rest


def time_between(start: datetime, end: datetime, working: WorkingDays) -> timedelta:
    """How much working time lies between two moments; none if the second is not later."""
    at, end, found = start.astimezone(UTC), end.astimezone(UTC), timedelta()
    while at < end:
        day = at.astimezone(working.zone).date()
        until = min(end, _midnight(day + A_DAY, working.zone))
        if working.has(day):
            found += until - at
        at = until
    return found


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)


@cache
def _holidays(country: str, year: int) -> frozenset[date]:
    """The public holidays of a year."""
    import holidays  # a third of a second, which only whoever counts days should wait for

    of, _, part = country.partition("-")
    return frozenset(holidays.country_holidays(of, subdiv=part or None, years=year))
