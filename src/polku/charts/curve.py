"""Shares by how many steps after something: a line with its interval as a ribbon."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from polku.charts.axes import AXIS_ROOM
from polku.charts.drawing import Specification
from polku.charts.figure import Figure
from polku.charts.theme import Frame, colour
from polku.i18n import gettext, number, percent

LABEL_ROOM: Final = 46
"""Pixels that a share beside its point takes; where there is less, only the first and the last have one."""


@dataclass(frozen=True, slots=True)
class Step:
    """A share 0–1 so many steps after, with its interval and what it is of; None: not known."""

    after: int
    share: float | None
    low: float | None
    high: float | None
    n: int


def curve(*, title: str, description: str, steps_are: str, steps: Sequence[Step]) -> Figure:
    """A figure of shares by steps, e.g. of those who come back 1, 2, 3 … months after; `steps_are` heads the steps in
    the table."""
    known = [s for s in steps if s.share is not None]
    return Figure(
        title=title,
        description=description,
        chart=lambda frame: _chart(frame, known),
        columns=(steps_are, gettext("Share"), gettext("At least"), gettext("At most"), gettext("Out of")),
        table=tuple((str(s.after), s.share, s.low, s.high, number(s.n)) for s in steps),
        write=lambda share: percent(share, 1),
    )


def _chart(frame: Frame, known: Sequence[Step]) -> Specification:
    width, height = frame.width - AXIS_ROOM, frame.height - AXIS_ROOM
    rows = [
        {"after": s.after, "share": s.share, "low": s.low, "high": s.high, "says": percent(s.share or 0)}
        for s in known
    ]
    all_fit = width / max(1, len(known)) >= LABEL_ROOM
    labelled = rows if all_fit else [*rows[:1], *rows[1:][-1:]]
    axis = {"values": [s.after for s in known], "format": "d"}
    x = {"field": "after", "type": "quantitative", "scale": {"nice": False, "padding": 14}, "axis": axis}
    y: Specification = {"type": "quantitative", "scale": {"zero": True}, "axis": {"format": ".0%"}}
    line = {"field": "share", **y}
    accent = colour("accent")
    return {
        "width": width,
        "height": height,
        "data": {"values": rows},
        "encoding": {"x": x},
        "layer": [
            {
                "mark": {"type": "area", "color": accent, "opacity": 0.14},
                "encoding": {"y": {"field": "low", **y}, "y2": {"field": "high"}},
            },
            {"mark": {"type": "line", "color": accent}, "encoding": {"y": line}},
            {
                "mark": {"type": "point", "filled": True, "size": 36, "opacity": 1, "color": accent},
                "encoding": {"y": line},
            },
            {
                "data": {"values": labelled},
                "mark": {"type": "text", "dy": -14, "color": colour("ink")},
                "encoding": {"y": line, "text": {"field": "says"}},
            },
        ],
    }
