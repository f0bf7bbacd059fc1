"""Hours and days at which nobody is written to, in the company's own time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from polku.errors import InvalidInput

_LOOKS_AHEAD: Final = 60


@dataclass(frozen=True, slots=True)
class SendingHours:
    """When letters may go: from `opens` until before `closes`, on `weekdays` (0 is Monday), not on `holidays`.

    Times are of the wall clock in the zone. Raises InvalidInput if no time is left.
    """

    opens: time = time(9)
    closes: time = time(20)
    weekdays: frozenset[int] = frozenset(range(7))
    holidays: frozenset[date] = frozenset()

    def __post_init__(self) -> None:
        if self.opens >= self.closes or not self.weekdays or not self.weekdays <= set(range(7)):
            raise InvalidInput(
                "No letter could ever go: there must be at least one day of the week, and hours that begin (%(opens)s) "
                "before they end (%(closes)s).",
                opens=f"{self.opens:%H:%M}",
                closes=f"{self.closes:%H:%M}",
            )


def next_sending_time(at: datetime, hours: SendingHours, zone: ZoneInfo) -> datetime | None:
    """`at` itself if letters may go then, else the next time (UTC) when they may; None: not within two months.

    An hour that does not exist when clocks go forward begins when the clock has been moved. One that comes twice when
    they go back is both times as the wall clock says.
    """
    local = at.astimezone(zone)
    for days in range(_LOOKS_AHEAD):
        day = local.date() + timedelta(days=days)
        if day.weekday() not in hours.weekdays or day in hours.holidays:
            continue
        if days == 0 and local.time() >= hours.opens:
            if local.time() < hours.closes:
                return at.astimezone(UTC)
            continue
        return _moment(day, hours.opens, zone, at)
    return None


def _moment(day: date, wall: time, zone: ZoneInfo, earliest: datetime) -> datetime:
    """When a wall clock shows a time on a day, as UTC: the first time that it does, not before `earliest`."""
    first, second = (datetime.combine(day, wall.replace(fold=fold), zone).astimezone(UTC) for fold in (0, 1))
    if first > second:  # TRICKY: only in the hour that does not exist; the gap ends between the two
        return _change(second, first, zone)
    return first if first >= earliest else second


def _change(low: datetime, high: datetime, zone: ZoneInfo) -> datetime:
    """When clocks are changed between two times, to the second."""
    before = low.astimezone(zone).utcoffset()
    while high - low > timedelta(seconds=1):
        middle = low + (high - low) / 2
        if middle.astimezone(zone).utcoffset() == before:
            low = middle
        else:
            high = middle
    return high.replace(microsecond=0)
