"""What groups are compared by on the page of attribution."""

from __future__ import annotations

from typing import Final

from polku.i18n import gettext
from polku.journeys.asking.breakdown import Measure, measure
from polku.journeys.attribution.naming import NAMES
from polku.journeys.attribution.results import AttributionOfJourneys, Earner
from polku.journeys.attribution.shares import Model
from polku.stats import Estimate

COMPARED: Final = 3
"""So many of those who earn most of all."""
BY: Final[tuple[Model, ...]] = ("markov3", "markov2", "markov1", "linear")
"""Groups are compared by the first of these that there is: what would be lost without the touchpoint."""


def measures(answer: AttributionOfJourneys, language: str) -> list[Measure]:
    """The credit of those who earn most, by one way of counting."""
    model = next((m for m in BY if m in answer.models), BY[-1])

    def credit(earner: Earner) -> Measure:
        def of(one: AttributionOfJourneys) -> Estimate | None:
            credit = one.of(earner.touchpoint).get(model)
            return credit.share if credit else None

        name = earner.touchpoint.name(language)
        return measure(gettext("%(name)s, by %(model)s", name=name, model=NAMES[model]), answer, of)

    return [credit(earner) for earner in answer.earners[:COMPARED]]
