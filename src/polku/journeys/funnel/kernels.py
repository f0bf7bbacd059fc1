"""The kernel of funnels."""

from __future__ import annotations

import numpy as np

from polku.journeys.asking.gaps import BINS
from polku.journeys.asking.kernels import Codes, Counts, Times
from polku.store.kernels import kernel


@kernel("i8[] i8[] u4[] u2[] u4[] i8 i8")
def climb(
    starts: Counts, ends: Counts, time: Times, number: Codes, steps_of: Times, steps: int, window: int
) -> tuple[Counts, Counts]:
    """The funnel: how many profiles get as far as each step (and no further), and for each step the time
    from the first step to it (in bins), at the first attempt that gets there.

    `steps_of` has for each number the bit k of each step k it is. An attempt starts at any event of step 0, and
    step k must come in order, within `window` seconds of that start.
    """
    furthest = np.zeros(steps + 1, np.int64)
    gaps = np.zeros((steps, BINS), np.int64)
    # started[k]: the start of the latest-started attempt that has got to step k, which has the most time left
    started = np.empty(steps, np.int64)
    for p in range(len(starts)):
        reached = 0
        for i in range(starts[p], ends[p]):
            bits, t = np.int64(steps_of[number[i]]), np.int64(time[i])
            # from the last step down, so that one event is not two steps of an attempt
            for k in range(min(reached, steps - 1), -1, -1):
                if bits >> k & 1 == 0:
                    continue
                if k == 0:
                    started[0] = t
                elif t - started[k - 1] <= window:
                    started[k] = started[k - 1]
                else:
                    continue
                if reached == k:
                    reached = k + 1
                    gap = t - started[k]
                    gaps[k, 0 if gap == 0 else (np.float64(gap).view(np.int64) >> 49) - 8183] += 1
            if reached == steps:
                break
        furthest[reached] += 1
    return furthest, gaps
