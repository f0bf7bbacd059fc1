"""Kernels of what comes next."""

from __future__ import annotations

import numpy as np

from polku.journeys.asking.kernels import Codes, Counts, Rows, Times
from polku.store.kernels import kernel


@kernel("i8[] i8[] u4[] u2[] i8[] i8 i8 i8", awaited=False)
def follow_path(
    starts: Counts, ends: Counts, time: Times, number: Codes, path: Counts, size: int, within: int, end: int
) -> Counts:
    """What comes after any touchpoint (row 0), after the last of `path` (row 1), after its last two in a row, and so
    on: how often each touchpoint, or (`size`) nothing within `within` seconds. A longer pause ends a path; what cannot
    be seen in full before `end` is left out."""
    counts = np.zeros((len(path) + 1, size + 1), np.int64)
    for p in range(len(starts)):
        begin = starts[p]  # of the path
        for i in range(starts[p], ends[p]):
            t = np.int64(time[i])
            if t + within >= end:
                break
            comes = size
            if i + 1 < ends[p] and np.int64(time[i + 1]) - t <= within:
                comes = int(number[i + 1])
            counts[0, comes] += 1
            back = 0
            while back < len(path) and i - back >= begin and number[i - back] == path[len(path) - 1 - back]:
                back += 1
                counts[back, comes] += 1
            if comes == size:
                begin = i + 1
    return counts


@kernel("i8[] i8[] u4[] u2[] i8 i8 i8 i8 i8", awaited=False)
def follow_apart(
    starts: Counts,
    ends: Counts,
    time: Times,
    number: Codes,
    size: int,
    order: int,
    within: int,
    cut: int,
    end: int,
) -> Rows:
    """What comes after the last `order` touchpoints of a path (1 to 3; number `size` where it has fewer), as in
    `follow_path`: what is seen in full before `cut`, and what happens between it and `end`.

    As a code for each: touchpoint d after a, b, c is ((a · (size + 1) + b) · (size + 1) + c) · (size + 1) + d, and
    (size + 1)⁴ more, or to the power of `order` + 1, from `cut` on.
    """
    base = size + 1
    of_third, of_second = base * base * int(order > 2), base * int(order > 1)
    later = base ** (order + 1)
    codes = np.empty((ends - starts).sum(), np.uint32)
    w = 0
    for p in range(len(starts)):
        a = b = size
        for i in range(starts[p], ends[p]):
            c, t = np.int64(number[i]), np.int64(time[i])
            comes = size
            if i + 1 < ends[p] and np.int64(time[i + 1]) - t <= within:
                comes = int(number[i + 1])
            early, late = t + within < cut, (cut <= t) & (t + within < end)
            codes[w] = (a * of_third + b * of_second + c) * base + comes + later * int(late)
            w += int(early | late)
            a, b = (size, size) if comes == size else (b, int(c))
    return codes[:w]
