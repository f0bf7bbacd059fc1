"""Kernels of attribution: journeys cut into paths, what follows what in them, what rules give to each touchpoint."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from polku.journeys.asking.kernels import Codes, Counts, Rows, Scores, Sources, Sums, Times
from polku.store.kernels import kernel

Flags = npt.NDArray[np.bool_]
Tables = npt.NDArray[np.uint32]

NEVER: Final = 1 << 40
"""Later than every time."""

RULES: Final = 6
"""First, last, linear, time decay, position and Shapley."""


@kernel("i8[] i8[] u4[] u2[] i8[]", awaited=False)
def cut_into_paths(
    starts: Counts, ends: Counts, time: Times, number: Codes, limits: Counts
) -> tuple[Rows, Rows, Flags]:
    """Cut journeys into paths: each ends with a conversion, or with a silence longer than `lookback` seconds, or
    with the journey. It holds the touchpoints within `lookback` of its end, which is the conversion or else its last
    touchpoint. Those that end before `low` are left out, and with `once` all after a profile's first conversion.

    `limits` are the number of the outcome, lookback, low and once. Gives for each path the event it begins with, the
    one behind its last touchpoint, and whether that is a conversion.
    """
    outcome, lookback, low, once = limits[0], limits[1], limits[2], limits[3]
    most, one = (ends - starts).sum(), np.uint64(1)
    begins, tills, led = np.empty(most, np.uint32), np.empty(most, np.uint32), np.empty(most, np.bool_)
    n = np.uint64(0)
    for p in range(len(starts)):
        first, i, end = np.uint64(starts[p]), np.uint64(starts[p]), np.uint64(ends[p])
        while i < end:
            now, won = np.int64(time[i]), number[i] == outcome
            after = np.int64(time[i + one]) if i + one < end else np.int64(NEVER)
            i += one
            if not won and after - now <= lookback:
                continue
            while now - np.int64(time[first]) > lookback:
                first += one
            if now >= low:
                begins[n], tills[n], led[n] = first, i - np.uint64(won), won
                n += one
            first = i
            if won and once:
                break
    return begins[:n], tills[:n], led[:n]


@kernel("u2[] u4[] u4[] b1[] f8[] i8 i8", awaited=False)
def follow_paths(
    number: Codes, begins: Rows, tills: Rows, led: Flags, worth: Sums, size: int, order: int
) -> tuple[Tables, Sums]:
    """What comes after the last `order` touchpoints of a path (1 to 3; number `size` stands for its beginning): how
    often each touchpoint, a conversion (`size`) or nothing (`size` + 1); and what the conversions after each are worth.
    Paths are as `cut_into_paths` gives them, `worth` what each conversion is worth, one after the other; of paths
    without a touchpoint nothing is counted.

    Touchpoints a, b, c are row (a · (size + 1) + b) · (size + 1) + c of both.
    """
    none, one = np.uint32(size), np.uint32(1)
    base, cells = none + one, none + np.uint32(2)
    of_second = base if order > 1 else np.uint32(0)
    of_third = base * base if order > 2 else np.uint32(0)
    rows = base ** np.uint32(order)
    counts, worths, won = np.zeros(rows * cells, np.uint32), np.zeros(rows), np.uint64(0)
    for p in range(len(begins)):
        w = worth[won] if led[p] else 0.0
        won += np.uint64(led[p])
        if begins[p] == tills[p]:
            continue
        a = b = c = none
        for i in range(np.uint64(begins[p]), np.uint64(tills[p])):
            k = np.uint32(number[i])
            counts[(a * of_third + b * of_second + c) * cells + k] += one
            a, b, c = b, c, k
        row = a * of_third + b * of_second + c
        counts[row * cells + (none if led[p] else none + one)] += one
        worths[row] += w
    return counts.reshape(rows, cells), worths


@kernel("u4[] u2[] u4[] u4[] b1[] f8[] i8 f8", awaited=False)
def share_out(
    time: Times,
    number: Codes,
    begins: Rows,
    tills: Rows,
    led: Flags,
    worth: Sums,
    size: int,
    half_life: float,
) -> tuple[Sums, Counts]:
    """What each rule gives to each touchpoint: for each touchpoint a row of conversions, as many as there are rules,
    then of what they are worth; and in the paths of how many conversions each touchpoint is.

    Paths are as `cut_into_paths` gives them, `worth` what each conversion is worth, one after the other.
    """
    credit, met = np.zeros((size, 2 * RULES)), np.zeros(size, np.int64)
    seen = np.full(size, -1, np.int64)  # the last path in which each was
    most = (tills - begins).max() if len(begins) else 0
    weight, fresh = (
        np.empty(most),
        np.empty(most),
    )  # of each event of a path; whether its touchpoint is met first
    rate, won = -np.log(2.0) / half_life, np.uint64(0)
    for p in range(len(begins)):
        if not led[p]:
            continue
        begin, n, w = np.uint64(begins[p]), np.uint64(tills[p] - begins[p]), worth[won]
        won += np.uint64(1)
        if n == 0:
            continue
        final = begin + n - np.uint64(1)
        whole, kinds, until = 0.0, 0, np.int64(time[final])
        for i in range(n):
            k = number[begin + i]
            # from the last one on, so that not all vanish where the half-life is short
            weight[i] = np.exp(rate * (until - np.int64(time[begin + i])))
            whole += weight[i]
            new = seen[k] != p  # without branches: hard to foresee
            seen[k], fresh[i] = p, new
            met[k] += new
            kinds += new
        even, between, apart = 1.0 / n, 0.2 / (n - np.uint64(2)) if n > 2 else 0.0, 1.0 / kinds
        for i in range(n):
            k, decayed, alone = number[begin + i], weight[i] / whole, fresh[i] * apart
            credit[k, 2] += even
            credit[k, 3] += decayed
            credit[k, 4] += between
            credit[k, 5] += alone  # once for each touchpoint
            credit[k, RULES + 2] += even * w
            credit[k, RULES + 3] += decayed * w
            credit[k, RULES + 4] += between * w
            credit[k, RULES + 5] += alone * w
        outer = 0.5 if n <= 2 else 0.4 - between
        for rule, k in ((0, number[begin]), (1, number[final])):
            credit[k, rule] += 1.0
            credit[k, RULES + rule] += w
            credit[k, 4] += outer
            credit[k, RULES + 4] += outer * w
    return credit, met


@kernel("i4[] i4[] f8[] f8[] i4[] f8[:,:] f8[:,:]", awaited=False)
def step(
    first: npt.NDArray[np.int32],
    to: npt.NDArray[np.int32],
    weight: Sums,
    gain: Sums,
    last: npt.NDArray[np.int32],
    x: Sums,
    after: Sums,
) -> None:
    """One step through a chain for all its columns: after = gain + weights · x, and 0 in the column of the touchpoint
    that a state ends with. The weights of state s are those from `first[s]` on, to the states `to`. `after` may be `x`.
    """
    states, columns = x.shape
    row = np.empty(columns)
    for s in range(states):
        row[:] = gain[s]
        for e in range(first[s], first[s + 1]):
            w, t = weight[e], to[e]
            for c in range(columns):
                row[c] += w * x[t, c]
        if last[s] < columns:
            row[last[s]] = 0.0
        after[s] = row


@kernel("i8[] i8[] u4[] u2[] i2[] f4[] u2[] i8[] i8", awaited=False)
def add_values(
    starts: Counts,
    ends: Counts,
    time: Times,
    touchpoint: Codes,
    source: Sources,
    value: Scores,
    index: Codes,
    limits: Counts,
    size: int,
) -> tuple[Sums, Counts]:
    """The sum of the values of each number's events, where those without a value add nothing, and how many they are;
    `index` and `limits` as polku.journeys.asking.kernels."""
    low, high, only = limits[0], limits[1], limits[2]
    sums, counts = np.zeros(size + 1), np.zeros(size + 1, np.int64)
    for p in range(len(starts)):
        for i in range(np.uint64(starts[p]), np.uint64(ends[p])):
            t, k = np.int64(time[i]), index[touchpoint[i]]
            if low <= t < high and (only < 0 or source[i] == only):
                counts[k] += 1
                if np.isfinite(value[i]):
                    sums[k] += value[i]
    return sums[1:].copy(), counts[1:].copy()
