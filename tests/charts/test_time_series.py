from __future__ import annotations

import re
from datetime import date, timedelta
from itertools import pairwise

import pytest

from polku.charts import NARROW, WIDE, Figure, Frame, Point, Series, time_series
from polku.i18n import use_language

START = date(2026, 1, 1)


def daily(name: str, values: list[float | None]) -> Series:
    return Series(name, [Point(START + timedelta(i), v) for i, v in enumerate(values)])


def figure(*series: Series) -> Figure:
    return time_series(title="Volumes", description="What came in.", series=series)


def texts(svg: str) -> list[str]:
    return re.findall(r"<text[^>]*>([^<]*)</text>", svg)


def lines(svg: str) -> list[str]:
    """Paths of lines: stroked, not filled."""
    paths = re.findall(r"<path[^>]*>", svg)
    return [re.findall(r' d="([^"]*)"', p)[0] for p in paths if 'stroke-width="2"' in p]


def test_line_goes_through_its_values() -> None:
    [line] = lines(figure(daily("a", [0, 100, 50])).to_svg())
    points = [tuple(map(float, p.split(","))) for p in re.findall(r"[\d.]+,[\d.]+", line)]
    (x0, bottom), (x1, top), (x2, middle) = points
    assert x1 - x0 == pytest.approx(x2 - x1, abs=0.2)
    assert middle == pytest.approx((top + bottom) / 2, abs=0.2)
    assert top < bottom


def test_gap_in_values_is_a_gap_in_the_line() -> None:
    [line] = lines(figure(daily("a", [5, 6, None, 7, 8])).to_svg())
    assert line.count("M") == 2


@pytest.mark.parametrize(
    ("language", "thousand", "month"), [("fi", "1\u202f000", "helmi"), ("en", "1,000", "Feb")]
)
def test_axes_speak_the_language(language: str, thousand: str, month: str) -> None:
    with use_language(language):
        shown = texts(figure(daily("a", [0, 1000] * 60)).to_svg())
    assert thousand in shown
    assert month in shown


def test_score_axis_has_signs_but_not_on_zero() -> None:
    series = [Series("a", [Point(START, -40, -50, -30), Point(START + timedelta(9), 40, 30, 50)])]
    shown = texts(time_series(title="t", description="d", series=series, measure="score").to_svg())
    assert {"−20", "0", "+20"} <= set(shown)


def test_interval_is_a_ribbon() -> None:
    with_interval = Series("a", [Point(START, 1, 0, 2), Point(START + timedelta(9), 1, 0, 2)])
    drawn = time_series(title="t", description="d", series=[with_interval], measure="score").to_svg()
    without = time_series(title="t", description="d", series=[daily("a", [1, 1])], measure="score").to_svg()
    assert 'fill="#1f6f5c"' in drawn
    assert 'fill="#1f6f5c"' not in without


@pytest.mark.parametrize("frame", [WIDE, NARROW], ids=["wide", "narrow"])
def test_names_at_the_ends_never_overlap(frame: Frame) -> None:
    names = ["verkko", "puhelin", "chat", "myymälä"]
    drawn = figure(*(daily(n, [10, 500 + i]) for i, n in enumerate(names))).to_svg(frame=frame)
    heights = sorted(
        float(re.findall(rf'translate\([\d.]+,([\d.]+)\)"[^>]*>{name}</text>', drawn)[0]) for name in names
    )
    assert min(b - a for a, b in pairwise(heights)) >= 12


def test_fifth_series_is_grey_and_without_name() -> None:
    drawn = figure(*(daily(f"series {i}", [i, i + 1]) for i in range(6))).to_svg()
    assert "series 3" in texts(drawn)
    assert "series 4" not in texts(drawn)


def test_table_has_every_series_and_day() -> None:
    made = figure(daily("a", [1, None]), Series("b", [Point(START, 1234.0)]))
    assert made.table == ((START, 1, 1234.0), (START + timedelta(1), None, None))
    with use_language("fi"):
        html = made.to_html()
    assert '<th scope="row">1.1.2026</th><td class="number">1</td><td class="number">1\u202f234</td>' in html
    assert '<td class="number">–</td><td class="number">–</td>' in html


@pytest.mark.parametrize("series", [[], [daily("a", [])], [daily("a", [None])], [daily("a", [3])]])
def test_few_or_no_values_are_drawn_too(series: list[Series]) -> None:
    assert figure(*series).to_svg().startswith("<svg")
