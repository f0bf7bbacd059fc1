"""What is likely to be meant where no outcome was chosen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from polku.journeys.asking.scope import Scope
from polku.journeys.attribution.kernels import add_values
from polku.journeys.touchpoints.catalogue import Catalogue, Touchpoint
from polku.store import Block

Sums = npt.NDArray[np.float64]


@dataclass(frozen=True)
class ValuesQuestion:
    """The sum of the values of each number's events."""

    scope: Scope

    def partial(self, block: Block) -> Sums:
        starts, ends, _, number = self.scope.counted(block).columns
        return add_values(starts, ends, number, self.scope.rows(block), block.value, self.scope.size)

    def merge(self, a: Sums, b: Sums) -> Sums:
        return a + b

    def finish(self, partial: Sums) -> tuple[float, ...]:
        return tuple(partial.tolist())


def usual_outcome(catalogue: Catalogue, values: tuple[float, ...]) -> Touchpoint | None:
    """The touchpoint that brings most money, by what those of the catalogue bring; without any the last one of the last
    stage but one, where customers are won. None where there are no touchpoints on the map."""
    on_map = [t for t in catalogue.touchpoints if t.stage]
    if not on_map:
        return None
    most = max(range(len(values)), key=lambda i: values[i])
    if values[most] > 0:
        return catalogue.touchpoints[most]
    for stage in (*reversed(catalogue.stages[:-1]), *catalogue.stages[-1:]):
        if met := catalogue.of_stage(stage.key):
            return met[-1]
    return None
