"""The kernel of loops: what is met again, and how."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from polku.journeys.asking.gaps import BINS
from polku.journeys.asking.kernels import Codes, Counts, Times
from polku.store.kernels import kernel

Places = npt.NDArray[np.int32]


@kernel("i8[] i8[] u4[] u2[] i8 i8", awaited=False)
def repeat(
    starts: Counts, ends: Counts, time: Times, number: Codes, size: int, most: int
) -> tuple[int, Counts, npt.NDArray[Any], npt.NDArray[Any], Counts, npt.NDArray[Any]]:
    """What profiles meet again. For each touchpoint a row of: profiles that meet it, that meet it again, the times
    that those meet it, direct repeats, profiles with one; the time from their first to their last time, and between
    direct repeats (both in bins).

    And loops, in which one touchpoint leads to another and right back (repeats of either are one time): for each pair,
    from · size + by, the times and the profiles; and the time from leaving to being back, for each pair (in bins), as
    rows of which `loops[pair, 2]` tells the number. First comes how many such pairs there are: where there are more
    than `most`, it stops and says that there are `most` + 1.
    """
    told = np.zeros((size, 5), np.int64)
    spans, directs = np.zeros((size, BINS), np.uint32), np.zeros((size, BINS), np.uint32)
    loops = np.zeros((size * size, 3), np.int64)
    gaps, used = np.zeros((most, BINS), np.uint32), 0
    mine = np.full((size, 5), -1, np.int64)  # of each: whose, how often, first and last time, who repeated it
    loop_by = np.full(size * size, -1, np.int32)
    repeated, places = np.empty(size + 1, np.uint64), np.uint64(size)
    for p in range(len(starts)):
        again, before, here = np.uint64(0), places, places  # two touchpoints, one after the other; none yet
        left, last = np.int64(0), np.int64(0)
        for i in range(np.uint64(starts[p]), np.uint64(ends[p])):
            k, t = np.uint64(number[i]), np.int64(time[i])
            new = mine[k, 0] != p  # without a branch: hard to foresee
            times = np.int64(1) if new else mine[k, 1] + 1
            mine[k, 0], mine[k, 1], mine[k, 2], mine[k, 3] = p, times, t if new else mine[k, 2], t
            told[k, 0] += np.int64(new)
            repeated[again] = k
            again += np.uint64(times == 2)
            if k == here:
                gap = t - last
                told[k, 3] += 1
                directs[k, 0 if gap == 0 else (np.float64(gap).view(np.int64) >> 49) - 8183] += 1
                if mine[k, 4] != p:
                    mine[k, 4] = p
                    told[k, 4] += 1
            else:
                if k == before:
                    pair = k * places + here
                    if loops[pair, 0] == 0:
                        if used == most:
                            return most + 1, told, spans, directs, loops, gaps
                        loops[pair, 2] = used
                        used += 1
                    loops[pair, 0] += 1
                    if loop_by[pair] != p:
                        loop_by[pair] = p
                        loops[pair, 1] += 1
                    gap = t - left
                    row = np.uint64(loops[pair, 2])
                    gaps[row, 0 if gap == 0 else (np.float64(gap).view(np.int64) >> 49) - 8183] += 1
                before, left, here = here, last, k
            last = t
        for m in range(again):
            k = repeated[m]
            told[k, 1] += 1
            told[k, 2] += mine[k, 1]
            span = mine[k, 3] - mine[k, 2]
            spans[k, 0 if span == 0 else (np.float64(span).view(np.int64) >> 49) - 8183] += 1
    return used, told, spans, directs, loops, gaps
