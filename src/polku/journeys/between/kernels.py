"""The kernel of times between two touchpoints."""

from __future__ import annotations

import numpy as np

from polku.journeys.asking.kernels import Codes, Counts, Times
from polku.journeys.asking.quantiles import FINE
from polku.store.kernels import kernel


@kernel("i8[] i8[] u4[] u2[] i8 i8 i8 i8[]", awaited=False)
def measure(
    starts: Counts, ends: Counts, time: Times, number: Codes, came: int, went: int, window: int, edges: Counts
) -> tuple[Counts, Counts, Counts, Counts]:
    """The time from each event of number `came` to the next of `went` after it, if it is within `window` seconds.

    Gives two rows, of every `came` and of each profile's first: the times in narrow bins, and between `edges`
    (ascending; the first is 0, the last bar has no end). Then the sums over profiles that clustered shares need,
    m being a profile's `came` and s those that lead to `went`: Σs, Σm, profiles with any, Σs², Σs·m, Σm²; and how many
    profiles there are with a first that leads there.
    """
    fine, bars = np.zeros((2, FINE), np.int64), np.zeros((2, len(edges)), np.int64)
    sums, first = np.zeros(6, np.int64), np.zeros(1, np.int64)
    for p in range(len(starts)):
        following, gap = np.int64(-1), np.int64(-1)  # none yet, going backwards
        m, s, bin_, bar = 0, 0, np.int64(0), 0
        for i in range(ends[p] - 1, starts[p] - 1, -1):
            k = np.int64(number[i])
            if k == came:
                m += 1
                gap = following - np.int64(time[i]) if following >= 0 else np.int64(-1)
                if gap > window:
                    gap = np.int64(-1)
                if gap >= 0:
                    s += 1
                    bin_ = np.int64(0) if gap == 0 else (np.float64(gap).view(np.int64) >> 44) - 261_887
                    bar = 0
                    while bar + 1 < len(edges) and gap >= edges[bar + 1]:
                        bar += 1
                    fine[0, bin_] += 1
                    bars[0, bar] += 1
            if k == went:
                following = np.int64(time[i])
        if m > 0:
            sums[0] += s
            sums[1] += m
            sums[2] += 1
            sums[3] += s * s
            sums[4] += s * m
            sums[5] += m * m
            if gap >= 0:  # of the last one seen, which is the first
                first[0] += 1
                fine[1, bin_] += 1
                bars[1, bar] += 1
    return fine, bars, sums, first
