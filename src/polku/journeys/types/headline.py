"""What journey types say, in a sentence or two."""

from __future__ import annotations

from polku.i18n import gettext, ngettext, number, percent
from polku.journeys.asking.telling import said
from polku.journeys.types.results import JourneyType, TypesOfJourneys
from polku.stats import CLEAR


def of_types(types: TypesOfJourneys, language: str) -> str:
    """How many types there are, which is the most frequent, and which leads to the outcome most and least."""
    if not types.types:
        return gettext("There are too few paths to tell types of them.")
    if not types.is_distinct:
        return gettext("Paths do not fall into types for sure: other paths would be put together otherwise.")
    first = types.types[0]
    sentences = [
        ngettext("Paths are of %(num)s type.", "Paths are of %(num)s types.", len(types.types)),
        gettext(
            "The most frequent, %(name)s, is that of %(share)s ± %(half)s.",
            name=name_of(first, language),
            share=percent(first.share.estimate or 0, 1),
            half=number((first.share.half_width or 0) * 100, 1),
        ),
        *_outcome(types, language),
    ]
    return said(sentences)


def name_of(one: JourneyType, language: str) -> str:
    """What a type can be called: the touchpoints that tell it from the others most."""
    more = [m.touchpoint.name(language) for m in one.marks if (m.difference.estimate or 0) > 0][:2]
    if more:
        return gettext("%(a)s and %(b)s", a=more[0], b=more[1]) if len(more) == 2 else more[0]
    return one.path[0].name(language) if one.path else gettext("type %(number)s", number=one.number)


def _outcome(types: TypesOfJourneys, language: str) -> list[str]:
    clear = [
        t
        for t in types.types
        if t.outcome and t.outcome.estimate is not None and t.outcome_q is not None and t.outcome_q <= CLEAR
    ]
    if types.outcome is None or not clear:
        return []
    best = max(clear, key=lambda t: (t.outcome and t.outcome.estimate) or 0.0)
    if best.outcome is None or (best.outcome_difference and (best.outcome_difference.estimate or 0) <= 0):
        return []
    return [
        gettext(
            "%(outcome)s follows %(name)s most often: %(share)s ± %(half)s.",
            outcome=types.outcome.name(language),
            name=name_of(best, language),
            share=percent(best.outcome.estimate or 0, 1),
            half=number((best.outcome.half_width or 0) * 100, 1),
        )
    ]
