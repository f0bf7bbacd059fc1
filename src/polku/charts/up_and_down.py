"""What adds and what takes away over time: bars up and down from zero."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from polku.charts.axes import AXIS_ROOM, LABEL_ROOM, MONTHS, NAME_AT, OWN_COLOUR, End, names_at_ends
from polku.charts.drawing import Specification
from polku.charts.figure import Figure
from polku.charts.theme import Frame, colour, text_width
from polku.i18n import gettext


@dataclass(frozen=True, slots=True)
class Bars:
    """A count for each span of time, drawn upwards or `down`, and the token of its colour; None: not known."""

    name: str
    counts: Sequence[int | None]
    colour: str
    down: bool = False


def up_and_down(
    *, title: str, description: str, edges: Sequence[date], bars: Sequence[Bars], unfinished: int = 0
) -> Figure:
    """A figure of counts over days, weeks or months, stacked in the order given, away from zero.

    `edges` are the first days of the spans and the day after the last; the last `unfinished` spans are pale.
    """
    return Figure(
        title=title,
        description=description,
        chart=lambda frame: _chart(frame, edges, bars, unfinished),
        columns=(gettext("Date"), *(b.name for b in bars)),
        table=tuple((at, *(b.counts[n] for b in bars)) for n, at in enumerate(edges[:-1])),
    )


def _chart(frame: Frame, edges: Sequence[date], bars: Sequence[Bars], unfinished: int) -> Specification:
    room = NAME_AT + max((text_width(b.name) for b in bars), default=0)
    width, height = frame.width - AXIS_ROOM - room, frame.height - AXIS_ROOM
    spans = len(edges) - 1
    rows = [r for n in range(spans) for r in _stacked(n, edges, bars, pale=n >= spans - unfinished)]
    heights = [r["y2"] for r in rows]
    named = max(0, spans - unfinished - 1)  # the last span that is over
    ends = [
        End((r["y"] + r["y2"]) / 2, edges[-1], r["name"], r["token"])
        for r in rows
        if r["at"] == str(edges[named])
    ]
    x = {"field": "at", "type": "temporal", "scale": {"type": "utc"}, "axis": _axis(edges, width)}
    y = {"field": "y", "type": "quantitative", "axis": {"labelExpr": "format(abs(datum.value), ',~r')"}}
    apart = 1 if width / max(1, spans) > 5 else 0
    return {
        "width": width,
        "height": height,
        "encoding": {"x": x},
        "layer": [
            {
                "data": {"values": rows},
                "mark": {"type": "rect", "xOffset": apart / 2, "x2Offset": -apart / 2},
                "encoding": {
                    "x2": {"field": "until"},
                    "y": y,
                    "y2": {"field": "y2"},
                    "color": OWN_COLOUR,
                    "opacity": {"field": "opacity", "type": "quantitative", "scale": None},
                },
            },
            *names_at_ends(ends, max([0, *heights]) - min([0, *heights]), height),
        ],
    }


def _axis(edges: Sequence[date], width: float) -> Specification:
    """The day of as many spans as fit, beginning where their bars do; of whole months their names."""
    starts = edges[:-1]
    fits = max(2, int(width / LABEL_ROOM))
    every = next((n for n in (1, 2, 3, 6, 12, 24, 60) if len(starts) / n <= fits), 120)
    values = [int(datetime.combine(s, time(), UTC).timestamp()) * 1000 for s in starts[::every]]
    whole_months = len(starts) > 1 and all(s.day == 1 for s in starts)
    label = {"labelExpr": MONTHS} if whole_months else {"format": gettext("%%-d %%b")}
    return {"values": values, "labelAlign": "left", "labelFlush": False, **label}


def _stacked(n: int, edges: Sequence[date], bars: Sequence[Bars], *, pale: bool) -> Iterator[Specification]:
    """The bars of a span, one beyond the other."""
    tops = {False: 0, True: 0}
    for b in bars:
        from_zero, count = tops[b.down], b.counts[n] or 0
        tops[b.down] += -count if b.down else count
        yield {
            "at": str(edges[n]),
            "until": str(edges[n + 1]),
            "y": from_zero,
            "y2": tops[b.down],
            "name": b.name,
            "token": b.colour,
            "colour": colour(b.colour),
            "opacity": 0.4 if pale else 0.9,
        }
