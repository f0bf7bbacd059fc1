"""What whole paths say, in a sentence or two."""

from __future__ import annotations

from polku.i18n import gettext, ngettext, number, percent, signed
from polku.journeys.asking.telling import said
from polku.journeys.variants.results import Variant, VariantsOfJourneys
from polku.stats import CLEAR

WRITTEN_OUT = 6


def of_variants(told: VariantsOfJourneys, language: str) -> str:
    """With an outcome, the path that differs most for sure; without, the most usual one. And how many there are."""
    if not told.variants:
        return ""
    first = _differs(told, language) if told.outcome else _usual(told, language)
    different = ngettext("There is one path in all.", "There are %(num)s different paths.", told.different)
    return said([first, different])


def _usual(told: VariantsOfJourneys, language: str) -> str:
    most = told.variants[0]
    if most.share.estimate is None:
        return ""
    return gettext(
        "The most usual path is %(path)s: %(share)s ± %(half)s of customers.",
        path=_path(most, told, language),
        share=percent(most.share.estimate, 1),
        half=number((most.share.half_width or 0) * 100, 1),
    )


def _differs(told: VariantsOfJourneys, language: str) -> str:
    assert told.outcome is not None
    sure = [
        v for v in told.variants if v.q_value is not None and v.q_value <= CLEAR and v.difference is not None
    ]
    if not sure:
        return gettext(
            "No path differs from the others for sure in how many reach %(outcome)s.",
            outcome=told.outcome.name(language),
        )
    best = max(sure, key=lambda v: (v.outcome_share and v.outcome_share.low) or 0.0)
    assert best.outcome_share is not None
    assert best.difference is not None
    return gettext(
        "Of those who take the path %(path)s, %(share)s reach %(outcome)s: %(more)s ± %(half)s points compared with "
        "all others.",
        path=_path(best, told, language),
        outcome=told.outcome.name(language),
        share=percent(best.outcome_share.estimate or 0, 1),
        more=signed((best.difference.estimate or 0) * 100, 1),
        half=number((best.difference.half_width or 0) * 100, 1),
    )


def _path(variant: Variant, told: VariantsOfJourneys, language: str) -> str:
    names = {m.key: m.name(language) for m in told.touchpoints}
    steps = [names[key] for key in variant.path[:WRITTEN_OUT]]
    return " → ".join(steps) + (" → …" if len(variant.path) > WRITTEN_OUT else "")
