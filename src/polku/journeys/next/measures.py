"""What groups are compared by on the page of what comes next."""

from __future__ import annotations

from typing import Final

from polku.i18n import gettext
from polku.journeys.asking.breakdown import Measure, measure
from polku.journeys.next.results import Next, NextOfJourneys
from polku.stats import Estimate

COMPARED: Final = 3
"""By so many of the likeliest groups are compared."""


def measures(answer: NextOfJourneys, language: str) -> list[Measure]:
    """How likely in each group is what is likeliest of all."""

    def likely(step: Next) -> Measure:
        name = step.touchpoint.name(language) if step.touchpoint else gettext("Nothing")

        def of(one: NextOfJourneys) -> Estimate | None:
            return next((s.probability for s in one.steps if s.touchpoint == step.touchpoint), None)

        return measure(name, answer, of)

    told = [s for s in answer.steps if s.probability.estimate is not None]
    return [likely(step) for step in told[:COMPARED]]
