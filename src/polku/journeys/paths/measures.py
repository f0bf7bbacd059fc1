"""What groups are compared by on the page of paths."""

from __future__ import annotations

from typing import Final

from polku.i18n import gettext
from polku.journeys.asking.beside import Counts
from polku.journeys.asking.breakdown import Measure, measure, share_of
from polku.journeys.paths.walk_results import REST, PathsOfJourneys, Stop
from polku.stats import Estimate

COMPARED: Final = 3
"""So many of what comes most often where the chosen way has led."""


def measures(told: PathsOfJourneys, language: str) -> list[Measure]:
    """Where paths go most often after the way that was chosen, or where they begin. Where every time counts a customer
    counts more than once: not tested."""
    taken = len(told.then) + (1 if told.start or told.end else 0)
    stops = [s for s in told.stops if s.step == taken and s.touchpoint.key != REST.key]

    def at(stop: Stop) -> Measure:
        name = stop.touchpoint.name(language)
        title = f"→ {name}" if taken else gettext("Begins at: %(name)s", name=name)

        def of(one: PathsOfJourneys) -> Counts:
            return next((s.count for s in one.stops if _same(s, stop)), 0), one.paths

        def share(one: PathsOfJourneys) -> Estimate | None:
            return next((s.share for s in one.stops if _same(s, stop)), None)

        return measure(title, told, share) if told.count == "every" else share_of(title, told, of)

    return [at(stop) for stop in stops[:COMPARED]]


def _same(one: Stop, other: Stop) -> bool:
    return (one.step, one.touchpoint.key) == (other.step, other.touchpoint.key)
