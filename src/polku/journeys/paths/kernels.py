"""Kernels of paths: which touchpoint follows which."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from polku.journeys.asking.gaps import BINS
from polku.journeys.asking.kernels import Codes, Counts, Times
from polku.store.kernels import kernel


@kernel("i8[] i8[] u4[] u2[] i8")
def follow(
    starts: Counts, ends: Counts, time: Times, number: Codes, size: int
) -> tuple[Counts, npt.NDArray[Any], Counts, Counts]:
    """Which touchpoint follows which: pairs as from · size + to, the gaps of each pair (one row each, in
    bins), and how many journeys start and end at each touchpoint."""
    slots = np.full(size * size, -1, np.int32)
    pairs = np.empty(size * size, np.int64)
    gaps = np.zeros((256, BINS), np.uint32)  # narrow, to stay in the processor's cache
    first, final = np.zeros(size, np.int64), np.zeros(size, np.int64)
    used = 0
    for p in range(len(starts)):
        if starts[p] == ends[p]:
            continue
        last, since = np.int64(number[starts[p]]), np.int64(time[starts[p]])
        first[last] += 1
        for i in range(starts[p] + 1, ends[p]):
            k, t = np.int64(number[i]), np.int64(time[i])
            pair = last * size + k
            slot = slots[pair]
            if slot < 0:
                slot = used
                slots[pair], pairs[slot] = slot, pair
                used += 1
                if used > len(gaps):
                    grown = np.zeros((2 * len(gaps), BINS), np.uint32)
                    grown[: len(gaps)] = gaps
                    gaps = grown
            gap = t - since
            gaps[slot, 0 if gap == 0 else (np.float64(gap).view(np.int64) >> 49) - 8183] += 1
            last, since = k, t
        final[last] += 1
    order = np.argsort(pairs[:used])
    return pairs[:used][order], gaps[order], first, final
