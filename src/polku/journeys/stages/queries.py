"""The stages of the path."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import ClassVar, Final

import numpy as np
import numpy.typing as npt

from polku.journeys.asking.calendar import Unit, long_unit_for
from polku.journeys.asking.gaps import median_gap, quantile_gap
from polku.journeys.asking.over_time import Calendar, SpannedQuery, known_until
from polku.journeys.asking.query import Asker
from polku.journeys.asking.telling import share
from polku.journeys.stages.moves import Moved, MovesQuestion
from polku.journeys.stages.reached import on_map, reached, stage_numbers
from polku.journeys.stages.results import (
    FlowOfSpan,
    FlowOfStage,
    Lengths,
    StageOfJourneys,
    StagesOfJourneys,
)
from polku.journeys.touchpoints.catalogue import Catalogue
from polku.workspace import Workspace

HOUR_S: Final = 3600


class JourneyStages(SpannedQuery):
    """How many reach each stage and the next, who is in it now, how long they stay, and the flow between stages.

    A customer is in the stage of the latest touchpoint of the map, also of one before the period: the period says
    which touchpoints are reached, which stays ended and in which days, weeks or months the flow is told. A stay
    lasts from the first touchpoint of a stage to the next one of another.
    """

    path: ClassVar[str] = "journeys/stages"

    def unit(self, first: date, last: date) -> Unit:
        return long_unit_for(first, last)

    def answer(self, workspace: Workspace) -> StagesOfJourneys:
        return self.each(workspace, lambda ask: self._told(workspace, ask))

    def _told(self, workspace: Workspace, ask: Asker) -> StagesOfJourneys:
        catalogue, scope = on_map(self, workspace)
        calendar = self.calendar(workspace).so_far()
        numbers, size = stage_numbers(catalogue, scope), len(catalogue.stages)
        # to the hour, so that what was asked an hour ago at most is known already
        now = known_until(workspace, scope.high) // HOUR_S * HOUR_S
        ever = replace(scope, low=0)
        moved = ask(MovesQuestion(ever, numbers, size, calendar.edges, scope.low, now))
        profiles, counts = reached(catalogue, scope, ask)
        staged = int(moved.here.sum())
        stages = tuple(
            StageOfJourneys(
                stage.key,
                stage.name_fi,
                stage.name_en,
                *counts[k],
                int(moved.here[k].sum()),
                share(int(moved.here[k].sum()), staged),
                _lengths(moved.stays[k]),
                _lengths(moved.here[k]),
            )
            for k, stage in enumerate(catalogue.stages)
        )
        flow = tuple(_flow(catalogue, calendar, moved))
        return StagesOfJourneys(self.covered(workspace), profiles, staged, stages, calendar.unit, flow)


def _lengths(counts: npt.NDArray[np.int64]) -> Lengths:
    return Lengths(quantile_gap(counts, 0.25), median_gap(counts), quantile_gap(counts, 0.75))


def _flow(catalogue: Catalogue, calendar: Calendar, moved: Moved) -> Iterator[FlowOfSpan]:
    entered, left, forward, stock = moved.entered, moved.left, moved.forward, moved.stock
    backward, new = left - forward, moved.new
    for s, start in enumerate(calendar.starts, start=1):
        stages = tuple(
            FlowOfStage(
                stage.key, *(int(counts[s, k]) for counts in (entered, left, forward, backward, stock))
            )
            for k, stage in enumerate(catalogue.stages)
        )
        yield FlowOfSpan(
            start, s <= calendar.over, int(new[s]), int(forward[s].sum()), int(backward[s].sum()), stages
        )
