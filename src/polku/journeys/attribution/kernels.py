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
    most = (ends - starts).sum()
    said, at = np.empty(2 * most, np.uint16), np.empty(most, np.int64)
    led, age, sizes = np.empty(most + 1, np.uint16), np.empty(most + 1, np.uint32), np.empty(most, np.int64)
    w = v = n = 0
    for p in range(len(starts)):
        first, end = starts[p], ends[p]
        for i in range(first, end):
            now = np.int64(time[i])
            won = int(number[i] == outcome)
            after = np.int64(time[i + 1]) if i + 1 < end else np.int64(NEVER)
            if won == 0 and after - now <= lookback:
                continue
            while now - np.int64(time[first]) > lookback:
                first += 1
            if now >= low:
                size = i + 1 - won - first
                for k in range(first, first + size):
                    said[w + k - first] = led[v + k - first] = number[k]
                    age[v + k - first] = now - np.int64(time[k])
                said[w + size] = outcome + 1 - won
                at[n], sizes[n] = i, size
                w, v, n = w + size + 1, v + size * won, n + won  # what led to nothing is overwritten
            first = i + 1
            if won and once:
                break
    return said[:w], led[:v], age[:v], sizes[:n], at[:n]


@kernel("u2[] f8[] i8 i8", awaited=False)
def follow_paths(said: Codes, worth: Sums, size: int, order: int) -> tuple[Rows, Sums]:
    """What comes after the last `order` touchpoints of a path (1 to 3; number `size` stands for its beginning): each
    touchpoint, a conversion (`size`) or nothing (`size` + 1); and what the conversions after each are worth.

    Touchpoints a, b, c are row (a · (size + 1) + b) · (size + 1) + c of a table; what came after is told as a code,
    row · (size + 2) + what.
    """
    base = size + 1
    of_third, of_second = base * base * int(order > 2), base * int(order > 1)
    codes, worths = np.empty(len(said), np.uint32), np.zeros(base**order)
    a = b = c = size
    n = 0
    for i in range(len(said)):
        k = np.int64(said[i])
        row = a * of_third + b * of_second + c
        codes[i] = row * (size + 2) + k
        if k == size:
            worths[row] += worth[n]
            n += 1
        ended = k >= size
        a, b, c = (size if ended else b), (size if ended else c), int(size if ended else k)
    return codes, worths


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
    weight, part = np.empty(sizes.max() if len(sizes) else 0), np.empty(RULES)
    rate = -np.log(2.0) / half_life
    begin = 0
    for p in range(len(sizes)):
        n = sizes[p]
        whole, kinds = 0.0, 0
        for i in range(n):
            k = led[begin + i]
            # from the last one on, so that not all vanish where the half-life is short
            weight[i] = np.exp(rate * (np.int64(age[begin + i]) - np.int64(age[begin + n - 1])))
            whole += weight[i]
            if seen[k] != p:
                seen[k] = p
                met[k] += 1
                kinds += 1
        for i in range(n):
            k = led[begin + i]
            part[0], part[1] = np.float64(i == 0), np.float64(i == n - 1)
            part[2], part[3] = 1.0 / n, weight[i] / whole
            outer = part[0] + part[1]
            part[4] = outer / 2 if n < 3 else 0.4 if outer > 0 else 0.2 / (n - 2)
            part[5] = 1.0 / kinds if seen[k] == p else 0.0  # once for each touchpoint
            seen[k] = -1
            for m in range(RULES):
                credit[k, m] += part[m]
                credit[k, RULES + m] += part[m] * worth[p]
        begin += n
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
