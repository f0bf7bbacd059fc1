"""What groups are compared by on the page of types."""

from __future__ import annotations

from polku.i18n import gettext
from polku.journeys.asking.breakdown import Measure, share_of
from polku.journeys.types.comparing import compared, counts
from polku.journeys.types.headline import name_of
from polku.journeys.types.results import TypesOfJourneys


def measures(told: TypesOfJourneys, language: str) -> list[Measure]:
    """Who gets to the outcome, if one was named, and who is of each type."""
    outcome = told.outcome.name(language) if told.outcome else ""
    titles: dict[int | None, str] = {None: gettext("Get to: %(outcome)s", outcome=outcome)}
    titles |= {t.number: f"{t.number} · {name_of(t, language)}" for t in told.types}

    def by(number: int | None) -> Measure:
        return share_of(titles[number], told, lambda one: counts(one, number))

    return [by(number) for number in compared(told)]
