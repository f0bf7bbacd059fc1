"""The flow picture: which touchpoint follows which. SVG by our own hand, coloured by journeys.css.

Touchpoints stand under each other in the order of the path. What leads onwards bends down on their right,
what leads back bends up on their left, as thick as it is frequent.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

from polku.i18n import gettext, number, percent
from polku.journeys.asking.results import Met
from polku.journeys.map.labels import shortened, text_width
from polku.journeys.map.results import MapOfJourneys, StageOnMap
from polku.journeys.paths.results import GraphOfJourneys, Transition

ROW: Final = 36.0
BOX: Final = 27.0
HEAD: Final = 32.0
PORT: Final = 5.0
"""How far from the middle of a box a flow comes in or goes out, so that the two are told apart."""

THICKEST, THINNEST = 17.0, 1.0
BARE: Final = 5
"""The number of the colour where there are no stages."""

ROUNDNESS: Final = 0.75
"""How far a cubic curve swings, of how far away its two middle points are."""

MOST: Final = 25
"""So many of the most frequent transitions are drawn where there is a choice."""

Link = Callable[[Met], str]


@dataclass(frozen=True, slots=True)
class Format:
    """How wide the picture is, and the boxes in its middle."""

    css: str
    width: float
    box: float

    @property
    def left(self) -> float:
        return (self.width - self.box) / 2

    @property
    def right(self) -> float:
        return (self.width + self.box) / 2


WIDE: Final = Format("flow-wide", 900, 236)
NARROW: Final = Format("flow-narrow", 326, 150)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a touchpoint's box stands: its middle, and its stage counted from 1."""

    touchpoint: Met
    stage: int
    y: float


@dataclass(frozen=True, slots=True)
class Head:
    """Where a stage's name stands, above its boxes."""

    stage: StageOnMap
    number: int
    y: float


@dataclass(frozen=True, slots=True)
class Flow:
    """A transition between two boxes."""

    transition: Transition
    came: Place
    went: Place

    @property
    def is_onwards(self) -> bool:
        return self.went.y > self.came.y

    @property
    def length(self) -> float:
        return abs(self.went.y - self.came.y)


def flow(
    journeys: MapOfJourneys | None, graph: GraphOfJourneys, format: Format, *, language: str, link: Link
) -> Markup:
    """The transitions between touchpoints of the map; empty if there are none. Without a map, and so without stages,
    touchpoints stand in the order in which the graph tells where journeys end."""
    places, heads, height = _stand(journeys, graph) if journeys else _stand_bare(graph)
    flows = [
        Flow(t, places[t.came.key], places[t.went.key])
        for t in graph.transitions
        if t.came.key in places and t.went.key in places
    ]
    between = [f for f in flows if f.length]
    if not between:
        return Markup("")
    again = {f.came.touchpoint.key: f.transition.count for f in flows if not f.length}
    most = max(f.transition.count for f in between)
    longest = max(f.length for f in between)
    parts = [
        *(_head(h, format, language) for h in heads),
        *(_bend(f, most, longest, format, language) for f in between),
        *(_box(p, again.get(p.touchpoint.key), format, language, link) for p in places.values()),
    ]
    told_all = "; ".join(told(f.transition, language) for f in flows)
    return Markup(
        '<svg class="{0}" viewBox="0 0 {1:.0f} {2:.0f}" role="group" aria-labelledby="{0}-t {0}-d">'
        '<title id="{0}-t">{3}</title><desc id="{0}-d">{4}</desc>{5}</svg>'
    ).format(format.css, format.width, height, gettext("What follows what"), told_all, Markup("").join(parts))


def told(t: Transition, language: str) -> str:
    """A transition in a line: from where to where, how often, and its share of those who go on."""
    way = f"{t.came.name(language)} → {t.went.name(language)}: {number(t.count)}"
    if t.share.estimate is None or t.share.half_width is None:
        return way
    return f"{way} ({percent(t.share.estimate, 1)} ± {number(t.share.half_width * 100, 1)})"


def _stand(journeys: MapOfJourneys, graph: GraphOfJourneys) -> tuple[dict[str, Place], list[Head], float]:
    """Places by key in the order of the path, the heads of their stages, and the height of all."""
    wanted = {key for t in graph.transitions for key in (t.came.key, t.went.key)}
    places: dict[str, Place] = {}
    heads: list[Head] = []
    y = 0.0
    for at, stage in enumerate(journeys.stages):
        met = [t.touchpoint for t in stage.touchpoints if t.touchpoint.key in wanted]
        if not met:
            continue
        colour = at % 4 + 1
        heads.append(Head(stage, colour, y + HEAD - 10))
        y += HEAD
        for touchpoint in met:
            places[touchpoint.key] = Place(touchpoint, colour, y + ROW / 2)
            y += ROW
    return places, heads, y + 4


def _stand_bare(graph: GraphOfJourneys) -> tuple[dict[str, Place], list[Head], float]:
    """The same without stages, all in one colour."""
    wanted = {m.key: m for t in graph.transitions for m in (t.came, t.went)}
    order = [e.touchpoint.key for e in graph.ends if e.touchpoint.key in wanted]
    for (
        t
    ) in graph.transitions:  # what no journey starts or ends with stands behind what most often leads to it
        if t.went.key not in order:
            order.insert(order.index(t.came.key) + 1 if t.came.key in order else 0, t.went.key)
    order += [key for key in wanted if key not in order]
    places = {key: Place(wanted[key], BARE, (i + 0.5) * ROW) for i, key in enumerate(order)}
    return places, [], ROW * len(order) + 4


def _head(head: Head, format: Format, language: str) -> Markup:
    return Markup('<text class="stage-name stage-{}" x="{}" y="{}">{}</text>').format(
        head.number, _n(format.left + 1), _n(head.y), head.stage.name(language)
    )


def _bend(flow: Flow, most: int, longest: float, format: Format, language: str) -> Markup:
    """A flow out of one box and, with an arrow's head, into another."""
    thick = max(THINNEST, THICKEST * flow.transition.count / most)
    side, edge, css = (1, format.right, "onwards") if flow.is_onwards else (-1, format.left, "back")
    start, end = flow.came.y + side * PORT, flow.went.y - side * PORT
    room = format.left - thick / 2 - 2
    swing = min(room * (0.15 + 0.85 * flow.length / longest), 14 + flow.length) / ROUNDNESS
    half = max(3.5, thick / 2 + 1.5)
    tip = edge + side * 1.5
    x = tip + side * 1.2 * half
    return Markup(
        '<g class="flow-{} stage-{}"><title>{}</title>'
        '<path class="bend" stroke-width="{}" d="M{},{}C{},{} {},{} {},{}"/>'
        '<path class="arrow" d="M{},{}L{},{}V{}Z"/></g>'
    ).format(
        css, flow.came.stage, told(flow.transition, language), _n(thick),
        _n(edge), _n(start), _n(edge + side * swing), _n(start), _n(edge + side * swing), _n(end), _n(x), _n(end),
        _n(tip), _n(end), _n(x), _n(end - half), _n(end + half),
    )  # fmt: skip


def _box(place: Place, again: int | None, format: Format, language: str, link: Link) -> Markup:
    """A touchpoint, with how often it is followed by itself."""
    repeated = "" if again is None else f"↻ {number(again)}"
    taken = 26 + (text_width(repeated) + 10 if repeated else 0)
    name = place.touchpoint.name(language)
    top = place.y - BOX / 2
    return Markup(
        '<a class="stage-{}" href="{}"><title>{}</title><rect x="{}" y="{}" width="{}" height="{}" rx="7"/>'
        '<text x="{}" y="{}">{}</text><text class="again" x="{}" y="{}">{}</text></a>'
    ).format(
        place.stage, link(place.touchpoint), name, _n(format.left), _n(top), _n(format.box), _n(BOX),
        _n(format.left + 12), _n(place.y + 4.2), shortened(name, format.box - taken),
        _n(format.right - 11), _n(place.y + 4.2), repeated,
    )  # fmt: skip


def _n(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
