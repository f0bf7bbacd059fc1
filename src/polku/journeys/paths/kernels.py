"""Kernels of the graph of paths: which touchpoint follows which, and how long it takes.

Bins are those of polku.journeys.asking.quantiles.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from polku.journeys.asking.kernels import Codes, Counts, Rows, Times
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
    slots = np.full(size * size, most, np.uint32)
    pairs = np.empty(most, np.int64)
    gaps = np.zeros(most * WIDE, np.uint32)  # narrow, to stay in the processor's cache
    first, final = np.zeros(size, np.int64), np.zeros(size, np.int64)
    used = 0
    for p in range(len(starts)):
        if starts[p] == ends[p]:
            continue
        last, since = number[np.uint64(starts[p])], time[np.uint64(starts[p])]
        first[last] += 1
        for i in range(np.uint64(starts[p]) + np.uint64(1), np.uint64(ends[p])):
            k, t = number[i], time[i]
            pair = np.uint32(last) * np.uint32(size) + np.uint32(k)
            if slots[pair] == most:
                if used == most:
                    return most + 1, pairs, gaps.reshape(most, WIDE), first, final
                slots[pair], pairs[used] = used, pair
                used += 1
            wide = (np.float64(t - since).view(np.uint64) >> np.uint64(51)) - np.uint64(2045)
            gaps[slots[pair] * np.uint32(WIDE) + (wide if t > since else np.uint64(0))] += np.uint32(1)
            last, since = k, t
        final[last] += 1
    order = np.argsort(pairs[:used])
    return used, pairs[:used][order], gaps.reshape(most, WIDE)[order], first, final


@kernel("i8[] i8[] u4[] u2[] i8 u4[] u4[] i8", awaited=False)
def narrow(
    starts: Counts,
    ends: Counts,
    time: Times,
    number: Codes,
    size: int,
    lines: Rows,
    rows: Rows,
    wanted: int,
) -> Bins:
    """The gaps of some pairs in some wide bins, counted in narrow ones: `lines` gives for each pair, from · size + to,
    its line of `rows`, which has for each wide bin the row to count in, `wanted` for none. One row for each bin
    wanted."""
    counts = np.zeros((wanted + 1) * NARROW, np.uint32)
    for p in range(len(starts)):
        if starts[p] == ends[p]:
            continue
        last, since = number[np.uint64(starts[p])], time[np.uint64(starts[p])]
        for i in range(np.uint64(starts[p]) + np.uint64(1), np.uint64(ends[p])):
            k, t = number[i], time[i]
            line = lines[np.uint32(last) * np.uint32(size) + np.uint32(k)]
            bits = np.float64(t - since).view(np.uint64) >> np.uint64(44)
            wide = (bits >> np.uint64(7)) - np.uint64(2045)
            row = rows[line * np.uint32(WIDE) + (wide if t > since else np.uint64(0))]
            counts[row * np.uint32(NARROW) + np.uint32(bits & np.uint64(NARROW - 1))] += np.uint32(1)
            last, since = k, t
    return counts.reshape(wanted + 1, NARROW)[:wanted]
