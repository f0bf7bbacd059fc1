"""What comes step by step after a touchpoint, or came before it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from polku.journeys.asking.collapsing import counted
from polku.journeys.asking.scope import Scope
from polku.journeys.paths.walk_kernels import walk
from polku.store import Block
from polku.workspace import FOREVER

Counts = npt.NDArray[np.int64]
Partial = tuple[Counts, Counts, npt.NDArray[np.uint32], int, int]


@dataclass(frozen=True, slots=True)
class Walks:
    """Walks step by step. `reached[d]` of them take the first d of the steps asked for; of those that take all of them,
    `flows[s, a, b]` go at step s from number a to b (last: they end there), and `gaps[s, a]` are the times from the
    beginning to a, in bins of polku.journeys.asking.gaps. They are of so many `profiles`, of which the squares of how
    many walks each has add up to `squares`.
    """

    reached: Counts
    flows: Counts
    gaps: Counts
    profiles: int
    squares: int


@dataclass(frozen=True)
class WalksQuestion:
    """Count walks, onwards or `backward`, from each journey's first event: those whose first steps are `asked`
    (numbers, the first of them where they begin; ANY: whatever it is), and from there `steps` more.

    Where they begin `anywhere`, they do at the first event of the first number asked for, or at `every` one. A walk is
    the next events one after the other, as long as they are within `window` seconds of where it begins (None: no
    limit). With `collapse` events that repeat the one before are as if they had not happened.
    """

    scope: Scope
    asked: tuple[int, ...] = ()
    anywhere: bool = False
    steps: int = 5
    window: int | None = None
    backward: bool = False
    every: bool = False
    collapse: bool = False

    def partial(self, block: Block) -> Partial:
        events = counted(self.scope, block, collapse=self.collapse)
        return walk(
            *events.columns, self.scope.size, np.array(self.asked, np.int64), self.anywhere,
            -1 if self.backward else 1, self.steps, FOREVER if self.window is None else self.window, self.every,
        )  # fmt: skip

    def merge(self, a: Partial, b: Partial) -> Partial:
        return a[0] + b[0], a[1] + b[1], a[2] + b[2], a[3] + b[3], a[4] + b[4]

    def finish(self, partial: Partial) -> Walks:
        reached, flows, gaps, profiles, squares = partial
        return Walks(reached, flows, gaps.astype(np.int64), profiles, squares)
