"""What groups are compared by on the journey map."""

from __future__ import annotations

from itertools import pairwise

from polku.journeys.asking.breakdown import Measure, counts_of, share_of
from polku.journeys.map.results import MapOfJourneys, StageOnMap


def measures(journeys: MapOfJourneys, language: str) -> list[Measure]:
    """How many go on from each stage to the next."""

    def goes_on(k: int, stage: StageOnMap, following: StageOnMap) -> Measure:
        title = f"{stage.name(language)} → {following.name(language)}"
        return share_of(title, journeys, lambda one: counts_of(one.stages[k].goes_on))

    pairs = pairwise(journeys.stages)
    return [goes_on(k, *pair) for k, pair in enumerate(pairs) if journeys.stages[k].reached]
