"""How profiles move between stages, how long they stay in them, and where they are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from polku.journeys.asking.over_time import passed
from polku.journeys.asking.scope import Scope
from polku.journeys.stages.kernels import move
from polku.store import Block

Counts = npt.NDArray[np.int64]
Partial = tuple[Counts, Counts, Counts]


@dataclass(frozen=True, slots=True)
class Moved:
    """`moves[s, i, k]`: profiles that are in stage i − 1 when a span begins (i = 0: in none) and in stage k when it
    ends; s = 0 is what was before the first span, s = n + 1 after the last of n. A profile that has no event of
    another stage than its own in a span is not in it. `stays` (a row of bins for each stage) are the lengths of stays
    that ended, `here` those of the stays that have not."""

    moves: Counts
    stays: Counts
    here: Counts

    @property
    def entered(self) -> Counts:
        """For each s and stage the profiles that are in it only at the end."""
        entered: Counts = self._moves.sum(axis=1)
        return entered

    @property
    def left(self) -> Counts:
        """For each s and stage the profiles that are in it only at the beginning."""
        left: Counts = self._moves[:, 1:].sum(axis=2)
        return left

    @property
    def forward(self) -> Counts:
        """Those of `left` that are in a later stage at the end."""
        forward: Counts = np.triu(self._moves[:, 1:], 1).sum(axis=2)
        return forward

    @property
    def stock(self) -> Counts:
        """For each s and stage the profiles that are in it at the end."""
        return np.cumsum(self.entered - self.left, axis=0)

    @property
    def new(self) -> Counts:
        """For each s the profiles that had no stage before."""
        new: Counts = self._moves[:, 0].sum(axis=1)
        return new

    @property
    def _moves(self) -> Counts:
        """Without those that came back to where they were."""
        size = self.moves.shape[2]
        moved = self.moves.copy()
        moved[:, np.arange(1, size + 1), np.arange(size)] = 0
        return moved


@dataclass(frozen=True)
class MovesQuestion:
    """Count the moves of profiles between stages in the spans between `edges` (ascending seconds since 1970).

    A profile's stage is that of its latest event in the scope; `stages` has for each touchpoint code of the scope
    its stage 0…, or −1. A stay lasts from the first of several events of one stage to the next of another; those
    that ended at or after `low` are counted, and the length of the others until `now`.
    """

    scope: Scope
    stages: tuple[int, ...]
    size: int
    edges: tuple[int, ...]
    low: int
    now: int

    def partial(self, block: Block) -> Partial:
        stage_of = np.array(self.stages or (-1,), np.int64)
        counted = self.scope.counted(block)
        return move(*counted.columns, stage_of, self.size, *passed(self.edges), self.low, self.now)

    def merge(self, a: Partial, b: Partial) -> Partial:
        return a[0] + b[0], a[1] + b[1], a[2] + b[2]

    def finish(self, partial: Partial) -> Moved:
        return Moved(*partial)
