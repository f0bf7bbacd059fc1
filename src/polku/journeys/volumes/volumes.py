"""How often touchpoints are met as time goes by."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from polku.journeys.asking.scope import Scope
from polku.journeys.volumes.kernels import tally
from polku.store import Block

Counts = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Volumes:
    """For each touchpoint of the scope a row, for each span of time a column: encounters and the
    profiles that had them."""

    volume: Counts
    reach: Counts


@dataclass(frozen=True)
class VolumesQuestion:
    """Count encounters of the scope between each two of `edges` (ascending seconds since 1970)."""

    scope: Scope
    edges: tuple[int, ...]

    def partial(self, block: Block) -> tuple[Counts, Counts]:
        s = self.scope
        edges = np.array(self.edges, np.uint32)
        return tally(*s.counted(block).columns, s.size, edges)

    def merge(self, a: tuple[Counts, Counts], b: tuple[Counts, Counts]) -> tuple[Counts, Counts]:
        return a[0] + b[0], a[1] + b[1]

    def finish(self, partial: tuple[Counts, Counts]) -> Volumes:
        return Volumes(*partial)
