"""From a Vega-Lite specification to SVG, on the server: the page needs no script to show it."""

from __future__ import annotations

import hashlib
import json
import re
import threading
from functools import lru_cache
from typing import Any

import vl_convert

from polku.charts.theme import CONFIG, number_format, time_format

Specification = dict[str, Any]
"""A Vega-Lite chart as its documentation writes it (docs/adr/0020-charts-as-specifications.md)."""


def svg(chart: Specification, language: str) -> str:
    """The chart as an SVG element, its colours CSS variables. The charts drawn last are kept."""
    return _draw(json.dumps(chart | {"config": CONFIG}, ensure_ascii=False), language)


def warm() -> threading.Thread:
    """Start the drawing engine in the background: the first chart takes some 0.6 s, those after it 0.06 s."""
    chart: Specification = {
        "data": {"values": [{"x": 0, "y": 0}]},
        "mark": "line",
        "encoding": {
            "x": {"field": "x", "type": "quantitative"},
            "y": {"field": "y", "type": "quantitative"},
        },
    }
    thread = threading.Thread(target=svg, args=(chart, "en"), name="warm-charts", daemon=True)
    thread.start()
    return thread


@lru_cache(maxsize=256)
def _draw(chart: str, language: str) -> str:
    drawn = vl_convert.vegalite_to_svg(
        chart, format_locale=number_format(language), time_format_locale=time_format(language)
    )
    drawn = drawn.replace(' version="1.1" class="marks"', "")
    drawn = drawn.replace(' xmlns:xlink="http://www.w3.org/1999/xlink"', "")
    # A tenth of a pixel is finer than a screen shows, and halves the page.
    drawn = re.sub(r' d="[^"]+"', lambda d: re.sub(r"(\.\d)\d+", r"\1", d[0]), drawn)
    # Several drawings share a page: what they refer to by id is named apart.
    key = hashlib.sha256((chart + language).encode()).hexdigest()[:8]
    drawn = re.sub(r'\bid="([^"]+)"', rf'id="\1-{key}"', drawn)
    return re.sub(r"url\(#([^)]+)\)", rf"url(#\1-{key})", drawn)
