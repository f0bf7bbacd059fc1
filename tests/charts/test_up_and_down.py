from __future__ import annotations

import re
from datetime import date, timedelta

import pytest

from polku.charts import Bars, Figure, up_and_down
from polku.i18n import use_language

MONTHS = [date(2026, m, 1) for m in (1, 2, 3, 4)]


def figure(edges: list[date] = MONTHS, *, unfinished: int = 0) -> Figure:
    n = len(edges) - 1
    bars = [
        Bars("back", [20] * n, "accent"),
        Bars("new", [10] * n, "stage-1"),
        Bars("gone", [*[15] * (n - 1), None], "muted", down=True),
    ]
    return up_and_down(title="Life", description="All.", edges=edges, bars=bars, unfinished=unfinished)


def heights(svg: str, token: str) -> list[tuple[float, float]]:
    """Top and bottom of the bars of a colour, from left to right."""
    found = []
    for path in re.findall(rf'<path d="([^"]*)" fill="{token}"', svg):
        (x, top, _, height) = re.fullmatch(
            r"M([\d.-]+),([\d.-]+)h([\d.-]+)v([\d.-]+)h[\d.-]+Z", path
        ).groups()  # type: ignore[union-attr]
        ends = float(top), float(top) + float(height)
        found.append((float(x), min(ends), max(ends)))
    return [(top, bottom) for _, top, bottom in sorted(found)]


def test_bars_stand_on_each_other_and_hang_from_zero() -> None:
    svg = figure().to_svg()
    back, new, gone = (heights(svg, c) for c in ("#1f6f5c", "#5b87b0", "#5c6570"))
    assert len(back) == len(new) == 3
    zero = back[0][1]
    unit = (zero - back[0][0]) / 20
    assert new[0] == pytest.approx((zero - 30 * unit, zero - 20 * unit), abs=0.3)
    assert gone[0] == pytest.approx((zero, zero + 15 * unit), abs=0.3)
    assert gone[2] == pytest.approx((zero, zero), abs=0.3)  # not known


def test_what_is_not_over_is_pale() -> None:
    svg = figure(unfinished=1).to_svg()
    assert len(re.findall(r'fill="#1f6f5c" opacity="0.4"', svg)) == 1
    assert len(re.findall(r'fill="#1f6f5c" opacity="0.9"', svg)) == 2


@pytest.mark.parametrize(
    ("edges", "labels"),
    [
        (MONTHS, ["Jan", "2026", "Feb", "Mar"]),
        ([date(2026, 8, 31) + timedelta(weeks=k) for k in range(4)], ["31 Aug", "7 Sep", "14 Sep"]),
    ],
)
def test_labels_are_where_bars_begin(edges: list[date], labels: list[str]) -> None:
    with use_language("en"):
        svg = figure(edges).to_svg()
    said = re.findall(r"<t(?:ext|span)[^>]*>([^<]+)</t", svg)
    assert [t for t in said if re.search("[A-Z]|2026", t)] == labels
    assert {"back", "new", "gone"} <= set(said)
    assert "−10" not in said  # downwards counts are counts


def test_table_has_every_count() -> None:
    html = figure().to_html()
    assert html.count("<td") == 9
    assert "–" in html
