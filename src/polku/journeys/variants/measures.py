"""What groups are compared by on the page of whole paths."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from polku.i18n import gettext
from polku.journeys.asking.beside import Counts
from polku.journeys.asking.breakdown import RARE, Measure, counts_of, share_of
from polku.journeys.variants.results import Variant, VariantsOfJourneys
from polku.stats import Estimate

COMPARED: Final = 2
"""So many of the most usual paths."""
LONGEST: Final = 3
"""Of a path so many steps are in the heading."""


def measures(told: VariantsOfJourneys, language: str) -> list[Measure]:
    """Who gets to the outcome, if one was named, and who takes the most usual paths of all."""
    names = {m.key: m.name(language) for m in told.touchpoints}
    found = []
    if told.outcome:
        title = gettext("Get to: %(outcome)s", outcome=told.outcome.name(language))
        found.append(share_of(title, told, lambda one: counts_of(one.outcome_share)))
    return [*found, *(_taking(variant, names, told) for variant in told.variants[:COMPARED])]


def _taking(variant: Variant, names: dict[str, str], told: VariantsOfJourneys) -> Measure:
    steps = [names[key] for key in variant.path]
    title = " → ".join([*steps[:LONGEST], "…"] if len(steps) > LONGEST else steps)

    def taking(one: VariantsOfJourneys) -> Variant | None:
        return next((v for v in one.variants if v.path == variant.path), None)

    def of(one: VariantsOfJourneys) -> Counts:
        found = taking(one)
        return (found.profiles, one.profiles) if found else (0, 0)

    def share(one: VariantsOfJourneys) -> Estimate:
        found = taking(one)
        return found.share if found else Estimate.unknown(one.profiles, RARE)

    return replace(share_of(title, told, of), each=tuple(map(share, told.each)))
