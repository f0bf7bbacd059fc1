"""How often each kind of event of each source occurs, and as which touchpoint."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Final

import numpy as np

from polku.store import Block

Kinds = Counter[tuple[int, int, int]]
"""Events by source, kind (index into Blocks.kinds) and touchpoint (its code, 0: none)."""

_MOST_CELLS: Final = 1 << 20
"""Counting in an array is many times faster than sorting, as long as the array stays in the cache."""


@dataclass(frozen=True, slots=True)
class Occurrences:
    """A question: the number of events by (source, kind, touchpoint)."""

    def partial(self, block: Block) -> Kinds:
        if not len(block):
            return Counter()
        sources, kinds = int(block.source.max()) + 1, int(block.kind.max()) + 1
        touchpoints = int(block.touchpoint.max()) + 1
        packed = block.touchpoint.astype(np.int64)
        packed *= kinds
        packed += block.kind
        packed *= sources
        packed += block.source
        cells = sources * kinds * touchpoints
        if cells <= _MOST_CELLS:
            counted = np.bincount(packed, minlength=cells)
            distinct = np.flatnonzero(counted)
            counts = counted[distinct]
        else:
            distinct, counts = np.unique(packed, return_counts=True)
        found: Kinds = Counter()
        for key, count in zip(distinct.tolist(), counts.tolist(), strict=True):
            found[key % sources, key // sources % kinds, key // sources // kinds] = count
        return found

    def merge(self, a: Kinds, b: Kinds) -> Kinds:
        return a + b

    def finish(self, partial: Kinds) -> Kinds:
        return partial
