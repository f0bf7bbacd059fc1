"""What groups are compared by on the page of stages."""

from __future__ import annotations

from polku.i18n import gettext
from polku.journeys.asking.beside import Counts
from polku.journeys.asking.breakdown import Measure, share_of
from polku.journeys.stages.results import StagesOfJourneys


def measures(told: StagesOfJourneys, language: str) -> list[Measure]:
    """Where customers are now."""

    def in_stage(k: int) -> Measure:
        def of(one: StagesOfJourneys) -> Counts:
            return one.stages[k].now, one.staged

        return share_of(gettext("Now in: %(stage)s", stage=told.stages[k].name(language)), told, of)

    return [in_stage(k) for k in range(len(told.stages))]
