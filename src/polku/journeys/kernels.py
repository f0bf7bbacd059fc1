"""Kernels of the journey questions. Each walks a block's journeys once, in time order.

All take a scope: `index` (of 65,536) gives the number 1…`size` of each touchpoint code that counts, 0 of
those to skip; `scope` holds low ≤ time < high, in seconds, and the source that counts, −1 for all. Gaps of
g seconds are counted in bins of an eighth of an octave (polku.journeys.gaps): the number of the bin is read
off the bits of the double.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from polku.journeys.gaps import BINS
from polku.store.kernels import kernel

Counts = npt.NDArray[np.int64]
Sums = npt.NDArray[np.float64]
Codes = npt.NDArray[np.uint16]
Sources = npt.NDArray[np.int16]
Scores = npt.NDArray[np.float32]
Times = npt.NDArray[np.uint32]


@kernel("i8[] u4[] u2[] i2[] u2[] i8 i8[]")
def follow(
    offsets: Counts, time: Times, touchpoint: Codes, source: Sources, index: Codes, size: int, scope: Counts
) -> tuple[Counts, npt.NDArray[Any], Counts, Counts]:
    """Which touchpoint follows which: pairs as (from − 1)·size + (to − 1), the gaps of each pair (one
    row each, in bins), and how many journeys start and end at each touchpoint."""
    low, high, only = scope[0], scope[1], scope[2]
    slots = np.full(size * size, -1, np.int32)
    pairs = np.empty(size * size, np.int64)
    gaps = np.zeros((256, BINS), np.uint32)  # narrow, to stay in the processor's cache
    starts, ends = np.zeros(size, np.int64), np.zeros(size, np.int64)
    used = 0
    for p in range(len(offsets) - 1):
        last, since = np.int64(-1), np.int64(0)
        for i in range(offsets[p], offsets[p + 1]):
            k = np.int64(index[touchpoint[i]]) - 1
            if k < 0:
                continue
            t = np.int64(time[i])
            if t < low or t >= high or (only >= 0 and source[i] != only):
                continue
            if last < 0:
                starts[k] += 1
            else:
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
        if last >= 0:
            ends[last] += 1
    order = np.argsort(pairs[:used])
    return pairs[:used][order], gaps[order], starts, ends


@kernel("i8[] u4[] u2[] i2[] u4[] i8 i8 i8[]")
def climb(
    offsets: Counts,
    time: Times,
    touchpoint: Codes,
    source: Sources,
    steps_of: Times,
    steps: int,
    window: int,
    scope: Counts,
) -> tuple[Counts, Counts]:
    """The funnel: how many profiles get as far as each step (and no further), and for each step the time
    from the first step to it (in bins), at the first attempt that gets there.

    `steps_of` has the bit k of the touchpoint of step k. An attempt starts at any event of step 0, and step
    k must come in order, within `window` seconds of that start.
    """
    low, high, only = scope[0], scope[1], scope[2]
    furthest = np.zeros(steps + 1, np.int64)
    gaps = np.zeros((steps, BINS), np.int64)
    # started[k]: the start of the latest-started attempt that has got to step k, which has the most time left
    started = np.empty(steps, np.int64)
    for p in range(len(offsets) - 1):
        reached = 0
        for i in range(offsets[p], offsets[p + 1]):
            bits = np.int64(steps_of[touchpoint[i]])
            if bits == 0:
                continue
            t = np.int64(time[i])
            if t < low or t >= high or (only >= 0 and source[i] != only):
                continue
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


@kernel("i8[] u4[] u2[] i2[] u2[] i8 i8[]")
def advance(
    offsets: Counts, time: Times, touchpoint: Codes, source: Sources, index: Codes, size: int, scope: Counts
) -> tuple[Counts, Counts, int]:
    """Stages (`index` gives the stage of each touchpoint): how many profiles reach each, how many of
    them reach the next at or after they first reach this one, and how many reach any."""
    low, high, only = scope[0], scope[1], scope[2]
    reached, went_on = np.zeros(size, np.int64), np.zeros(size, np.int64)
    first, last = np.empty(size, np.int64), np.empty(size, np.int64)
    profiles = 0
    for p in range(len(offsets) - 1):
        first[:] = -1
        found = False
        for i in range(offsets[p], offsets[p + 1]):
            k = np.int64(index[touchpoint[i]]) - 1
            if k < 0:
                continue
            t = np.int64(time[i])
            if t < low or t >= high or (only >= 0 and source[i] != only):
                continue
            found = True
            if first[k] < 0:
                first[k] = t
            last[k] = t
        if found:
            profiles += 1
            for s in range(size):
                if first[s] >= 0:
                    reached[s] += 1
                    if s + 1 < size and first[s + 1] >= 0 and last[s + 1] >= first[s]:
                        went_on[s] += 1
    return reached, went_on, profiles


@kernel("i8[] u4[] u2[] i2[] u2[] i8 i8[]")
def encounter(
    offsets: Counts, time: Times, touchpoint: Codes, source: Sources, index: Codes, size: int, scope: Counts
) -> tuple[Counts, Counts, Counts, int]:
    """Touchpoints: profiles that meet each, times it is met, the time to the next one (in bins); and the
    profiles that meet any."""
    low, high, only = scope[0], scope[1], scope[2]
    reach, volume = np.zeros(size, np.int64), np.zeros(size, np.int64)
    gaps = np.zeros((size, BINS), np.int64)
    met_by = np.full(size, -1, np.int64)
    profiles = 0
    for p in range(len(offsets) - 1):
        last, since = np.int64(-1), np.int64(0)
        for i in range(offsets[p], offsets[p + 1]):
            k = np.int64(index[touchpoint[i]]) - 1
            if k < 0:
                continue
            t = np.int64(time[i])
            if t < low or t >= high or (only >= 0 and source[i] != only):
                continue
            volume[k] += 1
            if met_by[k] != p:
                met_by[k] = p
                reach[k] += 1
            if last >= 0:
                gap = t - since
                gaps[last, 0 if gap == 0 else (np.float64(gap).view(np.int64) >> 49) - 8183] += 1
            last, since = k, t
        if last >= 0:
            profiles += 1
    return reach, volume, gaps, profiles
