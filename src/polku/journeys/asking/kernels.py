"""Kernels that leave out of a block's journeys what does not count.

`index` (of 65,536) gives for each touchpoint code its number + 1, or 0 where it does not count; `limits` holds
low ≤ time < high, in seconds, and the source that counts, −1 for all.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from polku.store.kernels import kernel
from polku.workspace import FOREVER

Counts = npt.NDArray[np.int64]
Sums = npt.NDArray[np.float64]
Codes = npt.NDArray[np.uint16]
Sources = npt.NDArray[np.int16]
Rows = npt.NDArray[np.uint32]
Scores = npt.NDArray[np.float32]
Times = npt.NDArray[np.uint32]


@kernel("i8[] i8[] u4[] u2[] i2[] u2[] i8[] u4[:] u2[:]")
def sift(
    starts: Counts,
    ends: Counts,
    time: Times,
    touchpoint: Codes,
    source: Sources,
    index: Codes,
    limits: Counts,
    times: Times,
    numbers: Codes,
) -> tuple[Counts, Counts, int]:
    """Write the times and numbers of the events that count; gives where each journey's are, and how many in all."""
    low, high, only = limits[0], limits[1], limits[2]
    new_starts, new_ends = np.empty(len(starts), np.int64), np.empty(len(starts), np.int64)
    unlimited = low <= 0 and high >= FOREVER and only < 0
    w = 0
    for p in range(len(starts)):
        new_starts[p] = w
        # Without branches: which events count is hard to foresee. What does not is overwritten by the next.
        if unlimited:
            for i in range(starts[p], ends[p]):
                number = index[touchpoint[i]]
                times[w], numbers[w] = time[i], number - 1
                w += int(number > 0)
        else:
            for i in range(starts[p], ends[p]):
                number, t = index[touchpoint[i]], time[i]
                times[w], numbers[w] = t, number - 1
                w += int((number > 0) & (t >= low) & (t < high) & ((only < 0) | (source[i] == only)))
        new_ends[p] = w
    return new_starts, new_ends, w


@kernel("i8[] i8[] u4[] u2[] i2[] f4[] u2[] i8[] i8")
def values_that_count(
    starts: Counts,
    ends: Counts,
    time: Times,
    touchpoint: Codes,
    source: Sources,
    value: Scores,
    index: Codes,
    limits: Counts,
    number: int,
) -> tuple[Counts, Scores]:
    """The places of the events of one number among all that count, ascending, and their values."""
    low, high, only = limits[0], limits[1], limits[2]
    if low <= 0 and high >= FOREVER and only < 0:  # as `sift` has it
        high = FOREVER + 1
    places, values = np.empty(1024, np.int64), np.empty(1024, np.float32)
    w = n = 0
    for p in range(len(starts)):
        for i in range(np.uint64(starts[p]), np.uint64(ends[p])):
            t, k = np.int64(time[i]), np.int64(index[touchpoint[i]])
            counts = (k > 0) & (low <= t) & (t < high) & ((only < 0) | (source[i] == only))
            if counts and k == number + 1:
                if n == len(places):
                    places = np.append(places, np.empty_like(places))
                    values = np.append(values, np.empty_like(values))
                places[n], values[n] = w, value[i]
                n += 1
            w += int(counts)
    return places[:n].copy(), values[:n].copy()


@kernel("i8[] i8[] u4[] u2[] i2[] f4[] u2[] i8[]")
def responses_among(
    starts: Counts,
    ends: Counts,
    time: Times,
    touchpoint: Codes,
    source: Sources,
    score: Scores,
    index: Codes,
    limits: Counts,
) -> tuple[Rows, Rows, Times, Scores]:
    """Of each response, whether it counts or not, in the order of rows: whose it is (a place in `starts`), how many
    events that count come before it in the block, when it was given, and its score."""
    low, high, only = limits[0], limits[1], limits[2]
    if low <= 0 and high >= FOREVER and only < 0:  # as `sift` has it
        high = FOREVER + 1
    many = np.count_nonzero(score == score)
    whose, places = np.empty(many, np.uint32), np.empty(many, np.uint32)
    times, scores = np.empty(many, np.uint32), np.empty(many, np.float32)
    w = n = 0
    for p in range(len(starts)):
        for i in range(np.uint64(starts[p]), np.uint64(ends[p])):
            t = np.int64(time[i])
            if score[i] == score[i]:
                whose[n], places[n], times[n], scores[n] = p, w, time[i], score[i]
                n += 1
            w += int(
                (index[touchpoint[i]] > 0) & (low <= t) & (t < high) & ((only < 0) | (source[i] == only))
            )
    return whose[:n].copy(), places[:n].copy(), times[:n].copy(), scores[:n].copy()


@kernel("i8[] i8[] u2[] i8")
def meets(starts: Counts, ends: Counts, touchpoint: Codes, code: int) -> npt.NDArray[np.bool_]:
    """Whether each profile meets a touchpoint, ever."""
    found = np.zeros(len(starts), np.bool_)
    for p in range(len(starts)):
        for i in range(starts[p], ends[p]):
            if touchpoint[i] == code:
                found[p] = True
                break
    return found


@kernel("i8[] i8[] u2[]")
def first_met(starts: Counts, ends: Counts, touchpoint: Codes) -> Counts:
    """The row of each profile's first touchpoint; −1 if it has met none."""
    rows = np.full(len(starts), -1, np.int64)
    for p in range(len(starts)):
        for i in range(starts[p], ends[p]):
            if touchpoint[i] > 0:
                rows[p] = i
                break
    return rows
