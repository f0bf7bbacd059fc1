"""How a touchpoint feels: the scores of the responses that follow it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import numpy.typing as npt

from polku.journeys.asking.scope import Scope
from polku.journeys.map.kernels import feel
from polku.stats import Estimate, clustered_mean
from polku.store import Block
from polku.workspace import FOREVER

FOLLOWS_WITHIN = timedelta(days=30)
"""A response tells of the touchpoints met this long before it."""

Sums = npt.NDArray[np.float64]


@dataclass(frozen=True)
class ExperienceQuestion:
    """The mean experience score (−100…100) of the responses within 30 days after a touchpoint, for each
    touchpoint of the scope and each span of time between two `edges` (ascending seconds; none: the whole
    scope is one span).

    A response counts once for a touchpoint however often it was met, in the span of the last encounter
    before it, and once for each of several touchpoints. The scope is of encounters; a response counts
    wherever it came from.
    """

    scope: Scope
    edges: tuple[int, ...] = ()

    def partial(self, block: Block) -> Sums:
        counted, responses = self.scope.counted(block), self.scope.responses(block)
        edges = np.array(self.edges or (0, FOREVER), np.uint32)
        within = int(FOLLOWS_WITHIN.total_seconds())
        starts = counted.starts if block.part_of is None else self.scope.counted(block.part_of[0]).starts
        return feel(
            starts, counted.time, counted.number, responses.profile, responses.place, responses.time,
            responses.score, self.scope.size, edges, within,
        )  # fmt: skip

    def merge(self, a: Sums, b: Sums) -> Sums:
        return a + b

    def finish(self, partial: Sums) -> tuple[tuple[Estimate, ...], ...]:
        """For each touchpoint the estimate of each span."""
        spans = max(1, len(self.edges) - 1)
        told = [_mean(row) for row in partial]
        return tuple(tuple(told[i : i + spans]) for i in range(0, len(told), spans))


def _mean(sums: Sums) -> Estimate:
    total, n, clusters, squares, cross, counts2 = sums.tolist()
    return clustered_mean(
        total=total,
        n=int(n),
        clusters=int(clusters),
        sum_squares=squares,
        sum_cross=cross,
        sum_counts2=counts2,
    )
