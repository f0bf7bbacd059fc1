"""Kernels of attribution: journeys cut into paths, what follows what in them, what rules give to each touchpoint."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from polku.journeys.asking.kernels import Codes, Counts, Rows, Sums, Times
from polku.store.kernels import kernel

NEVER: Final = 1 << 40
"""Later than every time."""

RULES: Final = 6
"""First, last, linear, time decay, position and Shapley."""


@kernel("i8[] i8[] u4[] u2[] i8[]", awaited=False)
def cut_into_paths(
    starts: Counts, ends: Counts, time: Times, number: Codes, limits: Counts
) -> tuple[Codes, Codes, Times, Counts, Counts]:
    """Cut journeys into paths: each ends with a conversion, or with a silence longer than `lookback` seconds, or
    with the journey. It holds the touchpoints within `lookback` of its end, which is the conversion or else its last
    touchpoint. Those that end before `low` are left out, and with `once` all after a profile's first conversion.

    `limits` are the number of the outcome, lookback, low and once. Gives all paths one after the other, each closed by
    `outcome` or, if it leads to none, `outcome` + 1; of those that lead to one the touchpoints, how long before it
    each was, and how many they are; and at which event each conversion is.
    """
    outcome, lookback, low, once = limits[0], limits[1], limits[2], limits[3]
    most, one = (ends - starts).sum(), np.uint64(1)
    said, at = np.empty(2 * most, np.uint16), np.empty(most, np.int64)
    led, age, sizes = np.empty(most + 1, np.uint16), np.empty(most + 1, np.uint32), np.empty(most, np.int64)
    w = v = n = np.uint64(0)
    for p in range(len(starts)):
        first, i, end = np.uint64(starts[p]), np.uint64(starts[p]), np.uint64(ends[p])
        while i < end:
            now = np.int64(time[i])
            won = np.uint64(number[i] == outcome)
            after = np.int64(time[i + one]) if i + one < end else np.int64(NEVER)
            i += one
            if won == 0 and after - now <= lookback:
                continue
            while now - np.int64(time[first]) > lookback:
                first += one
            if now >= low:
                till = i - won
                sizes[n] = till - first
                while first < till:
                    said[w] = led[v] = number[first]
                    age[v] = now - np.int64(time[first])
                    w, v, first = w + one, v + one, first + one
                said[w] = np.uint64(outcome + 1) - won
                at[n] = i - one
                v -= np.uint64(sizes[n]) * (one - won)  # what led to nothing is overwritten
                w, n = w + one, n + won
            first = i
            if won and once:
                break
    return said[:w], led[:v], age[:v], sizes[:n], at[:n]


@kernel("u2[] f8[] i8 i8", awaited=False)
def follow_paths(said: Codes, worth: Sums, size: int, order: int) -> tuple[Rows, Sums]:
    """What comes after the last `order` touchpoints of a path (1 to 3; number `size` stands for its beginning): how
    often each touchpoint, a conversion (`size`) or nothing (`size` + 1); and what the conversions after each are worth.

    Touchpoints a, b, c are row (a · (size + 1) + b) · (size + 1) + c of both.
    """
    none, one = np.uint32(size), np.uint32(1)
    base, cells = none + one, none + np.uint32(2)
    of_second = base if order > 1 else np.uint32(0)
    of_third = base * base if order > 2 else np.uint32(0)
    rows = base ** np.uint32(order)
    counts, worths = np.zeros(rows * cells, np.uint32), np.zeros(rows)
    a = b = c = none
    n = np.uint64(0)
    for i in range(np.uint64(len(said))):
        k = np.uint32(said[i])
        row = a * of_third + b * of_second + c
        counts[row * cells + k] += one
        if k == none:
            worths[row] += worth[n]
            n += np.uint64(1)
        ended = k >= none
        a = none if ended else b
        b = none if ended else c
        c = none if ended else k
    return counts.reshape(rows, cells), worths


@kernel("u2[] u4[] i8[] f8[] i8 f8", awaited=False)
def share_out(
    led: Codes, age: Times, sizes: Counts, worth: Sums, size: int, half_life: float
) -> tuple[Sums, Counts]:
    """What each rule gives to each touchpoint: for each touchpoint a row of conversions, as many as there are rules,
    then of what they are worth; and in the paths of how many conversions each touchpoint is.

    `led` and `age` are the touchpoints of one path after the other, `sizes` how many each has, `worth` what its
    conversion is worth.
    """
    credit, met = np.zeros((size, 2 * RULES)), np.zeros(size, np.int64)
    seen = np.full(size, -1, np.int64)  # the last path in which each was
    weight = np.empty(sizes.max() if len(sizes) else 0)
    rate, begin = -np.log(2.0) / half_life, np.uint64(0)
    for p in range(len(sizes)):
        n, w = np.uint64(sizes[p]), worth[p]
        if n == 0:
            continue
        end = begin + n
        whole, kinds, last = 0.0, 0, np.int64(age[end - np.uint64(1)])
        for i in range(n):
            k = led[begin + i]
            # from the last one on, so that not all vanish where the half-life is short
            weight[i] = np.exp(rate * (np.int64(age[begin + i]) - last))
            whole += weight[i]
            if seen[k] != p:
                seen[k] = p
                met[k] += 1
                kinds += 1
        even, between = 1.0 / n, 0.2 / (n - np.uint64(2)) if n > 2 else 0.0
        outer = 0.5 if n == 2 else 0.4
        for i in range(n):
            k, decayed = led[begin + i], weight[i] / whole
            credit[k, 2] += even
            credit[k, 3] += decayed
            credit[k, 4] += between
            credit[k, RULES + 2] += even * w
            credit[k, RULES + 3] += decayed * w
            credit[k, RULES + 4] += between * w
            if seen[k] == p:  # once for each touchpoint
                seen[k] = -1
                credit[k, 5] += 1.0 / kinds
                credit[k, RULES + 5] += w / kinds
        for rule, k in ((0, led[begin]), (1, led[end - np.uint64(1)])):
            credit[k, rule] += 1.0
            credit[k, RULES + rule] += w
            of_position = 0.5 if n == 1 else outer - between
            credit[k, 4] += of_position
            credit[k, RULES + 4] += of_position * w
        begin = end
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


@kernel("i8[] i8[] u2[] u4[] f4[] i8", awaited=False)
def add_values(
    starts: Counts, ends: Counts, number: Codes, rows: Rows, value: npt.NDArray[np.float32], size: int
) -> tuple[Sums, Counts]:
    """The sum of the values of each number's events, where those without a value add nothing, and how many they are."""
    sums, counts = np.zeros(size), np.zeros(size, np.int64)
    for p in range(len(starts)):
        for i in range(starts[p], ends[p]):
            v = value[rows[i]]
            counts[number[i]] += 1
            if np.isfinite(v):
                sums[number[i]] += v
    return sums, counts
