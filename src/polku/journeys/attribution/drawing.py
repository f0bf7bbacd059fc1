"""Attribution as a picture: of each touchpoint what every model gives it, with how sure that is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

from polku.i18n import gettext, number, percent
from polku.journeys.attribution.naming import NAMES
from polku.journeys.attribution.shares import Model
from polku.journeys.attribution.telling import Side
from polku.journeys.map.labels import shortened, text_width
from polku.stats import Estimate

LANE: Final = 7.0
PAD: Final = 7.0
HEAD: Final = 22.0
MOST: Final = 10
"""So many touchpoints are drawn; the table has all."""

STEPS: Final = (0.01, 0.02, 0.05, 0.1, 0.2, 0.25)
"""Lines of the scale may be so far apart."""


@dataclass(frozen=True, slots=True)
class Format:
    """How wide the picture is, where its scale begins and ends, and whether names stand above it."""

    css: str
    width: float
    left: float
    right: float
    above: bool

    @property
    def title(self) -> float:
        """The height that a name above its marks takes."""
        return 20.0 if self.above else 0.0


WIDE: Final = Format("models-wide", 940, 190, 836, above=False)
NARROW: Final = Format("models-narrow", 340, 8, 332, above=True)


def models_across(sides: Sequence[Side], models: Sequence[Model], format: Format, language: str) -> Markup:
    """A row for each touchpoint, in it a mark for each model; empty if nothing is told."""
    drawn = [s for s in sides if s.range][:MOST]
    if not drawn:
        return Markup("")
    most = max(e.high or 0.0 for s in drawn for e in s.shares)
    scale = (format.right - format.left) / (most or 1.0)
    row = format.title + LANE * len(models) + 2 * PAD
    height = HEAD + row * len(drawn)

    def x(share: float) -> float:
        return format.left + share * scale

    parts = [*_scale(most, x, height)]
    for i, side in enumerate(drawn):
        parts.append(_row(side, models, HEAD + row * i, row, x, format, language))
    told = "; ".join(f"{s.touchpoint.name(language)}: {_range(s)}" for s in drawn)
    return Markup(
        '<svg class="{0}" viewBox="0 0 {1:.0f} {2:.0f}" role="img" aria-labelledby="{0}-t {0}-d">'
        '<title id="{0}-t">{3}</title><desc id="{0}-d">{4}</desc>{5}</svg>'
    ).format(format.css, format.width, height, gettext("Share of the credit"), told, Markup("").join(parts))


def legend(models: Sequence[Model], width: float) -> Markup:
    """The signs of models with their names, for where there is no page to tell them."""
    parts, x, y = [], 0.0, 12.0
    for model in models:
        room = 36 + text_width(str(NAMES[model]))
        if x + room > width and x:
            x, y = 0.0, y + 20
        parts.append(
            Markup('{}<text x="{}" y="{}">{}</text>').format(
                mark(model, x + 6, y - 4), _n(x + 16), _n(y), NAMES[model]
            )
        )
        x += room
    return Markup('<svg class="{}" viewBox="0 0 {} {}">{}</svg>').format(
        WIDE.css, _n(width), _n(y + 6), Markup("").join(parts)
    )


def mark(model: Model, x: float, y: float) -> Markup:
    """The sign of a model, around a point."""
    shapes: dict[Model, str] = {
        "first": f"M{_n(x + 3.1)},{_n(y - 3.8)}V{_n(y + 3.8)}L{_n(x - 3.9)},{_n(y)}Z",
        "last": f"M{_n(x - 3.1)},{_n(y - 3.8)}V{_n(y + 3.8)}L{_n(x + 3.9)},{_n(y)}Z",
        "linear": f"M{_n(x - 4.2)},{_n(y - 1.5)}h8.4v3h-8.4Z",
        "decay": f"M{_n(x - 4)},{_n(y + 3.1)}h8L{_n(x)},{_n(y - 3.8)}Z",
        "position": f"M{_n(x - 4.2)},{_n(y)}l4.2,-4.2l4.2,4.2l-4.2,4.2Z",
        "shapley": f"M{_n(x - 3.3)},{_n(y - 3.3)}h6.6v6.6h-6.6Z",
    }
    if model in shapes:
        css = "shapley" if model == "shapley" else "rule"
        return Markup('<path class="mark {}" d="{}"/>').format(css, shapes[model])
    back = int(model[-1])
    return Markup('<circle class="mark markov" cx="{}" cy="{}" r="{}"/>').format(
        _n(x), _n(y), _n(2.0 + 0.7 * back)
    )


def _row(
    side: Side,
    models: Sequence[Model],
    top: float,
    height: float,
    x: Callable[[float], float],
    format: Format,
    language: str,
) -> Markup:
    bottom, middle = top + height, top + height / 2
    name = side.touchpoint.name(language)
    marks = [
        _with_interval(model, e, top + format.title + PAD + LANE * (i + 0.5), x)
        for i, (model, e) in enumerate(zip(models, side.shares, strict=True))
    ]
    least, most = side.range or (side.shares[0], side.shares[0])
    band = (x(least.estimate or 0.0), x(most.estimate or 0.0))
    css = "range disagree" if side.disagree else "range"
    label = (format.width - 2, top + 15) if format.above else (format.width - 2, middle + 4)
    title = (format.left - 6, top + 15) if format.above else (0.0, middle + 4)
    return Markup(
        '<g><path class="between" d="M0,{0}H{1}"/><rect class="band" x="{2}" y="{3}" width="{4}" height="{5}" rx="3"/>'
        '<text class="name" x="{6}" y="{7}">{8}</text><text class="{9}" x="{10}" y="{11}">{12}</text>{13}</g>'
    ).format(
        _n(bottom), _n(format.width), _n(band[0]), _n(top + format.title + 3), _n(max(1.0, band[1] - band[0])),
        _n(height - format.title - 6), _n(title[0]), _n(title[1]),
        shortened(name, 230 if format.above else format.left - 14), css, _n(label[0]), _n(label[1]), _range(side),
        Markup("").join(marks),
    )  # fmt: skip


def _with_interval(model: Model, e: Estimate, y: float, x: Callable[[float], float]) -> Markup:
    if e.estimate is None or e.low is None or e.high is None:
        return Markup("")
    title = f"{NAMES[model]}: {percent(e.estimate, 1)} ± {number((e.half_width or 0) * 100, 1)}"
    css = "shapley" if model == "shapley" else "markov" if model.startswith("markov") else "rule"
    return Markup('<g><title>{}</title><path class="whisker {}" d="M{},{}H{}"/>{}</g>').format(
        title, css, _n(x(e.low)), _n(y), _n(x(e.high)), mark(model, x(e.estimate), y)
    )


def _scale(most: float, x: Callable[[float], float], height: float) -> list[Markup]:
    """Light lines, some five of them, with what they stand for above."""
    step = next((s for s in STEPS if most / s <= 6), STEPS[-1])
    return [
        Markup('<path class="grid" d="M{0},{1}V{2}"/><text class="tick" x="{0}" y="12">{3}</text>').format(
            _n(x(i * step)), _n(HEAD - 4), _n(height), percent(i * step)
        )
        for i in range(int(most / step) + 1)
    ]


def _range(side: Side) -> str:
    """Between what the models put it, e.g. 24–31 %."""
    least, most = side.range or (None, None)
    if least is None or most is None:
        return "–"
    low, high = percent(least.estimate or 0.0), percent(most.estimate or 0.0)
    return high if low == high else f"{low.rstrip('%').rstrip()}–{high}"


def _n(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
