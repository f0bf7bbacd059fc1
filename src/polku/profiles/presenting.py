"""A timeline as a page shows it: by day, with runs of the same thing in one line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import groupby
from zoneinfo import ZoneInfo

from polku.profiles.timeline import Happening


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a day: a happening, or a run of `times` alike ones from `since` to its own moment."""

    happening: Happening
    times: int
    since: datetime


@dataclass(frozen=True, slots=True)
class Day:
    """The lines of one day, newest first; `goes_on` if its heading already stands on the page before."""

    day: date
    lines: tuple[Line, ...]
    goes_on: bool


def days(happenings: Iterable[Happening], zone: ZoneInfo, *, before: str = "") -> list[Day]:
    """Happenings (newest first) by day of the company's time zone."""
    milliseconds = before.partition("-")[0]
    shown = _day(datetime.fromtimestamp(int(milliseconds) / 1000, UTC), zone) if milliseconds else None
    grouped = groupby(happenings, key=lambda h: _day(h.at, zone))
    return [Day(day, tuple(_lines(list(those))), day == shown) for day, those in grouped]


def _lines(those: Sequence[Happening]) -> Iterable[Line]:
    for _, run in groupby(enumerate(those), key=lambda pair: _alike(*pair)):
        alike = [h for _, h in run]
        yield Line(alike[0], len(alike), alike[-1].at)


def _alike(number: int, h: Happening) -> tuple[object, ...]:
    """What makes two happenings one line; what has an answer or money always stands alone."""
    if h.score is not None or h.value is not None:
        return (number,)
    return h.type, h.title, h.channel, h.source


def _day(at: datetime, zone: ZoneInfo) -> date:
    return at.astimezone(zone).date()
