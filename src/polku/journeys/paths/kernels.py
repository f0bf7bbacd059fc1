"""Kernels of the graph of paths: which touchpoint follows which, and how long it takes.

Bins are those of polku.journeys.asking.quantiles.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from polku.journeys.asking.kernels import Codes, Counts, Times
from polku.journeys.asking.quantiles import NARROW, WIDE
from polku.store.kernels import kernel

Bins = npt.NDArray[np.uint32]


@kernel("i8[] i8[] u4[] u2[] i8 i8", awaited=False)
def follow(
    starts: Counts, ends: Counts, time: Times, number: Codes, size: int, most: int
) -> tuple[int, Counts, npt.NDArray[Any], Counts, Counts]:
    """Which touchpoint follows which: how many pairs, the pairs as from · size + to, the gaps of each pair (one row
    each, in wide bins), and how many journeys start and end at each touchpoint.

    Where there are more than `most` pairs it stops and says that there are `most` + 1: a table that grows on the way
    takes twice as long.
    """
    slots = np.full(size * size, -1, np.int32)
    pairs = np.empty(most, np.int64)
    gaps = np.zeros((most, WIDE), np.uint32)  # narrow, to stay in the processor's cache
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
                if used == most:
                    return most + 1, pairs, gaps, first, final
                slot = used
                slots[pair], pairs[slot] = slot, pair
                used += 1
            gap = t - since
            gaps[slot, 0 if gap == 0 else (np.float64(gap).view(np.int64) >> 51) - 2045] += 1
            last, since = k, t
        final[last] += 1
    order = np.argsort(pairs[:used])
    return used, pairs[:used][order], gaps[:used][order], first, final


@kernel("i8[] i8[] u4[] u2[] i8 i4[] i4[:,:]", awaited=False)
def narrow(
    starts: Counts,
    ends: Counts,
    time: Times,
    number: Codes,
    size: int,
    slots: npt.NDArray[np.int32],
    rows: npt.NDArray[np.int32],
) -> Bins:
    """The gaps of some pairs in some wide bins, counted in narrow ones: `slots` gives for each pair, from · size + to,
    its line of `rows`, which has for each wide bin the row to count in; −1: none. One row for each bin wanted."""
    counts = np.zeros((rows.max() + 1 if rows.size else 0, NARROW), np.uint32)
    for p in range(len(starts)):
        if starts[p] == ends[p]:
            continue
        last, since = np.int64(number[starts[p]]), np.int64(time[starts[p]])
        for i in range(starts[p] + 1, ends[p]):
            k, t = np.int64(number[i]), np.int64(time[i])
            gap = t - since
            slot = slots[last * size + k]
            if slot >= 0 and gap > 0:
                bits = np.float64(gap).view(np.int64) >> 44
                row = rows[slot, (bits >> 7) - 2045]
                if row >= 0:
                    counts[row, bits & 127] += 1
            last, since = k, t
    return counts
