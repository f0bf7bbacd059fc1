"""The picture of paths step by step: columns of touchpoints, and between them bands as wide as many go that way.

SVG by our own hand, coloured by paths.css. What ends at a touchpoint falls away below it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

from polku.i18n import gettext, number, percent
from polku.journeys.asking.results import Met
from polku.journeys.map.labels import shortened
from polku.journeys.paths.walk_results import ANYTHING, PathsOfJourneys, Step, Stop
from polku.stats import Estimate

BAR: Final = 9.0
PLOT: Final = 330.0
"""How high all paths that begin are together."""
NAME: Final = 31.0
"""How much room a touchpoint's two lines need."""
APART: Final = 9.0
HEAD: Final = 24.0
THINNEST: Final = 0.75
ENDS: Final = 26.0
"""How far what ends is drawn, and how far it falls."""
FALL: Final = 9.0

Link = Callable[[Stop], str | None]
Colour = Callable[[Met], int]
"""The number of a touchpoint's stage colour, 0 for none."""


@dataclass(frozen=True, slots=True)
class Format:
    """How wide the picture is, and how many columns it has at most."""

    css: str
    width: float
    columns: int


WHOLE: Final = Format("stream-whole", 940, 6)
HALF: Final = Format("stream-half", 470, 4)
"""Of two beside each other."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A touchpoint at a step: where its bar begins, how high it is, and the room of its column."""

    stop: Stop
    x: float
    y: float
    height: float
    room: float


@dataclass(frozen=True)
class Stream:
    """Everything in its place."""

    bars: dict[tuple[int, str], Bar]
    first: int
    pixels: float  # of one path
    height: float
    backward: bool

    def edges(self, bar: Bar) -> tuple[float, float]:
        """Where a bar is left, and where it is come to: backwards what comes next is on its left."""
        return (bar.x, bar.x + BAR) if self.backward else (bar.x + BAR, bar.x)


def stream(
    paths: PathsOfJourneys, format: Format, *, name: str, language: str, link: Link, colour: Colour
) -> Markup:
    """The paths as a picture; `name` tells it from others on the page. Empty without paths."""
    if not paths.stops:
        return Markup("")
    placed = _place(paths, format)
    flows = [f for f in paths.flows if f.step >= placed.first]
    parts = [
        *_heads(placed, paths),
        *_bands(flows, placed, language, colour),
        *(_ends(bar, placed, language) for bar in placed.bars.values() if bar.stop.ended),
        *(
            _bar(bar, language, link, colour, chosen=_is_chosen(bar.stop, paths))
            for bar in placed.bars.values()
        ),
    ]
    id_ = f"{format.css}-{name}"
    said = "; ".join(told(f, language) for f in flows)
    return Markup(
        '<svg class="stream {0}" viewBox="0 0 {1:.0f} {2:.0f}" role="group" aria-labelledby="{3}-t {3}-d">'
        '<title id="{3}-t">{4}</title><desc id="{3}-d">{5}</desc>{6}</svg>'
    ).format(
        format.css,
        format.width,
        placed.height,
        id_,
        gettext("Paths step by step"),
        said,
        Markup("").join(parts),
    )


def told(flow: Step, language: str) -> str:
    """A band in a line: from where to where, how many, and their share of those who are there."""
    way = f"{flow.came.name(language)} → {flow.went.name(language)}: {number(flow.count)}"
    return f"{way} ({sure(flow.share)})" if flow.share.estimate is not None else way


def sure(e: Estimate) -> str:
    """A share with half its interval."""
    return f"{percent(e.estimate or 0, 1)} ± {number((e.half_width or 0) * 100, 1)}"


def _place(paths: PathsOfJourneys, format: Format) -> Stream:
    columns = paths.columns
    first = max(0, len(columns) - format.columns)
    shown = columns[first:]
    pixels = PLOT / max(1, sum(s.count for s in shown[0]))
    pitch = format.width / len(shown)
    bars, height = {}, 0.0
    backward = paths.end is not None
    for nth, column in enumerate(shown):
        at = len(shown) - 1 - nth if backward else nth  # time goes to the right
        y = HEAD
        for stop in column:
            high = max(THINNEST, stop.count * pixels)
            bars[stop.step, stop.touchpoint.key] = Bar(stop, at * pitch, y, high, pitch - BAR - 16)
            y += max(high, NAME) + APART
        height = max(height, y)
    return Stream(bars, first, pixels, height + ENDS / 2, backward)


def _heads(placed: Stream, paths: PathsOfJourneys) -> list[Markup]:
    """What each column is, above it."""
    found = {bar.stop.step: bar.x for bar in reversed(placed.bars.values())}
    return [
        Markup('<text class="step" x="{}" y="12">{}</text>').format(_n(x), step_name(step, paths))
        for step, x in sorted(found.items())
    ]


def step_name(step: int, paths: PathsOfJourneys) -> str:
    """What a step is called: the beginning, or how many steps after (before) it."""
    if step == 0:
        return gettext("End") if paths.end else gettext("Beginning")
    if paths.end:
        return gettext("Step −%(n)s", n=step)
    return gettext("Step +%(n)s", n=step)


def _bands(flows: list[Step], placed: Stream, language: str, colour: Colour) -> list[Markup]:
    order = {key: at for at, key in enumerate(placed.bars)}
    leave: dict[tuple[int, str], float] = defaultdict(float)
    enter: dict[tuple[int, str], float] = defaultdict(float)
    bands = []
    for flow in sorted(flows, key=lambda f: (order[f.step, f.came.key], order[f.step + 1, f.went.key])):
        a, b = (flow.step, flow.came.key), (flow.step + 1, flow.went.key)
        came, went, thick = placed.bars[a], placed.bars[b], max(THINNEST, flow.count * placed.pixels)
        x, until = placed.edges(came)[0], placed.edges(went)[1]
        bands.append(_band(flow, x, came.y + leave[a], until, went.y + enter[b], thick, language, colour))
        leave[a] += thick
        enter[b] += thick
    return bands


def _band(
    flow: Step, x: float, top: float, until: float, end: float, thick: float, language: str, colour: Colour
) -> Markup:
    middle = (x + until) / 2
    return Markup(
        '<path class="band stage-{}" d="M{},{}C{},{} {},{} {},{}V{}C{},{} {},{} {},{}Z"><title>{}</title></path>'
    ).format(
        colour(flow.came), _n(x), _n(top), _n(middle), _n(top), _n(middle), _n(end), _n(until), _n(end),
        _n(end + thick), _n(middle), _n(end + thick), _n(middle), _n(top + thick), _n(x), _n(top + thick),
        told(flow, language),
    )  # fmt: skip


def _ends(bar: Bar, placed: Stream, language: str) -> Markup:
    """What ends at a touchpoint: it falls away from the lowest part of its bar, and gets thinner."""
    ended = bar.stop.ended or 0
    thick = max(THINNEST, ended * placed.pixels)
    bottom, x = bar.y + bar.height, placed.edges(bar)[0]
    far = -ENDS if placed.backward else ENDS
    share, name = bar.stop.ended_share, bar.stop.touchpoint.name(language)
    said = gettext("Nothing before: %(n)s", n=number(ended)) if placed.backward else ""
    said = said or gettext("Ends here: %(n)s", n=number(ended))
    if share is not None and share.estimate is not None:
        said = f"{name}: {said} ({sure(share)})"
    return Markup('<path class="ends" d="M{},{}C{},{} {},{} {},{}C{},{} {},{} {},{}Z"><title>{}</title></path>').format(
        _n(x), _n(bottom - thick), _n(x + far / 2), _n(bottom - thick), _n(x + far), _n(bottom - thick / 2),
        _n(x + far), _n(bottom + FALL), _n(x + far * 0.8), _n(bottom), _n(x + far / 2), _n(bottom),
        _n(x), _n(bottom), said,
    )  # fmt: skip


def _bar(bar: Bar, language: str, link: Link, colour: Colour, *, chosen: bool) -> Markup:
    stop, name = bar.stop, bar.stop.touchpoint.name(language)
    share = percent(stop.share.estimate, 1) if stop.share.estimate is not None else "–"
    said = f"{name}: {number(stop.count)}"
    said = f"{said} ({sure(stop.share)})" if stop.share.estimate is not None else said
    inside = Markup(
        '<title>{}</title><rect class="whole" x="{}" y="{}" width="{}" height="{}"/>'
        '<rect class="pillar" x="{}" y="{}" width="{}" height="{}" rx="2"/>'
        '<text x="{}" y="{}">{}</text><text class="how-many" x="{}" y="{}">{} · {}</text>'
    ).format(
        said,
        _n(bar.x), _n(bar.y), _n(bar.room + BAR), _n(max(bar.height, NAME)),
        _n(bar.x), _n(bar.y), _n(BAR), _n(bar.height),
        _n(bar.x + BAR + 6), _n(bar.y + 11), shortened(name, bar.room),
        _n(bar.x + BAR + 6), _n(bar.y + 26), number(stop.count), share,
    )  # fmt: skip
    css = f"stop stage-{colour(stop.touchpoint)}{' chosen' if chosen else ''}"
    address = link(stop)
    if address is None:
        return Markup('<g class="{}">{}</g>').format(css, inside)
    return Markup('<a class="{}" href="{}">{}</a>').format(css, address, inside)


def _is_chosen(stop: Stop, paths: PathsOfJourneys) -> bool:
    """Whether all paths go this way because one has chosen so."""
    taken = [m.key for m in (paths.start, paths.end) if m] + list(paths.then)
    return stop.step < len(taken) and stop.touchpoint.key != ANYTHING.key


def _n(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
