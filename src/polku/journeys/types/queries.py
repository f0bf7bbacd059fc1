"""The types of journeys."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

import numpy as np
from pydantic import Field

from polku.journeys.asking.gaps import median_count, median_gap
from polku.journeys.asking.query import Asker, JourneyQuery
from polku.journeys.asking.results import Met
from polku.journeys.asking.telling import met_of, share
from polku.journeys.touchpoints.known import Touchpoints
from polku.journeys.types.clustering import MOST_TYPES
from polku.journeys.types.comparing import differences
from polku.journeys.types.results import JourneyType, Mark, TypesOfJourneys
from polku.journeys.types.types import (
    FindTypesQuestion,
    JourneysQuestion,
    Tallied,
    Types,
    TypesQuestion,
)
from polku.stats import CLEAR, Difference, Sums, false_discovery, two_means, two_proportions
from polku.workspace import Workspace

MOST_MARKS = 8


class JourneyTypes(JourneyQuery):
    """The types that customers' paths fall into: how frequent, what is typical of each, and what comes of them.

    Paths are alike that meet the same touchpoints and go from one to another in the same way, once or often. With
    an outcome each path is looked at until it first gets there, so that what comes of a type is not part of it.
    Types are made of some 6,000 paths, then every path is told its type; of more than a million paths, a million chosen
    by lot. What is said to come of a type is associated with it; the type need not be the cause. The groups of a
    breakdown are told of the types of all.
    """

    path: ClassVar[str] = "journeys/types"
    types: int | None = Field(
        None, ge=2, le=MOST_TYPES, description="How many; default: as many as tell them apart best, 2 to 8"
    )
    outcome: str | None = Field(
        None, description="What the types may differ in, a touchpoint by key or name, e.g. purchase"
    )

    def answer(self, workspace: Workspace) -> TypesOfJourneys:
        """Types are found once, of all whom the query is about, so that the groups of a breakdown have the same."""
        catalogue = workspace.part(Touchpoints).catalogue()
        outcome = catalogue.touchpoint(self.outcome) if self.outcome else None
        scope = self.scope(workspace, catalogue.touchpoints)
        stop = scope.codes.index(outcome.code) if outcome and outcome.code in scope.codes else None
        nothing = TypesOfJourneys(self.covered(workspace), met_of(outcome) if outcome else None)
        everyone = self.asker(workspace)
        journeys = JourneysQuestion(scope)
        of = everyone(journeys)
        found = everyone(FindTypesQuestion(scope, stop, self.types, of))
        if found is None:
            return self.each(workspace, lambda ask: nothing)
        sort = TypesQuestion(scope, stop, found.weights, found.size, of)
        sizes = everyone(sort).journeys
        order = [int(k) for k in np.argsort(-sizes, kind="stable") if sizes[k]]
        met = [met_of(catalogue.by_code[c]) for c in scope.codes]

        def told(ask: Asker) -> TypesOfJourneys:
            tallied = ask(sort)
            profiles = int(tallied.journeys.sum())
            return replace(
                nothing,
                types=_types(found, tallied, order, met, has_outcome=stop is not None),
                silhouette=found.silhouette,
                strength=found.strength,
                is_distinct=found.is_distinct,
                sampled=found.sampled,
                profiles=profiles,
                others=tallied.others,
                all_profiles=ask(journeys),
                outcome_share=share(int(tallied.reached.sum()), profiles) if stop is not None else None,
            )

        whole = self.each(workspace, told)
        return replace(whole, differences=differences(whole))


QUERIES = (JourneyTypes,)


def _types(
    found: Types, tallied: Tallied, order: list[int], met: list[Met], *, has_outcome: bool
) -> tuple[JourneyType, ...]:
    """The types in this order."""
    outcomes = [_outcome(tallied, k) if has_outcome else None for k in order]
    q_values = false_discovery([o.p_value if o else None for o in outcomes])
    total = int(tallied.journeys.sum())
    marks = _marks(tallied, order, met)
    told = []
    for number, (k, outcome, q) in enumerate(zip(order, outcomes, q_values, strict=True), start=1):
        journeys = int(tallied.journeys[k])
        told.append(
            JourneyType(
                number,
                journeys,
                share(journeys, total),
                median_count(tallied.encounters[k]),
                median_gap(tallied.lengths[k]),
                share(int(tallied.reached[k]), journeys) if outcome else None,
                outcome.difference if outcome else None,
                q,
                _sums(tallied, [k]).mean,
                two_means(_sums(tallied, [k]), _sums(tallied, [o for o in order if o != k])).difference,
                tuple(met[n] for n in found.medoids[k]),
                marks[k],
            )
        )
    return tuple(told)


def _outcome(tallied: Tallied, k: int) -> Difference:
    journeys, reached = tallied.journeys, tallied.reached
    rest = int(journeys.sum() - journeys[k])
    return two_proportions(int(reached[k]), int(journeys[k]), int(reached.sum() - reached[k]), rest)


def _marks(tallied: Tallied, order: list[int], met: list[Met]) -> dict[int, tuple[Mark, ...]]:
    """For each type the touchpoints that tell it from the others for sure, the largest differences first."""
    everyone, total = tallied.meets.sum(axis=0), int(tallied.journeys.sum())
    found: list[tuple[int, int, Difference]] = []
    for k in order:
        journeys = int(tallied.journeys[k])
        for n in np.flatnonzero(everyone).tolist():
            mine = int(tallied.meets[k, n])
            found.append((k, n, two_proportions(mine, journeys, int(everyone[n]) - mine, total - journeys)))
    q_values = false_discovery([d.p_value for _, _, d in found])
    marks: dict[int, list[Mark]] = {k: [] for k in order}
    for (k, n, d), q in zip(found, q_values, strict=True):
        if q is not None and q <= CLEAR and d.difference.estimate is not None:
            marks[k].append(
                Mark(met[n], share(int(tallied.meets[k, n]), int(tallied.journeys[k])), d.difference)
            )
    for each in marks.values():
        each.sort(key=lambda m: -abs(m.difference.estimate or 0))
    return {k: tuple(each[:MOST_MARKS]) for k, each in marks.items()}


def _sums(tallied: Tallied, types: list[int]) -> Sums:
    total, n, clusters, squares, cross, counts2 = tallied.scores[types].sum(axis=0).tolist()
    return Sums(total, int(n), int(clusters), squares, cross, counts2)
