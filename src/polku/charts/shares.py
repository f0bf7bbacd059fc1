"""Shares beside each other: a bar for each, with its interval and what it is in figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from polku.charts.drawing import Specification
from polku.charts.figure import Figure
from polku.charts.theme import Frame, colour, text_width
from polku.i18n import gettext, number, percent

ROW: Final = 30
SAYS: Final = 130
"""Pixels right of the bars, for the figures."""


@dataclass(frozen=True, slots=True)
class Share:
    """A share 0–1 of `n` with its interval and what it is called; None: not known."""

    name: str
    share: float | None
    low: float | None
    high: float | None
    n: int


def shares(*, title: str, description: str, names_are: str, shares: Sequence[Share]) -> Figure:
    """A figure of shares in the order given, e.g. of those who get to each step; `names_are` heads the names in the
    table."""
    return Figure(
        title=title,
        description=description,
        chart=lambda frame: _chart(frame, shares),
        columns=(names_are, gettext("Share"), gettext("At least"), gettext("At most"), gettext("Out of")),
        table=tuple((s.name, s.share, s.low, s.high, number(s.n)) for s in shares),
        write=lambda share: percent(share, 1),
    )


def _chart(frame: Frame, shares: Sequence[Share]) -> Specification:
    left = min(frame.width * 0.35, max((text_width(s.name) for s in shares), default=0.0) + 12)
    # Names may repeat (a funnel may come back to a step): a row is known by its number.
    rows = [
        {
            "nth": nth,
            "name": s.name,
            "share": s.share or 0.0,
            "low": s.low,
            "high": s.high,
            "says": _says(s),
            "end": s.high or s.share or 0.0,
        }
        for nth, s in enumerate(shares)
    ]
    most = max((s.high or s.share or 0.0 for s in shares), default=0.0) or 1.0
    y: Specification = {"field": "nth", "type": "ordinal", "axis": None}
    scale = {"domain": [0, most], "nice": False}
    x: Specification = {"type": "quantitative", "scale": scale, "axis": None}
    known = {"filter": "isValid(datum.low)"}
    return {
        "width": frame.width - left - SAYS,
        "height": ROW * max(1, len(rows)),
        "padding": {"left": left, "right": SAYS, "top": 2, "bottom": 2},
        "data": {"values": rows},
        "encoding": {"y": y},
        "layer": [
            {
                "mark": {
                    "type": "bar",
                    "color": colour("accent"),
                    "opacity": 0.55,
                    "height": 18,
                    "cornerRadius": 3,
                },
                "encoding": {"x": {"field": "share", **x}},
            },
            {
                "transform": [known],
                "mark": {"type": "rule", "color": colour("ink"), "strokeWidth": 1.5, "opacity": 0.75},
                "encoding": {"x": {"field": "low", **x}, "x2": {"field": "high"}},
            },
            {
                "mark": {"type": "text", "align": "left", "dx": 8, "color": colour("ink")},
                "encoding": {"x": {"field": "end", **x}, "text": {"field": "says"}},
            },
            {
                "mark": {
                    "type": "text",
                    "align": "right",
                    "dx": -8,
                    "limit": left - 10,
                    "color": colour("ink"),
                },
                "encoding": {"x": {"datum": 0, **x}, "text": {"field": "name"}},
            },
        ],
    }


def _says(share: Share) -> str:
    if share.share is None:
        return "–"
    half = ((share.high or share.share) - (share.low or share.share)) / 2
    return f"{percent(share.share, 1)} ± {number(half * 100, 1)}"
