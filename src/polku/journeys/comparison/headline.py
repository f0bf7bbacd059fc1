"""What a comparison says, in a sentence or two."""

from __future__ import annotations

from polku.i18n import gettext, ngettext, number, percent
from polku.journeys.asking.telling import said
from polku.journeys.comparison.comparing import weight
from polku.journeys.comparison.results import ComparedPath, ComparedTouchpoint, JourneysCompared, Row
from polku.stats import FEWEST, Estimate


def of_comparison(told: JourneysCompared, names: tuple[str, str], language: str) -> str:
    """What differs most for sure, or that nothing does beyond chance."""
    for group, name in zip((told.a, told.b), names, strict=True):
        if group.profiles < FEWEST:
            return gettext("There are too few to compare: %(name)s has fewer than five customers.", name=name)
    rows = sorted((r for r in told.rows if r.clear), key=weight, reverse=True)
    if not rows:
        return ngettext(
            "Nothing differs beyond chance: one difference was tested, and it is not clear.",
            "Nothing differs beyond chance: %(num)s differences were tested, and none is clear.",
            told.tested,
        )
    first = gettext(
        "%(what)s differs most for sure: %(share)s (%(name)s), %(other_share)s (%(other)s).",
        what=what(rows[0], language),
        name=names[0],
        share=_share(rows[0].first),
        other=names[1],
        other_share=_share(rows[0].second),
    )
    rest = gettext(
        "Of %(tested)s differences tested, %(clear)s are clear.",
        tested=number(told.tested),
        clear=number(told.clear),
    )
    return said([first, rest])


def what(row: Row, language: str) -> str:
    """A touchpoint, the way from one to another, or a whole path."""
    if isinstance(row, ComparedTouchpoint):
        return row.touchpoint.name(language)
    if isinstance(row, ComparedPath):
        return gettext("the whole path %(path)s", path=row.name(language))
    if row.came.key == row.went.key:
        return f"{row.came.name(language)} ↻"
    return f"{row.came.name(language)} → {row.went.name(language)}"


def _share(e: Estimate) -> str:
    return f"{percent(e.estimate or 0.0, 1)} ± {number((e.half_width or 0.0) * 100, 1)}"
