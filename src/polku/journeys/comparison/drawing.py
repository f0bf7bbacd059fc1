"""What differs as a picture: two dots a row, each with its interval. SVG of our own, coloured by comparison.css."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

from polku.i18n import gettext, number, percent, signed
from polku.journeys.comparison.headline import what
from polku.journeys.comparison.results import ComparedTouchpoint, ComparedTransition, Row
from polku.journeys.map.labels import shortened, text_width
from polku.stats import Estimate

MOST: Final = 10
"""So many touchpoints and so many transitions are drawn at most,"""

LEAST: Final = 5
"""and so many where few are clear."""


@dataclass(frozen=True, slots=True)
class Format:
    """How wide the picture is, where its scale begins and ends, and how high a row is: with the name beside the dots
    or, where there is no room for it, above them."""

    css: str
    width: float
    left: float
    right: float
    row: float
    beside: bool


WIDE: Final = Format("compared-wide", 900, 300, 756, 30, True)
NARROW: Final = Format("compared-narrow", 340, 46, 294, 50, False)
HEAD: Final = 30.0
TITLE: Final = 34.0


def draw(rows: Sequence[Row], names: tuple[str, str], format: Format, language: str) -> Markup:
    """Touchpoints and transitions under each other, each on a scale of their own; empty if there are none."""
    if not rows:
        return Markup("")
    parts, y = [_head(names, format)], HEAD
    drawn: list[Row] = []
    titles = (
        (ComparedTouchpoint, gettext("Touchpoints")),
        (ComparedTransition, gettext("From one to another")),
    )
    for kind, title in titles:
        chosen = _chosen([r for r in rows if isinstance(r, kind)])
        if not chosen:
            continue
        most = _nice(max(e.high or 0.0 for r in chosen for e in (r.first, r.second)))
        parts.append(_title(title, y + TITLE - 12, most, format))
        y += TITLE
        for row in chosen:
            parts.append(_row(row, y, most, format, language))
            y += format.row
        drawn += chosen
    described = "; ".join(told(r, names, language) for r in drawn)
    return Markup(
        '<svg class="{0}" viewBox="0 0 {1:.0f} {2:.0f}" role="img" aria-labelledby="{0}-t {0}-d">'
        '<title id="{0}-t">{3}</title><desc id="{0}-d">{4}</desc>{5}</svg>'
    ).format(format.css, format.width, y + 4, gettext("What differs"), described, Markup("").join(parts))


def _chosen(rows: Sequence[Row]) -> list[Row]:
    """The clear ones as far as there is room, and of others so many that it is not empty."""
    return [r for i, r in enumerate(rows[:MOST]) if r.clear or i < LEAST]


def _title(title: str, y: float, most: float, format: Format) -> Markup:
    ends = [(format.right, percent(most))] + ([(format.left, percent(0))] if format.beside else [])
    ticks = (Markup('<text class="tick" x="{}" y="{}">{}</text>').format(_n(x), _n(y), t) for x, t in ends)
    named = Markup('<text class="title" x="0" y="{}">{}</text>').format(_n(y), title)
    return named + Markup("").join(ticks)


def told(row: Row, names: tuple[str, str], language: str) -> str:
    """A row in words."""
    shares = (
        f"{n} {percent(e.estimate or 0.0, 1)}" for n, e in zip(names, (row.first, row.second), strict=True)
    )
    sure = gettext("clear") if row.clear else gettext("may be chance")
    return f"{what(row, language)}: {', '.join(shares)} ({sure})"


def points(difference: Estimate) -> str:
    """A difference of shares in percentage points, with how sure it is."""
    if difference.estimate is None:
        return "–"
    half = number((difference.half_width or 0.0) * 100, 1)
    return f"{signed(difference.estimate * 100, 1)} ± {half}".replace(" ± ", "\u00a0±\u00a0")


def _head(names: tuple[str, str], format: Format) -> Markup:
    """Which dot is whose."""
    room = (format.width - 40) / 2
    first, second = (shortened(n, room) for n in names)
    x = 5.0
    return Markup(
        '<circle class="first" cx="{}" cy="12" r="5"/><text x="{}" y="16">{}</text>'
        '<circle class="second" cx="{}" cy="12" r="4.5"/><text x="{}" y="16">{}</text>'
    ).format(
        _n(x), _n(x + 11), first, _n(x + 11 + text_width(first) + 30), _n(x + 22 + text_width(first) + 30), second
    )  # fmt: skip


def _row(row: Row, top: float, most: float, format: Format, language: str) -> Markup:
    y = top + format.row - 15
    first, second = (_x(e.estimate, most, format) for e in (row.first, row.second))
    name_y = y + 4 if format.beside else top + 14
    difference = points(row.difference)
    room = format.left - 52 if format.beside else format.width - text_width(difference) - 16
    return Markup(
        '<g class="{}"><title>{}</title><text class="name" x="0" y="{}">{}</text>'
        '<path class="scale" d="M{},{}H{}"/>{}{}<path class="between" d="M{},{}H{}"/>'
        '<circle class="second" cx="{}" cy="{}" r="4.5"/><circle class="first" cx="{}" cy="{}" r="5"/>'
        '{}<text class="difference" x="{}" y="{}">{}</text></g>'
    ).format(
        "clear" if row.clear else "unclear", f"{what(row, language)}: {difference}",
        _n(name_y), shortened(what(row, language), room),
        _n(format.left), _n(y), _n(format.right),
        _whisker("first", row.first, y, most, format), _whisker("second", row.second, y, most, format),
        _n(first), _n(y), _n(second), _n(second), _n(y), _n(first), _n(y),
        _values(row, y, most, format), _n(format.width), _n(name_y), difference,
    )  # fmt: skip


def _values(row: Row, y: float, most: float, format: Format) -> Markup:
    """The shares, on the outer sides of their intervals."""
    lower, higher = sorted((row.first, row.second), key=lambda e: e.estimate or 0.0)
    left = min(_x(e.low, most, format) for e in (lower, higher))
    right = max(_x(e.high, most, format) for e in (lower, higher))
    return Markup(
        '<text class="value lower" x="{}" y="{}">{}</text><text class="value" x="{}" y="{}">{}</text>'
    ).format(_n(left - 8), _n(y + 4), _percent(lower), _n(right + 8), _n(y + 4), _percent(higher))


def _percent(e: Estimate) -> str:
    share = e.estimate or 0.0
    return percent(share, 0 if share >= 0.1 or share == 0 else 1)


def _whisker(css: str, e: Estimate, y: float, most: float, format: Format) -> Markup:
    return Markup('<path class="whisker {}" d="M{},{}H{}"/>').format(
        css, _n(_x(e.low, most, format)), _n(y), _n(_x(e.high, most, format))
    )


def _x(share: float | None, most: float, format: Format) -> float:
    return format.left + (format.right - format.left) * min(1.0, (share or 0.0) / most)


def _nice(share: float) -> float:
    """The end of a scale that holds a share: a whole tenth, or below that a whole hundredth."""
    step = 0.1 if share > 0.1 else 0.01
    return max(step, math.ceil(share / step - 1e-9) * step)


def _n(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
