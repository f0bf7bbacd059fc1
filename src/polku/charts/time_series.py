"""Numbers over time: one as an area, several as lines with their names at their ends."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from polku.charts.drawing import Specification
from polku.charts.figure import Figure
from polku.charts.theme import SERIES, TEXT_SIZE, Frame, colour, text_width
from polku.i18n import gettext, number, percent, signed

Measure = Literal["count", "share", "score"]
"""What the values are: counts from 0, shares 0–1, or scores −100…100."""

AXIS_ROOM: Final = 46  # pixels for the labels left of and below the plot
DOT_AT: Final = 10  # pixels from a line's end to the dot before its name
NAME_AT: Final = 18  # and to the name
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
    x = {"field": "at", "type": "temporal", "scale": {"type": "utc"}, "axis": _time_axis(series, width)}
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


def _lines(several: Sequence[Series], y: Specification, mark: Specification) -> list[Specification]:
    """One layer for all: a layer for each would take the drawing engine ten times as long."""
    if not several:
        return []
    rows = [
        {"at": str(p.at), "value": p.value, "nth": n, "colour": colour(SERIES[n % len(SERIES)])}
        for n, s in enumerate(several)
        for p in s.points
    ]
    encoding: Specification = {"y": {"field": "value", **y}, "detail": {"field": "nth"}}
    if "color" not in mark:
        encoding["color"] = _OWN_COLOUR
    return [{"data": {"values": rows}, "mark": {"type": "line"} | mark, "encoding": encoding}]


def _area(series: Series, y: Specification) -> Specification:
    mark = {"type": "area", "color": colour("accent"), "opacity": 0.14}
    return {"data": _values(series), "mark": mark, "encoding": {"y": {"field": "value", **y}}}


def _band(series: Series, nth: int, y: Specification) -> Specification:
    return {
        "data": _values(series),
        "mark": {"type": "area", "color": colour(SERIES[nth]), "opacity": 0.14},
        "encoding": {"y": {"field": "low", **y}, "y2": {"field": "high"}},
    }


def _values(series: Series) -> Specification:
    if any(p.low is not None for p in series.points):
        rows = [{"at": str(p.at), "value": p.value, "low": p.low, "high": p.high} for p in series.points]
    else:
        rows = [{"at": str(p.at), "value": p.value} for p in series.points]
    return {"values": rows}


def _names_at_ends(front: Sequence[Series], height: int) -> list[Specification]:
    """The names right of the lines' last points, pushed up where they would overlap."""
    known = [p.value for s in front for p in s.points if p.value is not None]
    # Half as much again as a line of text: the axis is rounded out beyond the values.
    gap = (max(known) - min(0, *known)) * 1.5 * TEXT_SIZE / height
    ends = [
        (p.value, str(p.at), nth) for nth, s in enumerate(front) if (p := _last(s)) and p.value is not None
    ]
    rows: list[Specification] = []
    floor = float("-inf")
    for value, at, nth in sorted(ends):
        floor = max(value, floor + gap)
        rows.append({"at": at, "y": floor, "name": front[nth].name, "colour": colour(SERIES[nth])})
    place: Specification = {"data": {"values": rows}}
    y = {"field": "y", "type": "quantitative"}
    return [
        place | {"mark": _DOT, "encoding": {"y": y, "color": _OWN_COLOUR}},
        place | {"mark": _NAME, "encoding": {"y": y, "text": {"field": "name"}}},
    ]


_GREY: Final = {"color": colour("muted"), "strokeWidth": 1.2, "opacity": 0.4}
_OWN_COLOUR: Final = {"field": "colour", "type": "nominal", "scale": None}
# The dot carries the colour: as text the series' colours would be too pale to read.
_DOT: Final = {"type": "point", "filled": True, "size": 40, "opacity": 1, "xOffset": DOT_AT}
_NAME: Final = {
    "type": "text",
    "align": "left",
    "baseline": "middle",
    "dx": NAME_AT,
    "color": colour("ink"),
}


def _last(series: Series) -> Point | None:
    return next((p for p in reversed(series.points) if p.value is not None), None)


def _value_axis(series: Sequence[Series], measure: Measure) -> Specification:
    """Labels as fine as the values: shares that are all below 4% need a decimal."""
    tops = (p.value if p.high is None else p.high for s in series for p in s.points)
    is_fine = measure == "share" and max((t for t in tops if t is not None), default=1.0) < FINE_SHARE
    return {"format": ".1%"} if is_fine else AXIS_LABELS[measure]


def _time_axis(series: Sequence[Series], width: float) -> Specification:
    """Days, months or years, as many as fit; the year stands under the first month and each January."""
    days = [p.at for s in series for p in s.points]
    span = (max(days) - min(days)).days if days else 0
    fits = max(2, int(width / 56))
    if span <= 92:
        return {"format": gettext("%%-d %%b"), "tickCount": max(1, min(fits, span))}
    if span > 366 * 5:
        return {"format": "%Y", "tickCount": fits}
    step = next((n for n in (1, 2, 3, 6) if span / 30.4 / n <= fits), 12)
    month, year = ("utcFormat(datum.value, '%b')", "utcFormat(datum.value, '%Y')")
    label = f"datum.index === 0 || utcmonth(datum.value) === 0 ? [{month}, {year}] : {month}"
    return {"tickCount": {"interval": "month", "step": step}, "labelExpr": label}
