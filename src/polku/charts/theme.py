"""How every chart looks. Colours are the page's own CSS variables, so one drawing serves light and dark."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final, Literal

Theme = Literal["light", "dark"]

TOKENS: Final = {
    "ink": ("#1d2630", "#e8eaec"),
    "muted": ("#5c6570", "#a0aab4"),
    "line": ("#e7e4dc", "#2b353e"),
    "accent": ("#1f6f5c", "#63bfa5"),
    "good": ("#27714f", "#6cc49e"),
    "bad": ("#ad3a30", "#ec8a80"),
    "stage-1": ("#5b87b0", "#76a3cd"),
    "stage-2": ("#8478ae", "#a196cf"),
    "stage-3": ("#c48440", "#d69a58"),
    "stage-4": ("#46916f", "#5fb08b"),
}
"""CSS variables of the page (web/static/tokens.css), light and dark, for where there is no page."""

SERIES: Final = ("accent", "stage-3", "stage-1", "stage-2")
"""Colours of series in order; those after them are drawn grey, behind."""

FONT: Final = "Inter, system-ui, sans-serif"
TEXT_SIZE: Final = 12


@dataclass(frozen=True, slots=True)
class Frame:
    """The space a chart is drawn for, in CSS pixels; the drawing scales with its place but little."""

    width: int
    height: int


WIDE, NARROW = Frame(960, 260), Frame(350, 230)


def colour(token: str) -> str:
    """A token as a colour in a chart; raises KeyError if there is no such token."""
    light, _ = TOKENS[token]
    return f"var(--{token},{light})"


def literal(svg: str, theme: Theme) -> str:
    """The drawing with the theme's own colours in place of variables, for programs that know no CSS."""

    def value(match: re.Match[str]) -> str:
        return TOKENS[match[1]][0 if theme == "light" else 1]

    return re.sub(r"var\(--([\w-]+),#\w+\)", value, svg)


def text_width(text: str) -> float:
    """Roughly how wide a label is, in pixels: Inter's letters are 0.58 of their size on average."""
    return len(text) * TEXT_SIZE * 0.58


_AXIS: Final[dict[str, Any]] = {
    "labelFont": FONT,
    "labelFontSize": TEXT_SIZE,
    "labelColor": colour("muted"),
    "labelPadding": 6,
    "domain": False,
    "ticks": False,
    "title": None,
}
# Zero is where it means something: drawn a little stronger than the rest of the grid.
_GRID: Final = {
    "condition": {"test": "datum.value === 0", "value": colour("muted")},
    "value": colour("line"),
}

CONFIG: Final[dict[str, Any]] = {
    "aria": False,  # the figure says what it shows; Vega would name every mark
    "background": None,
    "padding": {"left": 2, "right": 6, "top": 8, "bottom": 2},
    "font": FONT,
    "view": {"stroke": None},
    "axisX": {**_AXIS, "grid": False, "labelFlush": True, "labelOverlap": True},
    "axisY": {**_AXIS, "grid": True, "gridColor": _GRID, "gridWidth": 0.8, "tickCount": 4},
    "line": {"strokeWidth": 2, "strokeCap": "round", "strokeJoin": "round"},
    "text": {"font": FONT, "fontSize": TEXT_SIZE},
}
"""Vega-Lite's configuration: little ink, a light horizontal grid, no frame."""


def number_format(language: str) -> dict[str, Any]:
    """D3's format locale: narrow no-break spaces in Finnish, a true minus in both languages."""
    if language == "fi":
        return {
            "decimal": ",",
            "thousands": "\u202f",
            "grouping": [3],
            "currency": ["", "\u202f€"],
            "percent": "\u202f%",
            "minus": "−",
        }
    return {"decimal": ".", "thousands": ",", "grouping": [3], "currency": ["€", ""], "minus": "−"}


def time_format(language: str) -> dict[str, Any]:
    """D3's time format locale."""
    fi = language == "fi"
    days = (
        ["sunnuntai", "maanantai", "tiistai", "keskiviikko", "torstai", "perjantai", "lauantai"]
        if fi
        else ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]
    )
    stems = ["tammi", "helmi", "maalis", "huhti", "touko", "kesä"]
    stems += ["heinä", "elo", "syys", "loka", "marras", "joulu"]
    english = ["January", "February", "March", "April", "May", "June", "July", "August", "September"]
    english += ["October", "November", "December"]
    return {
        "dateTime": "%-d.%-m.%Y klo %-H.%M" if fi else "%-d %b %Y, %H:%M",
        "date": "%-d.%-m.%Y" if fi else "%-d %b %Y",
        "time": "%-H.%M" if fi else "%H:%M",
        "periods": ["ap.", "ip."] if fi else ["am", "pm"],
        "days": days,
        "shortDays": [d[:2] for d in days] if fi else [d[:3] for d in days],
        "months": [s + "kuu" for s in stems] if fi else english,
        "shortMonths": stems if fi else [m[:3] for m in english],
    }
