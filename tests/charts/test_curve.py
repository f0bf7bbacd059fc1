from __future__ import annotations

import re

import pytest

from polku.charts import NARROW, WIDE, Figure, Frame, Step, curve
from polku.i18n import use_language


def figure(shares: list[float | None]) -> Figure:
    steps = [Step(k, s, s and s - 0.05, s and s + 0.05, 1000 - k) for k, s in enumerate(shares, start=1)]
    return curve(title="Returns", description="Fewer and fewer.", steps_are="Months after", steps=steps)


def texts(svg: str) -> list[str]:
    return re.findall(r"<text[^>]*>([^<]*)</text>", svg)


def labels(svg: str) -> list[str]:
    """Texts beside points: in ink, those of axes are muted."""
    return re.findall(r'<text[^>]*fill="#1d2630"[^>]*>([^<]*)</text>', svg)


def test_line_goes_through_its_shares() -> None:
    svg = figure([0.8, 0.4, 0.2]).to_svg()
    [line] = [
        re.findall(r' d="([^"]*)"', p)[0] for p in re.findall(r"<path[^>]*>", svg) if 'stroke="#1f6f5c"' in p
    ]
    (x0, high), (x1, middle), (x2, low) = (
        tuple(map(float, p.split(","))) for p in re.findall(r"[\d.]+,[\d.]+", line)
    )
    assert x1 - x0 == pytest.approx(x2 - x1, abs=0.2)
    assert (low - middle) * 2 == pytest.approx(middle - high, abs=0.5)
    assert low > middle > high


@pytest.mark.parametrize(("frame", "fit"), [(WIDE, 12), (NARROW, 2)])
def test_only_labels_that_fit_are_drawn(frame: Frame, fit: int) -> None:
    with use_language("en"):
        svg = figure([0.333 + k / 100 for k in range(12)]).to_svg(frame=frame)
    assert len(labels(svg)) == fit
    assert labels(svg)[-1] == "44%"
    assert {"1", "6", "12"} <= set(texts(svg))


def test_table_has_the_intervals() -> None:
    with use_language("fi"):
        html = figure([0.5, None]).to_html()
    assert '<th scope="row">1</th>' in html
    assert "50,0\u202f%" in html
    assert "45,0\u202f%" in html
    assert "998" in html
    assert "–" in html
