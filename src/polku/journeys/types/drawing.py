"""Types of journeys as a picture: of each how frequent it is, its most typical path, and what comes of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from markupsafe import Markup

from polku.i18n import gettext, number, percent
from polku.journeys.map.labels import shortened
from polku.journeys.types.headline import name_of
from polku.journeys.types.results import JourneyType, TypesOfJourneys
from polku.stats import Estimate

WIDTH: Final = 940.0
ROW: Final = 58.0
NAME: Final = 250.0
BAR: Final = 150.0
PATH: Final = 440.0
OUTCOME: Final = 760.0
LONGEST: Final = 12
"""So many steps of a path are drawn."""
_STEP: Final = 24.0


def types_across(types: TypesOfJourneys, stages: Mapping[str, int], language: str) -> Markup:
    """A row for each type; `stages` gives the number, from 1, of the stage of a touchpoint's key. Empty if none."""
    if not types.types:
        return Markup("")
    widest = max(t.share.high or 0 for t in types.types) or 1.0
    best = max(((t.outcome.high or 0) for t in types.types if t.outcome), default=0.0) or 1.0
    height = 30 + ROW * len(types.types)
    told = "; ".join(f"{name_of(t, language)}: {percent(t.share.estimate or 0, 1)}" for t in types.types)
    heads = [(NAME, gettext("Share")), (PATH, gettext("Most typical path"))]
    if types.outcome:
        heads.append((OUTCOME, shortened(types.outcome.name(language), WIDTH - OUTCOME)))
    parts = [Markup('<text class="head" x="{}" y="14">{}</text>').format(_n(x), text) for x, text in heads]
    for i, one in enumerate(types.types):
        parts.append(_row(one, 30 + ROW * i, widest, best, stages, language))
    return Markup(
        '<svg class="types-across" viewBox="0 0 {} {}" role="img" aria-labelledby="types-t types-d">'
        '<title id="types-t">{}</title><desc id="types-d">{}</desc>{}</svg>'
    ).format(_n(WIDTH), _n(height), gettext("Types of journeys"), told, Markup("").join(parts))


def _row(
    one: JourneyType, y: float, widest: float, best: float, stages: Mapping[str, int], language: str
) -> Markup:
    middle = y + ROW / 2
    name = Markup('<text class="name" x="0" y="{}">{}</text>').format(
        _n(middle + 4), shortened(f"{one.number}  {name_of(one, language)}", NAME - 16)
    )
    parts = [name, _bar(one.share, NAME, BAR, widest, middle, "share"), _path(one, middle, stages, language)]
    if one.outcome:
        parts.append(_bar(one.outcome, OUTCOME, WIDTH - OUTCOME - 60, best, middle, "outcome"))
    return Markup('<g><path class="rule" d="M0,{0}H{1}"/>{2}</g>').format(
        _n(y), _n(WIDTH), Markup("").join(parts)
    )


def _bar(e: Estimate, x: float, width: float, most: float, y: float, css: str) -> Markup:
    """A share with its interval as a whisker, and in figures."""
    if e.estimate is None or e.low is None or e.high is None:
        return Markup('<text class="figure" x="{}" y="{}">–</text>').format(_n(x), _n(y + 4))
    scale = (width - 60 if css == "share" else width) / most
    return Markup(
        '<rect class="{}" x="{}" y="{}" width="{}" height="12" rx="3"/><path class="whisker" d="M{},{}H{}"/>'
        '<text class="figure" x="{}" y="{}">{} <tspan class="sure">±{}</tspan></text>'
    ).format(
        css, _n(x), _n(y - 14), _n(max(1.5, e.estimate * scale)),
        _n(x + e.low * scale), _n(y - 8), _n(x + e.high * scale),
        _n(x), _n(y + 15), percent(e.estimate, 1), number((e.half_width or 0) * 100, 1),
    )  # fmt: skip


def _path(one: JourneyType, y: float, stages: Mapping[str, int], language: str) -> Markup:
    """The path as the map draws it: a line with a dot for each touchpoint, named when pointed at."""
    steps = one.path[:LONGEST]
    if not steps:
        return Markup("")
    line = Markup('<path class="way" d="M{},{}H{}"/>').format(
        _n(PATH + 7), _n(y), _n(PATH + 7 + _STEP * (len(steps) - 1))
    )
    dots = [
        Markup('<circle class="stage-{}" cx="{}" cy="{}" r="7"><title>{}</title></circle>').format(
            stages.get(met.key, 0), _n(PATH + 7 + _STEP * i), _n(y), met.name(language)
        )
        for i, met in enumerate(steps)
    ]
    more = Markup("")
    if len(one.path) > LONGEST:
        more = Markup('<text class="sure" x="{}" y="{}">…</text>').format(
            _n(PATH + _STEP * len(steps)), _n(y + 4)
        )
    return line + Markup("").join(dots) + more


def _n(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
