"""From a Vega-Lite specification to SVG, on the server: the page needs no script to show it."""

from __future__ import annotations

import hashlib
import json
import re
from functools import lru_cache
from typing import Any, Final

import vl_convert

from polku.charts.theme import CONFIG, number_format, time_format

Specification = dict[str, Any]
"""A Vega-Lite chart as its documentation writes it (docs/adr/0020-charts-as-specifications.md)."""


def svg(chart: Specification, language: str) -> str:
    """The chart as an SVG element, its colours CSS variables. The charts drawn last are kept."""
    return _draw(json.dumps(chart | {"config": CONFIG}, ensure_ascii=False), language)


@lru_cache(maxsize=256)
def _draw(chart: str, language: str) -> str:
    drawn = vl_convert.vegalite_to_svg(
        chart, format_locale=number_format(language), time_format_locale=time_format(language)
    )
    # Several drawings share a page: what they refer to by id is named apart.
    key = hashlib.sha256((chart + language).encode()).hexdigest()[:8]
    return _TAG.sub(lambda tag: _tidy(tag[0], key), drawn)


_TAG: Final = re.compile(r"<[^>]*>")
_ROLES: Final = re.compile(r' (?:role|class|version|xmlns:xlink|aria-\w+)="[^"]*"')
_PATH: Final = re.compile(r' d="[^"]+"')
_DECIMALS: Final = re.compile(r"(\.\d)\d+")
_ID: Final = re.compile(r'( id="|url\(#)([^")]+)')


def _tidy(tag: str, key: str) -> str:
    """A tag without roles (the figure is one image with one text), its ids made this drawing's own."""
    tag = _ROLES.sub("", tag)
    # A tenth of a pixel is finer than a screen shows, and halves the page.
    tag = _PATH.sub(lambda path: _DECIMALS.sub(r"\1", path[0]), tag)
    return _ID.sub(rf"\1\2-{key}", tag)
