"""What groups are compared by on the page of designed journeys."""

from __future__ import annotations

from polku.journeys.asking.beside import Counts
from polku.journeys.asking.breakdown import Measure, share_of
from polku.journeys.conformance.results import ConformanceOfJourneys
from polku.journeys.conformance.words import capital, way


def measures(told: ConformanceOfJourneys) -> list[Measure]:
    """Who follows the design, who goes no further than its first step, and how it feels to those who deviate."""

    def going(kind: str) -> Measure:
        def of(one: ConformanceOfJourneys) -> Counts:
            return one.way(kind).count, one.attempts

        return share_of(capital(way(kind)), told, of)

    return [going("fully"), going("deviating"), going("not_at_all")]
