from datetime import UTC, date, datetime, timedelta

import pytest

from polku.i18n import (
    ago,
    day,
    duration,
    moment,
    money,
    number,
    percent,
    signed,
    use_language,
    use_timezone,
)

N = "\u202f"  # narrow no-break space


@pytest.fixture(params=["fi", "en"])
def language(request):
    with use_language(request.param):
        yield request.param


def told(language: str, finnish: str, english: str) -> str:
    return finnish if language == "fi" else english


def test_numbers(language):
    assert number(1234567.891, 1) == told(language, f"1{N}234{N}567,9", "1,234,567.9")
    assert number(-1234.5, 2) == told(language, f"−1{N}234,50", "−1,234.50")
    assert number(-0.2) == "0"
    assert number(0) == "0"


def test_signs(language):
    assert [signed(x) for x in (18.4, -21, 0.3, -0.3)] == ["+18", "−21", "0", "0"]
    assert signed(0.26, 1) == told(language, "+0,3", "+0.3")


def test_percent_and_money(language):
    assert percent(0.516, 1) == told(language, f"51,6{N}%", "51.6%")
    assert money(148_000) == told(language, f"148{N}000{N}€", "€148,000")
    assert money(-12.5, digits=2) == told(language, f"−12,50{N}€", "−€12.50")
    assert money(10, "SEK").startswith(told(language, f"10{N}", "SEK"))


def test_days_and_moments(language):
    assert day(date(2026, 11, 23)) == told(language, "23.11.2026", "23 Nov 2026")
    assert moment(datetime(2026, 11, 23, 7, 4, tzinfo=UTC)) == told(
        language, "23.11.2026 klo 9.04", "23 Nov 2026, 09:04"
    )


def test_a_day_is_of_the_reader_s_zone(language):
    late = datetime(2026, 7, 31, 21, 30, tzinfo=UTC)  # already August in Finland's summer
    assert day(late) == told(language, "1.8.2026", "1 Aug 2026")
    with use_timezone("UTC"):
        assert day(late) == told(language, "31.7.2026", "31 Jul 2026")


@pytest.mark.parametrize(
    ("utc_hour", "clock"),
    [(0, "2.30"), (1, "4.30")],  # 29 March 2026: 03.00 becomes 04.00
)
def test_daylight_saving(utc_hour, clock):
    with use_language("fi"):
        assert moment(datetime(2026, 3, 29, utc_hour, 30, tzinfo=UTC)) == f"29.3.2026 klo {clock}"


@pytest.mark.parametrize(
    ("seconds", "finnish", "english"),
    [
        (0, "0 s", "0 s"),
        (45, "45 s", "45 s"),
        (360, "6 min", "6 min"),
        (5400, "1,5 t", "1.5 h"),
        (3 * 3600, "3 t", "3 h"),
        (86_400, "1 pv", "1 d"),
        (86_400 * 30, "30 pv", "30 d"),
        (-90, "−2 min", "−2 min"),
    ],
)
def test_durations(language, seconds, finnish, english):
    assert duration(timedelta(seconds=seconds)) == told(language, finnish, english).replace(" ", N)


def test_ago(language):
    now = datetime(2026, 11, 23, tzinfo=UTC)
    assert ago(now - timedelta(minutes=5), now) == told(language, "5 minuuttia sitten", "5 minutes ago")
    assert ago(now, now) == told(language, "juuri äsken", "just now")
