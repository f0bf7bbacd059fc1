"""How lengths of time are spread: a histogram on a logarithmic axis, from seconds to years."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from polku.charts.drawing import Specification
from polku.charts.figure import Figure
from polku.charts.theme import TEXT_SIZE, Frame, colour
from polku.i18n import duration, gettext, number

AXIS_ROOM: Final = 46  # pixels for the labels left of and below the plot
MOST_BARS: Final = 40
TICKS_S: Final = (
    *(1, 2, 5, 10, 30),
    *(m * 60 for m in (1, 2, 5, 10, 30)),
    *(h * 3600 for h in (1, 2, 4, 12)),
    *(d * 86_400 for d in (1, 2, 4, 7, 14, 30, 60, 90, 180, 365, 730)),
)
TICK_ROOM: Final = 48  # pixels between two labels


@dataclass(frozen=True, slots=True)
class Bar:
    """So many lengths of at least `from_s` seconds and less than `to_s`."""

    from_s: float
    to_s: float
    count: int


def lengths(*, title: str, description: str, bars: Sequence[Bar], marked: float) -> Figure:
    """A figure of how many lengths of time there are of which size; `marked` is one in seconds that a line shows.

    `bars` are in ascending order, none above another; where they are too many to be told apart neighbours are put
    together into parts of a doubling that are as long as each other.
    """
    drawn = _together(bars)
    return Figure(
        title=title,
        description=description,
        chart=lambda frame: _chart(frame, drawn, marked),
        columns=(gettext("At least"), gettext("Less than"), gettext("How many")),
        table=tuple((_written(b.from_s), _written(b.to_s), float(b.count)) for b in drawn),
        write=number,
    )


def _together(bars: Sequence[Bar]) -> list[Bar]:
    """The fewest parts of a doubling (8, 4, 2 or 1) that do not give too many bars."""
    for parts in (8, 4, 2, 1):
        found: dict[int, int] = {}
        for bar in bars:
            part = -1 if bar.from_s < 1 else math.floor(math.log2(bar.from_s) * parts + 1e-9)
            found[part] = found.get(part, 0) + bar.count
        if len(found) <= MOST_BARS:
            break
    return [Bar(0.0 if p < 0 else 2 ** (p / parts), 2 ** ((p + 1) / parts), n) for p, n in found.items()]


def _written(seconds: float) -> str:
    return duration(timedelta(seconds=round(seconds) if seconds >= 10 else seconds))


def _chart(frame: Frame, bars: Sequence[Bar], marked: float) -> Specification:
    width, height = frame.width - AXIS_ROOM, frame.height - AXIS_ROOM
    rows = [{"a": max(b.from_s, b.to_s / 2), "b": b.to_s, "n": b.count} for b in bars if b.from_s < 1]
    rows += [{"a": b.from_s, "b": b.to_s, "n": b.count} for b in bars if b.from_s >= 1]
    low, high = rows[0]["a"], rows[-1]["b"]
    scale = {"type": "log", "domain": [low, high], "nice": False}
    x = {"type": "quantitative", "scale": scale, "axis": _axis(low, high, width)}
    top = {"value": -TEXT_SIZE / 2}
    line: Specification = {"data": {"values": [{"a": marked, "name": _written(marked)}]}}
    return {
        "width": width,
        "height": height,
        "layer": [
            {
                "data": {"values": rows},
                "mark": {
                    "type": "rect",
                    "color": colour("accent"),
                    "opacity": 0.55,
                    "stroke": colour("line"),
                },
                "encoding": {
                    "x": {"field": "a", **x},
                    "x2": {"field": "b"},
                    "y": {"field": "n", "type": "quantitative", "axis": {"format": ",~r"}},
                    "y2": {"datum": 0},
                },
            },
            line | {"mark": _LINE, "encoding": {"x": {"field": "a", **x}}},
            line
            | {"mark": _NAME, "encoding": {"x": {"field": "a", **x}, "y": top, "text": {"field": "name"}}},
        ],
    }


def _axis(low: float, high: float, width: float) -> Specification:
    """Lengths that people count in, as many as have room."""
    room = math.log(high / low) * TICK_ROOM / width
    shown: list[int] = []
    for tick in TICKS_S:
        if low <= tick <= high and (not shown or math.log(tick / shown[-1]) >= room):
            shown.append(tick)
    names = json.dumps({str(t): _written(t) for t in shown}, ensure_ascii=False)
    return {"values": shown, "labelExpr": f"({names})[datum.value]", "labelFlush": False}


_LINE: Final = {"type": "rule", "color": colour("ink"), "strokeDash": [3, 3]}
_NAME: Final = {"type": "text", "color": colour("ink"), "baseline": "bottom"}
