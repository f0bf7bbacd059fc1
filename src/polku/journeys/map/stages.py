"""How many profiles reach each stage, and the next."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from polku.journeys.asking.scope import Scope
from polku.journeys.map.kernels import advance
from polku.store import Block

Counts = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Reached:
    """`reached[k]`: profiles with an event of stage k; `went_on[k]`: those of them with an event of
    stage k + 1 at or after their first of stage k (the last stage: 0); `profiles`: those with an event
    of any stage."""

    reached: Counts
    went_on: Counts
    profiles: int


@dataclass(frozen=True)
class StagesQuestion:
    """Count profiles by the stages they reach. `stages`: for each touchpoint code of the scope, its
    stage 0…, or −1."""

    scope: Scope
    stages: tuple[int, ...]
    size: int

    def partial(self, block: Block) -> tuple[Counts, Counts, int]:
        stage_of = np.array(self.stages, np.int64)
        return advance(*self.scope.counted(block).columns, stage_of, self.size)

    def merge(
        self, a: tuple[Counts, Counts, int], b: tuple[Counts, Counts, int]
    ) -> tuple[Counts, Counts, int]:
        return a[0] + b[0], a[1] + b[1], a[2] + b[2]

    def finish(self, partial: tuple[Counts, Counts, int]) -> Reached:
        return Reached(*partial)
