"""What charts have around their marks: an axis of days, and names beside the ends of what they name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from polku.charts.drawing import Specification
from polku.charts.theme import TEXT_SIZE, colour
from polku.i18n import gettext

AXIS_ROOM: Final = 46  # pixels for the labels left of and below the plot
DOT_AT: Final = 10  # pixels from a line's end to the dot before its name
NAME_AT: Final = 18  # and to the name

LABEL_ROOM: Final = 56  # for each day on an axis

_MONTH, _YEAR = "utcFormat(datum.value, '%b')", "utcFormat(datum.value, '%Y')"
MONTHS: Final = f"datum.index === 0 || utcmonth(datum.value) === 0 ? [{_MONTH}, {_YEAR}] : {_MONTH}"
"""Labels of an axis of months: the year stands under the first and each January."""

OWN_COLOUR: Final = {"field": "colour", "type": "nominal", "scale": None}


@dataclass(frozen=True, slots=True)
class End:
    """Where something ends: its value and day, what it is called, and the token of its colour."""

    value: float
    at: date
    name: str
    colour: str


def names_at_ends(ends: Sequence[End], span: float, height: float) -> list[Specification]:
    """Layers with the names right of the ends, pushed up where they would overlap; the values of the whole chart
    span so much over its height in pixels."""
    # Half as much again as a line of text: the axis is rounded out beyond the values.
    gap = span * 1.5 * TEXT_SIZE / height
    rows: list[Specification] = []
    floor = float("-inf")
    for end in sorted(ends, key=lambda e: (e.value, str(e.at))):
        floor = max(end.value, floor + gap)
        rows.append({"at": str(end.at), "y": floor, "name": end.name, "colour": colour(end.colour)})
    place: Specification = {"data": {"values": rows}}
    y = {"field": "y", "type": "quantitative"}
    return [
        place | {"mark": _DOT, "encoding": {"y": y, "color": OWN_COLOUR}},
        place | {"mark": _NAME, "encoding": {"y": y, "text": {"field": "name"}}},
    ]


# The dot carries the colour: as text the series' colours would be too pale to read.
_DOT: Final = {"type": "point", "filled": True, "size": 40, "opacity": 1, "xOffset": DOT_AT}
_NAME: Final = {
    "type": "text",
    "align": "left",
    "baseline": "middle",
    "dx": NAME_AT,
    "color": colour("ink"),
}


def time_axis(days: Sequence[date], width: float) -> Specification:
    """Days, months or years, as many as fit; the year stands under the first month and each January."""
    span = (max(days) - min(days)).days if days else 0
    fits = max(2, int(width / LABEL_ROOM))
    if span <= 92:
        return {"format": gettext("%%-d %%b"), "tickCount": max(1, min(fits, span))}
    if span > 366 * 5:
        return {"format": "%Y", "tickCount": fits}
    step = next((n for n in (1, 2, 3, 6) if span / 30.4 / n <= fits), 12)
    return {"tickCount": {"interval": "month", "step": step}, "labelExpr": MONTHS}
