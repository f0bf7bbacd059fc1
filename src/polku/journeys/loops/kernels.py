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
    times, since = np.zeros(size, np.int64), np.empty(size, np.int64)
    until, direct_by = np.empty(size, np.int64), np.full(size, -1, np.int64)
    loop_by = np.full(size * size, -1, np.int32)
    met = np.empty(size + 1, np.int64)
    for p in range(len(starts)):
        different = 0
        before, here = np.int64(-1), np.int64(-1)  # two touchpoints, one after the other
        left, last = np.int64(0), np.int64(0)
        for i in range(np.uint64(starts[p]), np.uint64(ends[p])):
            k, t = np.int64(number[i]), np.int64(time[i])
            new = times[k] == 0  # without a branch: hard to foresee
            met[different] = k
            different += int(new)
            since[k] = t if new else since[k]
            times[k] += 1
            until[k] = t
            if k == here:
                gap = t - last
                told[k, 3] += 1
                directs[k, 0 if gap == 0 else (np.float64(gap).view(np.int64) >> 49) - 8183] += 1
                if direct_by[k] != p:
                    direct_by[k] = p
                    told[k, 4] += 1
            else:
                if k == before:
                    pair = k * size + here
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
                    row = loops[pair, 2]
                    gaps[row, 0 if gap == 0 else (np.float64(gap).view(np.int64) >> 49) - 8183] += 1
                before, left, here = here, last, k
            last = t
        again = 0
        for m in range(different):
            k = met[m]
            told[k, 0] += 1
            met[again] = k  # without a branch: what is met once is overwritten
            again += int(times[k] > 1)
            times[k] = times[k] if times[k] > 1 else 0
        for m in range(again):
            k = met[m]
            told[k, 1] += 1
            told[k, 2] += times[k]
            span = until[k] - since[k]
            spans[k, 0 if span == 0 else (np.float64(span).view(np.int64) >> 49) - 8183] += 1
            times[k] = 0
    return used, told, spans, directs, loops, gaps
