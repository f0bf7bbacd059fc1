"""The kernels of funnels.

`steps_of` has for each number of the scope the bit k of each step k (from 0) that it is, `barred_of` the bit k of each
step k between which and the step before it must not come; `only` has k where it is step k and nothing else, as is
usual and goes faster, else −1. `within` and `between` are in seconds: from an attempt's
first step, and from its step before.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from polku.journeys.asking.gaps import BINS
from polku.journeys.asking.kernels import Codes, Counts, Times
from polku.store.kernels import kernel

Bits = npt.NDArray[np.uint32]
Steps = npt.NDArray[np.uint8]


@kernel("i8[] i8[] u4[] u2[] u4[] u4[] i8[] i8 i8 i8", awaited=False)
def climb(
    starts: Counts,
    ends: Counts,
    time: Times,
    number: Codes,
    steps_of: Bits,
    barred_of: Bits,
    only: Counts,
    steps: int,
    within: int,
    between: int,
) -> tuple[Steps, Times, Counts, Counts]:
    """How many steps each profile gets through at most, and when it last got that far (0: never began); and of each
    step, in bins, the times to it from the first step and from the step before, where a profile gets to it first.

    Of the attempts that have got to a step, the one that did so last began last too: it has the most time left
    whichever way time is measured, and the fewest barred events behind it. So one attempt a step is enough.
    """
    furthest, when = np.zeros(len(starts), np.uint8), np.zeros(len(starts), np.uint32)
    after, wait = np.zeros((steps, BINS), np.int64), np.zeros((steps, BINS), np.int64)
    # of the attempt that got to step k last: when it began, −1 for none, and when it got there
    began, got = np.empty(steps, np.int64), np.empty(steps, np.int64)
    for p in range(len(starts)):
        reached, last = 0, np.uint32(0)
        for i in range(starts[p], ends[p]):
            high, low = only[number[i]], only[number[i]]
            if high > reached:
                continue
            if high < 0:
                high, low = min(reached, steps - 1), 0
            is_step, is_barred = np.int64(steps_of[number[i]]), np.int64(barred_of[number[i]])
            t = np.int64(time[i])
            # from the last step down, so that one event is not two steps of an attempt
            for k in range(high, low - 1, -1):
                if k < reached and is_barred >> (k + 1) & 1:
                    began[k] = -1  # what has got to k cannot get to k + 1 any more
                if is_step >> k & 1 == 0:
                    continue
                start = t
                if k > 0:
                    start = np.int64(began[k - 1])
                    if start < 0 or t - start > within or t - got[k - 1] > between:
                        continue
                if reached == k:
                    gap = t - start
                    after[k, 0 if gap == 0 else (np.float64(gap).view(np.int64) >> 49) - 8183] += 1
                    gap = np.int64(t - got[k - 1] if k > 0 else 0)
                    wait[k, 0 if gap == 0 else (np.float64(gap).view(np.int64) >> 49) - 8183] += 1
                    reached = k + 1
                began[k], got[k] = start, t
                if reached == k + 1:
                    last = time[i]
            if reached == steps:
                break
        furthest[p], when[p] = reached, last
    return furthest, when, after, wait


@kernel("i8[] i8[] u4[] u2[] u4[] u4[] i8[] i8 i8 i8 i8[]", awaited=False)
def descend(
    starts: Counts,
    ends: Counts,
    time: Times,
    number: Codes,
    steps_of: Bits,
    barred_of: Bits,
    only: Counts,
    steps: int,
    within: int,
    between: int,
    edges: Counts,
) -> tuple[Counts, Counts]:
    """How many profiles begin an attempt in each span of time between two edges, and of how many of them an attempt
    that began in it gets through all steps.

    Each journey is walked from its end: then it is known at each first step when the last would be got to at the
    earliest. What holds of `climb` holds mirrored: of the ways from a step to the last, the one that is come upon
    last ends first.
    """
    spans = len(edges) - 1
    beginning, through = np.zeros(spans, np.int64), np.zeros(spans, np.int64)
    # of the way on from step k that was come upon last: when it gets to the last step, −1 for none, and to k
    done, got = np.empty(steps, np.int64), np.empty(steps, np.int64)
    for p in range(len(starts)):
        done[:] = -1
        span, counted = np.int64(-1), False
        for i in range(ends[p] - 1, starts[p] - 1, -1):
            low, high = only[number[i]], only[number[i]]
            if low < 0:
                low, high = 0, steps - 1
            is_step, is_barred = np.int64(steps_of[number[i]]), np.int64(barred_of[number[i]])
            t = np.int64(time[i])
            # from the first step up, so that one event is not two steps of an attempt
            for k in range(low, high + 1):
                if is_barred >> k & 1:
                    done[k] = -1  # what comes before cannot go on to k any more
                if is_step >> k & 1 == 0:
                    continue
                end = t
                if k + 1 < steps:
                    end = np.int64(done[k + 1])
                    if end >= 0 and (end - t > within or got[k + 1] - t > between):
                        end = np.int64(-1)
                if k == 0 and edges[0] <= t < edges[spans]:
                    if span < 0 or t < edges[span]:
                        span, counted = np.int64(np.searchsorted(edges, t, side="right") - 1), False
                        beginning[span] += 1
                    if end >= 0 and not counted:
                        counted = True
                        through[span] += 1
                if end >= 0:
                    done[k], got[k] = end, t
    return beginning, through
