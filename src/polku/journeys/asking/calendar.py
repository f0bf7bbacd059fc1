"""Days, weeks and months of the company's time zone as edges in seconds since 1970."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Final, Literal
from zoneinfo import ZoneInfo

from polku.errors import InvalidInput
from polku.i18n import day, month
from polku.workspace import midnight

Unit = Literal["day", "week", "month"]
MOST_SPANS: Final = 1_500


def unit_for(first: date, last: date) -> Unit:
    """The unit that gives a readable number of spans."""
    days = (last - first).days
    return "day" if days <= 62 else "week" if days <= 550 else "month"


def long_unit_for(first: date, last: date) -> Unit:
    """The unit that gives few spans, each with enough in it: for customers of whom something is known only later."""
    days = (last - first).days
    return "day" if days <= 31 else "week" if days <= 183 else "month"


def spans(first: date, last: date, unit: Unit) -> list[date]:
    """First days of the days, ISO weeks or months that hold `first` to `last`.

    Raises InvalidInput if there are more than 1,500.
    """
    starts = [_start(first, unit)]
    while (start := following(starts[-1], unit)) <= last:
        starts.append(start)
        if len(starts) > MOST_SPANS:
            raise InvalidInput(
                "%(first)s to %(last)s has more than %(most)s bars. Choose a shorter period or a longer unit.",
                first=first,
                last=last,
                most=MOST_SPANS,
            ).told(
                f"{first} to {last} has more than {MOST_SPANS} {unit}s. "
                "Choose a shorter period or a longer unit."
            )
    return starts


def edges(starts: list[date], unit: Unit, zone: ZoneInfo) -> tuple[int, ...]:
    """Where each span begins, and where the last ends: midnights of the zone, daylight saving included."""
    if not starts:
        return ()
    return tuple(midnight(d, zone) for d in [*starts, following(starts[-1], unit)])


def day_of(seconds: int, zone: ZoneInfo) -> date:
    """The day of the zone that a moment is in."""
    return datetime.fromtimestamp(seconds, UTC).astimezone(zone).date()


def span_name(start: date, unit: Unit) -> str:
    """What a reader calls the day, week or month that begins on `start`: a week by its first day."""
    return month(start) if unit == "month" else day(start)


def _start(day: date, unit: Unit) -> date:
    if unit == "week":
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if unit == "month" else day


def following(start: date, unit: Unit) -> date:
    """The first day of the next span."""
    if unit == "month":
        return (start.replace(day=28) + timedelta(days=4)).replace(day=1)
    return start + timedelta(days=7 if unit == "week" else 1)
