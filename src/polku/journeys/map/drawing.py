"""The journey map as a picture: the path through the touchpoints, as high as they feel. SVG by our own hand.

Colours and sizes of lines are classes of journeys.css, so that the picture is light or dark with its page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from markupsafe import Markup

from polku.i18n import gettext, number, percent, signed
from polku.journeys.map.headline import extremes
from polku.journeys.map.labels import Box, Label, Named, place, text_width
from polku.journeys.map.results import MapOfJourneys, StageOnMap, TouchpointOnMap
from polku.journeys.map.sheets import WIDE, Sheet

STEP: Final = 68.0
"""From touchpoint to touchpoint down the path of a phone, in sixteenths of a rem; the cards beside are
as high."""

HEAD: Final = 92.0
BARE_HEAD: Final = 52.0
"""The height of the head of a stage without touchpoints."""

GUTTER: Final = 76.0
LEAST_SPAN: Final = 30.0

Link = Callable[[TouchpointOnMap], str]


@dataclass(frozen=True, slots=True)
class Spot:
    """A touchpoint's place in the picture. Where its score is not known it lies on a straight line
    between those that are."""

    touchpoint: TouchpointOnMap
    x: float
    y: float
    low: float
    high: float
    radius: float
    before: float | None  # where it was in the period compared with

    @property
    def known(self) -> bool:
        return self.touchpoint.score.estimate is not None

    @property
    def css(self) -> str:
        score = self.touchpoint.score.estimate
        return "dot unknown" if score is None else "dot bad" if score < 0 else "dot good"


def across(
    journeys: MapOfJourneys,
    *,
    language: str,
    link: Link,
    before: MapOfJourneys | None = None,
    sheet: Sheet = WIDE,
) -> Markup:
    """The path from left to right, for screens that are wider than a phone's and for paper."""
    widths, slot = _widths(journeys.stages, language, sheet.width)
    lefts = [sum(widths[:i]) for i in range(len(widths))]
    xs = [
        lefts[i] + (k + 0.5) * slot for i, s in enumerate(journeys.stages) for k in range(len(s.touchpoints))
    ]
    height = _Height(journeys, before, sheet.top, sheet.bottom)
    spots = height.spots(journeys.touchpoints, xs, largest=min(13.0, slot * 0.4))
    frame = Box(0, 30, sheet.width, sheet.height - 6)
    found = extremes(journeys) or ()
    notable = [s for s in spots if s.touchpoint in found]
    names = [
        Named(s.x, s.y, s.radius, _name(s, language, s in notable), s.radius, _is_valley(spots, i))
        for i, s in enumerate(spots)
    ]
    tick = Box(0, height.y(0) - 16, 14, height.y(0))
    widest = max(138.0, 1.9 * slot)
    labels = place(names, [*_boxes_of_line(spots), tick], frame, widest=widest, levels=sheet.levels)
    parts = [
        *(_band(s, i, lefts[i], widths[i], language, sheet) for i, s in enumerate(journeys.stages)),
        _zero(height.y(0), sheet),
        _line_before(spots),
        *_ribbons(spots),
        *_lines(spots),
        *(
            Markup('<path class="leader" d="M{},{}V{}"/>').format(
                _n(s.x), _n(label.leader[0]), _n(label.leader[1])
            )
            for s, label in zip(spots, labels, strict=True)
            if label.leader
        ),
        *(
            _linked(s, language, link, _text(label, s in notable))
            for s, label in zip(spots, labels, strict=True)
        ),
    ]
    return _svg(sheet, journeys, language, parts)


def down(journeys: MapOfJourneys, *, before: MapOfJourneys | None = None) -> Markup:
    """The same path from top to bottom, to lie beside cards that are STEP high under stage heads that
    are HEAD or BARE_HEAD high."""
    height = _Height(journeys, before, GUTTER - 12, 12)
    ys, y = [], 0.0
    for stage in journeys.stages:
        y += HEAD if stage.touchpoints else BARE_HEAD
        ys += [y + (k + 0.5) * STEP for k in range(len(stage.touchpoints))]
        y += STEP * len(stage.touchpoints)
    spots = height.spots(journeys.touchpoints, ys, largest=9.0)
    # the same drawing with x and y exchanged
    turned = [_line_before(spots), *_ribbons(spots), *_lines(spots), *map(_dot, spots)]
    zero = Markup('<path class="zero" d="M0,{0}H{1}"/>').format(_n(height.y(0)), _n(y))
    body = Markup('<g transform="matrix(0 1 1 0 0 0)">{}{}</g>').format(zero, Markup("").join(turned))
    return Markup(
        '<svg class="path-down" viewBox="0 0 {} {}" style="height:{}rem" preserveAspectRatio="none" '
        'aria-hidden="true">{}</svg>'
    ).format(_n(GUTTER), _n(y), f"{y / 16:g}", body)


def _widths(stages: Sequence[StageOnMap], language: str, width: float) -> tuple[list[float], float]:
    """How wide each stage is, and each touchpoint in it; a stage without any only as wide as its name."""
    bare = {i: text_width(s.name(language)) + 34 for i, s in enumerate(stages) if not s.touchpoints}
    touchpoints = sum(len(s.touchpoints) for s in stages)
    slot = (width - sum(bare.values())) / max(1, touchpoints)
    return [bare.get(i, len(s.touchpoints) * slot) for i, s in enumerate(stages)], slot


class _Height:
    """From scores to places: always with 0, so that good and bad are seen, and over the span the scores
    need."""

    def __init__(
        self, journeys: MapOfJourneys, before: MapOfJourneys | None, top: float, bottom: float
    ) -> None:
        ends = [e for t in journeys.touchpoints for e in (t.score.low, t.score.high) if e is not None]
        self._before = _scores(before)
        ends += list(self._before.values())
        self._top, self._bottom = top, bottom
        best, worst = max([LEAST_SPAN / 2, *ends]), min([0.0, *ends])
        room = 0.06 * max(LEAST_SPAN, best - worst)  # so that nothing stands on the line of 0
        self._best, self._worst = min(100.0, best), max(-100.0, worst - room)

    def y(self, score: float) -> float:
        share = (min(max(score, self._worst), self._best) - self._worst) / (self._best - self._worst)
        return self._bottom + (self._top - self._bottom) * share

    def spots(
        self, touchpoints: Sequence[TouchpointOnMap], xs: Sequence[float], *, largest: float
    ) -> list[Spot]:
        most = max((t.reach for t in touchpoints), default=0) or 1
        ys = _filled([None if (e := t.score.estimate) is None else self.y(e) for t in touchpoints], self.y(0))
        return [
            Spot(
                t,
                x,
                y,
                y if t.score.low is None else self.y(t.score.low),
                y if t.score.high is None else self.y(t.score.high),
                3.5 + (largest - 3.5) * (t.reach / most) ** 0.5,
                None if (was := self._before.get(t.touchpoint.key)) is None else self.y(was),
            )
            for t, x, y in zip(touchpoints, xs, ys, strict=True)
        ]


def _scores(journeys: MapOfJourneys | None) -> Mapping[str, float]:
    touchpoints = journeys.touchpoints if journeys else ()
    return {t.touchpoint.key: t.score.estimate for t in touchpoints if t.score.estimate is not None}


def _filled(values: Sequence[float | None], default: float) -> list[float]:
    """Values with those that are None on straight lines between their neighbours."""
    known = [(i, v) for i, v in enumerate(values) if v is not None]
    if not known:
        return [default] * len(values)
    out = []
    for i in range(len(values)):
        left = max((p for p in known if p[0] <= i), default=known[0])
        right = min((p for p in known if p[0] >= i), default=known[-1])
        way = 0.0 if right[0] == left[0] else (i - left[0]) / (right[0] - left[0])
        out.append(left[1] + (right[1] - left[1]) * way)
    return out


def _curve(points: Sequence[tuple[float, float]]) -> str:
    """A smooth line, level at every point, so that it never swings beyond what is known."""
    bends = "".join(
        f"C{_n((x0 + x1) / 2)},{_n(y0)} {_n((x0 + x1) / 2)},{_n(y1)} {_n(x1)},{_n(y1)}"
        for (x0, y0), (x1, y1) in pairwise(points)
    )
    return f"M{_n(points[0][0])},{_n(points[0][1])}{bends}"


def _runs(spots: Sequence[Spot]) -> Iterator[list[Spot]]:
    """Neighbours that are all known."""
    run: list[Spot] = []
    for spot in spots:
        if spot.known:
            run.append(spot)
        elif run:
            yield run
            run = []
    if run:
        yield run


def _lines(spots: Sequence[Spot]) -> Iterator[Markup]:
    """The line, dashed where it goes to or from what is not known."""
    for run in _runs(spots):
        if len(run) > 1:
            yield Markup('<path class="line" d="{}"/>').format(_curve([(s.x, s.y) for s in run]))
    for a, b in pairwise(spots):
        if not (a.known and b.known):
            yield Markup('<path class="line guessed" d="{}"/>').format(_curve([(a.x, a.y), (b.x, b.y)]))


def _ribbons(spots: Sequence[Spot]) -> Iterator[Markup]:
    for run in _runs(spots):
        if len(run) == 1:
            s = run[0]
            yield Markup('<path class="whisker" d="M{0},{1}V{2}"/>').format(_n(s.x), _n(s.low), _n(s.high))
            continue
        over = _curve([(s.x, s.high) for s in run])
        under = _curve([(s.x, s.low) for s in reversed(run)])
        yield Markup('<path class="ribbon" d="{}L{}Z"/>').format(over, under[1:])


def _line_before(spots: Sequence[Spot]) -> Markup:
    points = [(s.x, s.before) for s in spots if s.before is not None]
    return Markup('<path class="before" d="{}"/>').format(_curve(points)) if len(points) > 1 else Markup("")


def _boxes_of_line(spots: Sequence[Spot]) -> list[Box]:
    """Small boxes along the line, for names to keep off it."""
    boxes = []
    for a, b in pairwise(spots):
        for k in range(1, 8):
            t = k / 8
            x, y = a.x + (b.x - a.x) * t, a.y + (b.y - a.y) * (3 * t * t - 2 * t * t * t)
            boxes.append(Box(x - 3, y - 3, x + 3, y + 3))
    return boxes


def _is_valley(spots: Sequence[Spot], i: int) -> bool:
    near = [spots[k].y for k in (i - 1, i + 1) if 0 <= k < len(spots)]
    return bool(near) and spots[i].y > sum(near) / len(near)


def _band(stage: StageOnMap, i: int, left: float, width: float, language: str, sheet: Sheet) -> Markup:
    return Markup(
        '<g class="stage-{}"><rect class="band" x="{}" width="{}" height="{}"/>'
        '<text class="stage-name" x="{}" y="20">{}</text></g>'
    ).format(i % 4 + 1, _n(left), _n(width), _n(sheet.height), _n(left + 12), stage.name(language))


def _name(spot: Spot, language: str, notable: bool) -> str:
    name, score = spot.touchpoint.touchpoint.name(language), spot.touchpoint.score.estimate
    return f"{name} {signed(score)}" if notable and score is not None else name


def _text(label: Label, notable: bool) -> Markup:
    css = Markup(' class="extreme"') if notable else ""
    return Markup('<text{} x="{}" y="{}">{}</text>').format(css, _n(label.x), _n(label.y), label.text)


def _zero(y: float, sheet: Sheet) -> Markup:
    return Markup('<path class="zero" d="M0,{0}H{1}"/><text class="tick" x="5" y="{2}">0</text>').format(
        _n(y), _n(sheet.width), _n(y - 4)
    )


def _dot(spot: Spot) -> Markup:
    x, y, r = _n(spot.x), _n(spot.y), _n(spot.radius)
    dot = Markup('<circle class="{}" cx="{}" cy="{}" r="{}"/>').format(spot.css, x, y, r)
    if spot.css != "dot bad":
        return dot
    # not by colour alone: what is worse than indifferent has a minus
    half = max(2.0, spot.radius * 0.45)
    return dot + Markup('<path class="minus" d="M{},{}h{}"/>').format(_n(spot.x - half), y, _n(2 * half))


def _linked(spot: Spot, language: str, link: Link, label: Markup) -> Markup:
    return Markup('<a href="{}" tabindex="-1"><title>{}</title>{}{}</a>').format(
        link(spot.touchpoint), told(spot.touchpoint, language), _dot(spot), label
    )


def told(t: TouchpointOnMap, language: str) -> str:
    """A touchpoint in a line: its name, its score and who meets it."""
    score = t.score
    if score.estimate is None or score.half_width is None:
        felt = gettext("too few answers (%(n)s)", n=number(score.n))
    else:
        felt = f"{signed(score.estimate)} ± {number(score.half_width)}, n {number(score.n)}"
    reach = (
        ""
        if t.share.estimate is None
        else " · " + gettext("%(share)s meet it", share=percent(t.share.estimate))
    )
    return f"{t.touchpoint.name(language)}: {felt}{reach}"


def _svg(sheet: Sheet, journeys: MapOfJourneys, language: str, parts: Sequence[Markup]) -> Markup:
    description = "; ".join(told(t, language) for t in journeys.touchpoints)
    box = f"0 0 {sheet.width:.0f} {sheet.height:.0f}"
    return Markup(
        '<svg class="path-across {0}" viewBox="{1}" role="group" aria-labelledby="path-{0}-t path-{0}-d">'
        '<title id="path-{0}-t">{2}</title><desc id="path-{0}-d">{3}</desc>{4}</svg>'
    ).format(sheet.css, box, gettext("How the path feels"), description, Markup("").join(parts))


def _n(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
