"""Time that counts: Monday to Friday in the company's time zone. Public holidays are not known."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

A_DAY = timedelta(days=1)
SATURDAY = 5


def days_after(start: datetime, days: int, zone: ZoneInfo) -> datetime:
    """So many working days after a moment, at the same time of day by the clock there; in UTC.

    A weekend counts as the Monday's first moment: one working day after a Saturday is the end of Monday.
    """
    local = start.astimezone(zone)
    day, clock = local.date(), local.time().replace(fold=0)
    if day.weekday() >= SATURDAY:
        day, clock = _monday_after(day), time()
    for _ in range(days):
        day = _next_working(day)
    return datetime.combine(day, clock, zone).astimezone(UTC)


def time_after(start: datetime, length: timedelta, zone: ZoneInfo) -> datetime:
    """When so much working time has passed since a moment; in UTC."""
    at, left = start.astimezone(UTC), length
    while True:
        day = at.astimezone(zone).date()
        if day.weekday() >= SATURDAY:
            at = _midnight(_monday_after(day), zone)
            continue
        rest = _midnight(day + A_DAY, zone) - at
        if left <= rest:
            return at + left
        at, left = at + rest, left - rest


def time_between(start: datetime, end: datetime, zone: ZoneInfo) -> timedelta:
    """How much working time lies between two moments; none if the second is not later."""
    at, end, found = start.astimezone(UTC), end.astimezone(UTC), timedelta()
    while at < end:
        day = at.astimezone(zone).date()
        until = min(end, _midnight(day + A_DAY, zone))
        if day.weekday() < SATURDAY:
            found += until - at
        at = until
    return found


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)


def _monday_after(day: date) -> date:
    return day + timedelta(days=7 - day.weekday())


def _next_working(day: date) -> date:
    following = day + A_DAY
    return _monday_after(following) if following.weekday() >= SATURDAY else following
