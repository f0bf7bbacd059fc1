"""How many meet each touchpoint, how often, and how soon something follows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from polku.journeys.asking.scope import Scope
from polku.journeys.map.kernels import encounter
from polku.store import Block

Counts = npt.NDArray[np.int64]
Partial = tuple[Counts, Counts, Counts, int]


@dataclass(frozen=True, slots=True)
class Encounters:
    """For each touchpoint of the scope: `reach` profiles meet it, `volume` times in all, the next
    touchpoint comes after `gaps` (a row of bins); `profiles` meet any."""

    reach: Counts
    volume: Counts
    gaps: Counts
    profiles: int


@dataclass(frozen=True)
class EncountersQuestion:
    """Count who meets each touchpoint, how often, and the time to the next one."""

    scope: Scope

    def partial(self, block: Block) -> Partial:
        found: Partial = encounter(*self.scope.counted(block).columns, self.scope.size)
        return found

    def merge(self, a: Partial, b: Partial) -> Partial:
        return a[0] + b[0], a[1] + b[1], a[2] + b[2], a[3] + b[3]

    def finish(self, partial: Partial) -> Encounters:
        return Encounters(*partial)
