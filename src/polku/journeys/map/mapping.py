"""Making the journey map out of what was counted."""

from __future__ import annotations

from typing import Final

from polku.journeys.asking.gaps import median_gap
from polku.journeys.asking.query import Asker
from polku.journeys.asking.results import Covered, Met
from polku.journeys.asking.scope import Scope
from polku.journeys.asking.telling import share
from polku.journeys.map.encounters import Encounters, EncountersQuestion
from polku.journeys.map.experience import ExperienceQuestion
from polku.journeys.map.results import MapOfJourneys, StageOnMap, TouchpointOnMap
from polku.journeys.stages.reached import reached
from polku.journeys.touchpoints.catalogue import Catalogue, Touchpoint
from polku.stats import Estimate

USUAL_WINDOW: Final = "30d"
"""Where nothing was chosen: the time from a funnel's first step to its last."""


def map_of(catalogue: Catalogue, scope: Scope, ask: Asker, covered: Covered) -> MapOfJourneys:
    """The map of those of the scope's touchpoints that were met; all have a stage."""
    counted = ask(EncountersQuestion(scope))
    scores = dict(zip(scope.codes, ask(ExperienceQuestion(scope)), strict=True))
    places = {code: i for i, code in enumerate(scope.codes)}
    _, reaching = reached(catalogue, scope, ask)
    told = tuple(
        StageOnMap(
            s.key,
            s.name_fi,
            s.name_en,
            profiles,
            goes_on,
            tuple(
                _on_map(t, places[t.code], profiles, counted, scores[t.code][0])
                for t in catalogue.of_stage(s.key)
                if t.code in places and counted.volume[places[t.code]]
            ),
        )
        for s, (profiles, goes_on) in zip(catalogue.stages, reaching, strict=True)
    )
    return MapOfJourneys(covered, counted.profiles, int(counted.volume.sum()), told)


def _on_map(t: Touchpoint, place: int, reached: int, counted: Encounters, score: Estimate) -> TouchpointOnMap:
    return TouchpointOnMap(
        Met(t.key, t.name_fi, t.name_en, t.channel),
        int(counted.reach[place]),
        share(int(counted.reach[place]), reached),
        int(counted.volume[place]),
        median_gap(counted.gaps[place]),
        score,
    )


def usual_steps(journeys: MapOfJourneys) -> list[str]:
    """Where nothing was chosen: of each stage the touchpoint that most meet, in the channel that leads
    if it can be, since a way through one channel is what one looks at first."""
    met = [t for t in journeys.touchpoints if t.reach]
    leading = max(met, key=lambda t: t.reach).touchpoint.channel if met else ""
    steps = []
    for stage in journeys.stages:
        in_stage = [t for t in met if t in stage.touchpoints]
        if in_stage:
            best = max(in_stage, key=lambda t: (t.touchpoint.channel == leading, t.reach))
            steps.append(best.touchpoint.key)
    return steps
