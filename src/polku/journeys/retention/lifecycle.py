"""Who is new, returning and resurrecting in each span of time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from polku.journeys.asking.over_time import passed
from polku.journeys.asking.scope import Scope
from polku.journeys.retention.kernels import appear
from polku.store import Block

Counts = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Appeared:
    """For each span the profiles that are active in it for the first time (`new`), also in the span before
    (`returning`), and again after a pause (`resurrecting`)."""

    new: Counts
    returning: Counts
    resurrecting: Counts

    @property
    def active(self) -> Counts:
        return self.new + self.returning + self.resurrecting


@dataclass(frozen=True)
class LifecycleQuestion:
    """Count profiles by what they are in each span between `edges` (ascending seconds since 1970): active is who has
    an event of the scope in it. Events before the first edge count as earlier, never as in the span before."""

    scope: Scope
    edges: tuple[int, ...]

    def partial(self, block: Block) -> Counts:
        return appear(*self.scope.counted(block).columns, *passed(self.edges))

    def merge(self, a: Counts, b: Counts) -> Counts:
        merged: Counts = a + b
        return merged

    def finish(self, partial: Counts) -> Appeared:
        new, returning, resurrecting = partial[1:-1].T.copy()
        # what was before the first edge is not the span before it
        resurrecting[:1] += returning[:1]
        returning[:1] = 0
        return Appeared(new, returning, resurrecting)
