"""Kernels of retention: who comes back how many spans of time after a start, and who is active in each span.

`slots` and `edges` say in which span a moment is (polku.journeys.asking.over_time.passed): 0 before the first of n
spans, n + 1 after the last. `roles` has for each number 1 where it is a start, 2 where it is a return, 3 where both.

Whether an event begins another span is hard to foresee: what is done for each event has no branches on it.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from polku.journeys.asking.kernels import Codes, Counts, Times
from polku.store.kernels import kernel

Lanes = npt.NDArray[np.uint64]


@kernel("i8[] i8[] u4[] u2[] i8[] u2[] i8[] i8", awaited=False)
def after_first(
    starts: Counts,
    ends: Counts,
    time: Times,
    number: Codes,
    roles: Counts,
    slots: Codes,
    edges: Counts,
    follow: int,
) -> tuple[Counts, Counts]:
    """Profiles by the span of their first start (rows), and of them those that return so many spans (columns, up to
    `follow`; one more for what is beyond) after it."""
    spans = len(edges) - 2
    sizes, came = np.zeros(spans + 2, np.int64), np.zeros((spans + 2, follow + 2), np.int64)
    for p in range(len(starts)):
        first = starts[p]
        while first < ends[p] and roles[number[first]] & 1 == 0:
            first += 1
        if first == ends[p]:
            continue
        t = np.int64(time[first])
        cohort = np.int64(slots[t >> 16])
        while t >= edges[cohort]:
            cohort += 1
        sizes[cohort] += 1
        last = cohort
        for i in range(first + 1, ends[p]):
            t = np.int64(time[i])
            s = np.int64(slots[t >> 16])
            s += np.int64(t >= edges[s])
            while t >= edges[s]:
                s += 1
            returns = roles[number[i]] >> 1
            came[cohort, min(s - cohort, np.int64(follow + 1))] += returns & np.int64(s != last)
            last = s if returns else last
    return sizes, came


@kernel("i8[] i8[] u4[] u2[] i8[] u2[] i8[] i8 u8[]", awaited=False)
def after_any(
    starts: Counts,
    ends: Counts,
    time: Times,
    number: Codes,
    roles: Counts,
    slots: Codes,
    edges: Counts,
    follow: int,
    spread: Lanes,
) -> tuple[Counts, Counts]:
    """Profiles by each span in which they start; and those that return in a span (rows) so many spans (columns)
    after one in which they start.

    Counts of four columns are lanes of 16 bits in a word: `spread` has for four bits their lanes.
    """
    spans, words = len(edges) - 2, follow // 4 + 1
    sizes, came = np.zeros(spans + 2, np.int64), np.zeros((spans + 2, 4 * words), np.int64)
    packed = np.zeros((spans + 2, words), np.uint64)
    at, did = np.zeros(spans + 3, np.int64), np.zeros(spans + 3, np.int64)
    followed = (np.int64(1) << (follow + 1)) - 2
    for p in range(len(starts)):
        n, last, role = 0, np.int64(-1), np.int64(0)
        for i in range(starts[p], ends[p]):
            t = np.int64(time[i])
            s = np.int64(slots[t >> 16])
            s += np.int64(t >= edges[s])
            while t >= edges[s]:
                s += 1
            n += int(s != last)
            role = roles[number[i]] | (role if s == last else np.int64(0))
            at[n], did[n], last = s, role, s
        seen, before = np.int64(0), np.int64(0)  # bit k of `seen`: a start was k spans ago
        for j in range(1, n + 1):
            s = at[j]
            seen = (seen << min(s - before, 63)) & followed
            before = s
            if did[j] & 2:
                for w in range(words):
                    packed[s, w] += spread[seen >> (4 * w) & 15]
            start = did[j] & 1 & np.int64(s > 0)  # how long before the first span is not known
            sizes[s] += start
            seen |= start
        if p & 0x7FFF == 0x7FFF or p + 1 == len(starts):  # before a lane of 16 bits is full
            came += packed.view(np.uint16)
            packed[:] = 0
    return sizes, came


@kernel("i8[] i8[] u4[] u2[] i8[] u2[] i8[] i8 b1", awaited=False)
def until_last(
    starts: Counts,
    ends: Counts,
    time: Times,
    number: Codes,
    roles: Counts,
    slots: Codes,
    edges: Counts,
    follow: int,
    first: bool,
) -> tuple[Counts, Counts]:
    """Profiles by each span in which they start (rows), or only the `first` of them, and by how many spans
    (columns) after it is the last in which they return; in the last column also those that return later."""
    spans = len(edges) - 2
    sizes, came = np.zeros(spans + 2, np.int64), np.zeros((spans + 2, follow + 1), np.int64)
    for p in range(len(starts)):
        final = ends[p] - 1
        while final >= starts[p] and roles[number[final]] & 2 == 0:
            final -= 1
        end = np.int64(0)
        if final >= starts[p]:
            t = np.int64(time[final])
            end = np.int64(slots[t >> 16])
            while t >= edges[end]:
                end += 1
        last = np.int64(-1)
        for i in range(starts[p], ends[p]):
            t = np.int64(time[i])
            s = np.int64(slots[t >> 16])
            s += np.int64(t >= edges[s])
            while t >= edges[s]:
                s += 1
            start = roles[number[i]] & 1
            new = start & np.int64(s != last)
            sizes[s] += new
            came[s, min(max(np.int64(0), end - s), np.int64(follow))] += new
            last = s if start else last
            if first and start:
                break
    return sizes, came


@kernel("i8[] i8[] u4[] u2[] u2[] i8[]", awaited=False)
def appear(starts: Counts, ends: Counts, time: Times, number: Codes, slots: Codes, edges: Counts) -> Counts:
    """Profiles that are active in each span (rows): for the first time, also in the span before, or again after a
    pause (columns)."""
    counts = np.zeros((len(edges), 3), np.int64)
    for p in range(len(starts)):
        last = np.int64(-2)
        for i in range(starts[p], ends[p]):
            t = np.int64(time[i])
            s = np.int64(slots[t >> 16])
            s += np.int64(t >= edges[s])
            while t >= edges[s]:
                s += 1
            kind = np.int64(last >= 0) * (2 - np.int64(s - last == 1))
            counts[s, kind] += np.int64(s != last)
            last = s
    return counts
