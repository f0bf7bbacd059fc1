"""The designed journey as a picture: a stream from step to step, as wide as many get through. SVG of our own, coloured
by conformance.css."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

from polku.i18n import gettext, number, percent
from polku.journeys.conformance.results import ConformanceOfJourneys, Deviation, StepReached
from polku.journeys.conformance.words import conditions, difference, sentence, short, took, value
from polku.journeys.map.labels import shortened

MOST_ACROSS: Final = 7
"""Longer journeys are drawn downwards on every screen."""

LINE: Final = 15.0
Place = Callable[[float, float], tuple[float, float]]
"""Turns what is along the stream and across it into x and y."""


@dataclass(frozen=True, slots=True)
class Stop:
    """A step in the picture: where it is along the stream, the shares that get as far and that do so without a
    deviation, and the lines under it: words and whether they are worse or better for sure."""

    step: StepReached
    at: float
    share: float
    clean: float
    lines: tuple[tuple[str, str], ...]


def across(told: ConformanceOfJourneys, language: str) -> Markup:
    """From left to right; empty if nobody begins or there are too many steps."""
    if not told.attempts or len(told.steps) > MOST_ACROSS:
        return Markup("")
    width, top, thick = 1000.0, 78.0, 96.0
    slot = width / len(told.steps)
    stops = _stops(told, language, lambda k: k * slot)
    parts = [*_stream(stops, width, thick, lambda along, over: (along, top + over))]
    for stop in stops:
        parts.append(_bar(stop.at, top - 4, 5, thick * max(stop.share, 0.02) + 8, stop))
        name = shortened(stop.step.step.name(language), slot - 16)
        parts.append(_text("name", stop.at, 16, name))
        parts += [
            _text("condition", stop.at, 33 + i * 14, shortened(c, slot - 10))
            for i, c in enumerate(conditions(stop.step)[:3])
        ]
        y = top + thick + 24
        parts.append(_text("share", stop.at, y, _reached(stop)))
        parts += [
            _text(f"note {css}", stop.at, y + LINE * (i + 1), shortened(words, slot - 6))
            for i, (words, css) in enumerate(stop.lines)
        ]
        parts += _skips(stop, stops, told, top)
    height = top + thick + 24 + LINE * (max(len(s.lines) for s in stops) + 1)
    return _svg("design-across", width, height, parts, told, language)


def down(told: ConformanceOfJourneys, language: str) -> Markup:
    """From above downwards, for phones and long journeys."""
    if not told.attempts:
        return Markup("")
    width, thick, left = 340.0, 84.0, 100.0
    tops: list[float] = []
    y = 8.0
    bare = _stops(told, language, lambda k: 0.0)
    for stop in bare:
        tops.append(y)
        y += 44 + LINE * (len(stop.lines) + len(conditions(stop.step)[:3]))
    stops = _stops(told, language, lambda k: tops[k])
    parts = [*_stream(stops, y, thick, lambda along, over: (over, along))]
    for stop in stops:
        parts.append(
            Markup('<rect class="{}" x="-4" y="{}" width="{}" height="5" rx="2.5"/>').format(
                "step" if stop.step.required else "step optional",
                _n(stop.at - 2),
                _n(thick * max(stop.share, 0.02) + 8),
            )
        )
        parts.append(
            _text("name", left, stop.at + 5, shortened(stop.step.step.name(language), width - left - 62))
        )
        parts.append(_text("share end", width, stop.at + 5, _reached(stop)))
        texts = [(c, "condition") for c in conditions(stop.step)[:3]] + [
            (w, f"note {css}") for w, css in stop.lines
        ]
        parts += [
            _text(css, left, stop.at + 5 + LINE * (i + 1), shortened(words, width - left))
            for i, (words, css) in enumerate(texts)
        ]
    return _svg("design-down", width, y, parts, told, language)


def told_line(deviation: Deviation, told: ConformanceOfJourneys) -> tuple[str, str]:
    """A deviation in a few words, with what it goes together with for sure, and whether that is worse or better."""
    share = deviation.share.estimate
    words = f"{short(deviation.kind)} {percent(share, 0 if share >= 0.1 else 1)}" if share is not None else ""
    clear = [a for m in ("score", "outcome") if (a := told.association(deviation, m)) and a.clear]
    if not clear:
        return words, ""
    names = {"score": gettext("score"), "outcome": gettext("outcome")}
    cost = ", ".join(f"{names[a.measure]} {difference(a).split(' ')[0].split(chr(160))[0]}" for a in clear)
    worse = (clear[0].difference.estimate or 0.0) < 0
    return f"{words} · {cost}", "bad" if worse else "good"


def _stops(told: ConformanceOfJourneys, language: str, at: Callable[[int], float]) -> list[Stop]:
    of_step: dict[int, list[Deviation]] = {}
    for deviation in told.deviations:
        of_step.setdefault(deviation.step_number, []).append(deviation)
    return [
        Stop(
            step,
            at(k),
            step.through / told.attempts,
            step.clean / told.attempts,
            tuple(told_line(d, told) for d in of_step.get(step.step_number, [])),
        )
        for k, step in enumerate(told.steps)
    ]


def _stream(stops: Sequence[Stop], end: float, thick: float, place: Place) -> list[Markup]:
    """Between each two steps who goes on, of them who has not deviated, and who is lost."""
    parts = []
    for stop, following in zip(stops, [*stops[1:], None], strict=True):
        to = following.at if following else min(end, stop.at + 26)
        goes, clean = (following.share, following.clean) if following else (stop.share, stop.clean)
        along = (stop.at, stop.at + (to - stop.at) * 0.55, to)
        if goes < stop.share:
            parts.append(_path("lost", _lost(along, thick * stop.share, thick * goes, place)))
        parts.append(_path("goes", _flow(along, thick * stop.share, thick * goes, place)))
        parts.append(_path("clean", _flow(along, thick * stop.clean, thick * clean, place)))
    return parts


Along = tuple[float, float, float]
"""Where a stream begins, where it has narrowed, and where it ends."""


def _flow(along: Along, before: float, after: float, place: Place) -> str:
    """A stream with a straight edge, `before` thick where it begins and `after` where it has narrowed."""
    start, bend, end = along
    middle = (start + bend) / 2
    corners = [(start, 0.0), (end, 0.0), (end, after), (bend, after)]
    curve = [(middle, after), (middle, before), (start, before)]
    return "M{}L{}L{}L{}C{} {} {}Z".format(*_drawn([*corners, *curve], place))


def _lost(along: Along, before: float, after: float, place: Place) -> str:
    """What such a stream leaves behind where it narrows."""
    start, bend, _ = along
    middle = (start + bend) / 2
    curve = [(start, before), (middle, before), (middle, after), (bend, after)]
    return "M{}C{} {} {}L{}Z".format(*_drawn([*curve, (bend, before)], place))


def _drawn(points: Sequence[tuple[float, float]], place: Place) -> list[str]:
    return [",".join(_n(v) for v in place(*p)) for p in points]


def _path(css: str, path: str) -> Markup:
    return Markup('<path class="{}" d="{}"/>').format(css, path)


def _bar(x: float, y: float, width: float, height: float, stop: Stop) -> Markup:
    css = "step" if stop.step.required else "step optional"
    return Markup('<rect class="{}" x="{}" y="{}" width="{}" height="{}" rx="2.5"/>').format(
        css, _n(x), _n(y), _n(width), _n(height)
    )


def _skips(stop: Stop, stops: Sequence[Stop], told: ConformanceOfJourneys, top: float) -> list[Markup]:
    """Who passes a step over, as a bow above it, as thick as many."""
    k = stop.step.step_number - 1
    skipped = next((d for d in told.deviations if (d.kind, d.step_number) == ("skipped", k + 1)), None)
    if skipped is None or not 0 < k < len(stops) - 1:
        return []
    thick = min(10.0, max(1.5, 96.0 * skipped.count / told.attempts))
    left, right = stops[k - 1].at + 12, stops[k + 1].at - 6
    return [
        Markup('<path class="bow" stroke-width="{}" d="M{},{}C{},{} {},{} {},{}"/>').format(
            _n(thick),
            _n(left),
            _n(top),
            _n(left + 30),
            _n(top - 18),
            _n(right - 30),
            _n(top - 18),
            _n(right),
            _n(top),
        )
    ]


def _reached(stop: Stop) -> str:
    return f"{number(stop.step.through)} · {percent(stop.share, 0 if stop.share >= 0.1 else 1)}"


def _text(css: str, x: float, y: float, words: str) -> Markup:
    return Markup('<text class="{}" x="{}" y="{}">{}</text>').format(css, _n(x), _n(y), words)


def _svg(
    css: str, width: float, height: float, parts: Sequence[Markup], told: ConformanceOfJourneys, language: str
) -> Markup:
    steps = "; ".join(
        f"{s.step.name(language)}: {value(s.share, 'share')}" + (f", {took(s)}" if took(s) else "")
        for s in told.steps
    )
    left = "; ".join(f"{sentence(d, language)}: {value(d.share, 'share')}" for d in told.deviations)
    return Markup(
        '<svg class="{0}" viewBox="-6 0 {1:.0f} {2:.0f}" role="img" aria-labelledby="{0}-t {0}-d">'
        '<title id="{0}-t">{3}</title><desc id="{0}-d">{4}. {5}</desc>{6}</svg>'
    ).format(
        css, width + 12, height + 6, gettext("The designed journey"), steps, left, Markup("").join(parts)
    )


def _n(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
