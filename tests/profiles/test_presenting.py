from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from polku.profiles.presenting import days
from polku.profiles.timeline import Happening

HELSINKI = ZoneInfo("Europe/Helsinki")


def at(text: str, title: str = "Cart", score: float | None = None) -> Happening:
    moment = datetime.fromisoformat(text).replace(tzinfo=UTC)
    return Happening(1, moment, "track", title, title, None, None, "web", "Shop", None, score, None, None)


def test_days_are_those_of_the_companys_zone_also_when_clocks_change() -> None:
    told = [at("2026-10-25T22:30"), at("2026-10-25T21:30"), at("2026-10-24T21:30"), at("2026-10-24T20:30")]
    shown = [(d.day, len(d.lines)) for d in days([told[0], told[1], told[2], told[3]], HELSINKI)]
    assert shown == [(date(2026, 10, 26), 1), (date(2026, 10, 25), 1), (date(2026, 10, 24), 1)]


def test_a_run_of_the_same_is_one_line_but_an_answer_stands_alone() -> None:
    told = [at("2026-01-01T12:0" + str(i)) for i in range(5, 0, -1)]
    told[2:2] = [at("2026-01-01T12:04", score=50.0), at("2026-01-01T12:04", score=50.0)]
    (day,) = days(told, HELSINKI)
    assert [(line.times, line.happening.score) for line in day.lines] == [
        (2, None),
        (1, 50),
        (1, 50),
        (3, None),
    ]
    assert (day.lines[3].since, day.lines[3].happening.at) == (told[-1].at, told[4].at)


def test_a_day_that_goes_on_from_the_page_before_says_so() -> None:
    before = f"{int(datetime(2026, 1, 1, 13, tzinfo=UTC).timestamp() * 1000)}-7"
    first, second = days([at("2026-01-01T12:00"), at("2025-12-31T12:00")], HELSINKI, before=before)
    assert (first.goes_on, second.goes_on) == (True, False)
    assert days([], HELSINKI) == []
