"""Numbers over time: one as an area, several as lines with their names at their ends."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from polku.charts.axes import AXIS_ROOM, NAME_AT, OWN_COLOUR, End, names_at_ends, time_axis
from polku.charts.drawing import Specification
from polku.charts.figure import Figure
from polku.charts.theme import SERIES, Frame, colour, text_width
from polku.i18n import gettext, number, percent, signed

Measure = Literal["count", "share", "score"]
"""What the values are: counts from 0, shares 0–1, or scores −100…100."""

BEHIND: Final = 8  # so many grey lines: more are a tangle, and each takes 2 ms to draw
FINE_SHARE: Final = 0.04
AXIS_LABELS: Final[dict[Measure, Specification]] = {
    "count": {"format": ",~r"},
    "share": {"format": ".0%"},
    "score": {"labelExpr": "datum.value === 0 ? '0' : format(datum.value, '+,~r')"},
}


@dataclass(frozen=True, slots=True)
class Point:
    """A value at the start of its day, week or month, with its interval if it has one; None: not known."""

    at: date
    value: float | None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Series:
    name: str
    points: Sequence[Point]
    colour: str = ""
    """A token of its own, e.g. stage-1; else that of its place among the series."""


def time_series(
    *, title: str, description: str, series: Sequence[Series], measure: Measure = "count"
) -> Figure:
    """A figure of one or more series over days, weeks or months.

    The first four have a colour and a name at their end, the next eight are grey behind them; the table has all.
    One series of counts is an area from zero. A gap in the values is a gap in the line.
    """
    days = sorted({p.at for s in series for p in s.points})
    values = [{p.at: p.value for p in s.points} for s in series]
    return Figure(
        title=title,
        description=description,
        chart=lambda frame: _chart(frame, series, measure),
        columns=(gettext("Date"), *(s.name for s in series)),
        table=tuple((at, *(v.get(at) for v in values)) for at in days),
        write=WRITTEN[measure],
    )


def _percent(share: float) -> str:
    return percent(share, 1)


def _score(score: float) -> str:
    return signed(score, 1)


WRITTEN: Final[dict[Measure, Callable[[float], str]]] = {
    "count": number,
    "share": _percent,
    "score": _score,
}


def _chart(frame: Frame, series: Sequence[Series], measure: Measure) -> Specification:
    front = [s for s in series[: len(SERIES)] if _last(s) is not None]
    names = [s.name for s in front] if len(series) > 1 else []
    room = NAME_AT + max(map(text_width, names)) if names else 0
    width, height = frame.width - AXIS_ROOM - room, frame.height - AXIS_ROOM
    days = [p.at for s in series for p in s.points]
    x = {"field": "at", "type": "temporal", "scale": {"type": "utc"}, "axis": time_axis(days, width)}
    y = {"type": "quantitative", "scale": {"zero": measure != "score"}, "axis": _value_axis(series, measure)}
    return {
        "width": width,
        "height": height,
        "encoding": {"x": x},
        "layer": [
            *_lines(series[len(SERIES) :][:BEHIND], y, _GREY),
            *(_band(s, i, y) for i, s in enumerate(front) if any(p.low is not None for p in s.points)),
            *([_area(front[0], y)] if front and not names and measure == "count" else []),
            *_lines(front, y, {}),
            *(_names_at_ends(front, height) if names else []),
        ],
    }


def _token(series: Series, nth: int) -> str:
    return series.colour or SERIES[nth % len(SERIES)]


def _lines(several: Sequence[Series], y: Specification, mark: Specification) -> list[Specification]:
    """One layer for all: a layer for each would take the drawing engine ten times as long."""
    if not several:
        return []
    rows = [
        {"at": str(p.at), "value": p.value, "nth": n, "colour": colour(_token(s, n))}
        for n, s in enumerate(several)
        for p in s.points
    ]
    encoding: Specification = {"y": {"field": "value", **y}, "detail": {"field": "nth"}}
    if "color" not in mark:
        encoding["color"] = OWN_COLOUR
    return [{"data": {"values": rows}, "mark": {"type": "line"} | mark, "encoding": encoding}]


def _area(series: Series, y: Specification) -> Specification:
    mark = {"type": "area", "color": colour("accent"), "opacity": 0.14}
    return {"data": _values(series), "mark": mark, "encoding": {"y": {"field": "value", **y}}}


def _band(series: Series, nth: int, y: Specification) -> Specification:
    return {
        "data": _values(series),
        "mark": {"type": "area", "color": colour(_token(series, nth)), "opacity": 0.14},
        "encoding": {"y": {"field": "low", **y}, "y2": {"field": "high"}},
    }


def _values(series: Series) -> Specification:
    if any(p.low is not None for p in series.points):
        rows = [{"at": str(p.at), "value": p.value, "low": p.low, "high": p.high} for p in series.points]
    else:
        rows = [{"at": str(p.at), "value": p.value} for p in series.points]
    return {"values": rows}


_GREY: Final = {"color": colour("muted"), "strokeWidth": 1.2, "opacity": 0.4}


def _names_at_ends(front: Sequence[Series], height: int) -> list[Specification]:
    """The names right of the lines' last points."""
    known = [p.value for s in front for p in s.points if p.value is not None]
    ends = [
        End(p.value, p.at, s.name, _token(s, nth))
        for nth, s in enumerate(front)
        if (p := _last(s)) and p.value is not None
    ]
    return names_at_ends(ends, max(known) - min(0, *known), height)


def _last(series: Series) -> Point | None:
    return next((p for p in reversed(series.points) if p.value is not None), None)


def _value_axis(series: Sequence[Series], measure: Measure) -> Specification:
    """Labels as fine as the values: shares that are all below 4% need a decimal."""
    tops = (p.value if p.high is None else p.high for s in series for p in s.points)
    is_fine = measure == "share" and max((t for t in tops if t is not None), default=1.0) < FINE_SHARE
    return {"format": ".1%"} if is_fine else AXIS_LABELS[measure]
