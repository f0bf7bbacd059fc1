"""How often each kind of event of each source occurs, and as which touchpoint."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np

from polku.store import Block

Kinds = Counter[tuple[int, int, int]]


@dataclass(frozen=True, slots=True)
class Occurrences:
    """A question: the number of events by (source, kind, touchpoint)."""

    def partial(self, block: Block) -> Kinds:
        if not len(block):
            return Counter()
        source = block.source.astype(np.uint64)
        packed = source << np.uint64(32) | block.kind.astype(np.uint64) << np.uint64(16) | block.touchpoint
        distinct, counts = np.unique(packed, return_counts=True)
        found: Kinds = Counter()
        for key, count in zip(distinct.tolist(), counts.tolist(), strict=True):
            found[key >> 32, key >> 16 & 0xFFFF, key & 0xFFFF] = count
        return found

    def merge(self, a: Kinds, b: Kinds) -> Kinds:
        return a + b

    def finish(self, partial: Kinds) -> Kinds:
        return partial
