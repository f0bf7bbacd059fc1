"""Kernels of what comes next.

Places are unsigned: numba then does not look whether they count from the end, which takes as long as all the rest.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from polku.journeys.asking.kernels import Codes, Counts, Times
from polku.store.kernels import kernel

Tables = npt.NDArray[np.uint32]
Values = npt.NDArray[np.float64]

LIKELY = 3
"""How many of the likeliest a forecast may name."""


@kernel("i8[] i8[] u4[] u2[] i8 i8 i8 i8 i8", awaited=False)
def follow(
    starts: Counts,
    ends: Counts,
    time: Times,
    number: Codes,
    size: int,
    order: int,
    within: int,
    cut: int,
    end: int,
) -> tuple[Tables, Counts]:
    """What comes after the last `order` touchpoints of a path (1 to 3; number `size` where it has fewer): how often
    each touchpoint, or (`size`) nothing within `within` seconds, which ends a path.

    In three tables, and how much is in each: what is seen in full before `cut`, what begins before it and is seen in
    full after it, and what happens between it and `end`; what is not seen in full before `end` is left out. In a
    table, touchpoint d after a, b, c is at ((a · (size + 1) + b) · (size + 1) + c) · (size + 1) + d.
    """
    none = np.uint32(size)
    base = none + np.uint32(1)
    of_second = base if order > 1 else np.uint32(0)
    of_third = base * base if order > 2 else np.uint32(0)
    cells = base ** np.uint32(order + 1)
    counts, totals = np.zeros(3 * cells, np.uint32), np.zeros(3, np.int64)
    limits = (min(cut, end) - within, min(cut, end - within), end - within)
    for p in range(len(starts)):
        a = b = none
        i, stop = np.uint64(starts[p]), np.uint64(ends[p])
        for table in range(3):
            until = stop
            while until > i and np.int64(time[until - np.uint64(1)]) >= limits[table]:
                until -= np.uint64(1)
            totals[table] += np.int64(until - i)
            begin = np.uint32(table) * cells
            while i < until:
                j, c, comes = i + np.uint64(1), np.uint32(number[i]), none
                if j < stop and np.int64(time[j]) - np.int64(time[i]) <= within:
                    comes = np.uint32(number[j])
                counts[begin + (a * of_third + b * of_second + c) * base + comes] += np.uint32(1)
                ended = comes == none
                a = none if ended else b
                b = none if ended else c
                i = j
    return counts.reshape(3, cells), totals


@kernel("u4[] i8[] f8[] f8[]", awaited=False)
def try_out(counts: Tables, shape: Counts, p: Values, edges: Values) -> Values:
    """How a forecast did on what came: `counts` (groups × contexts × touchpoints, as `shape` says) beside the
    probabilities `p` (contexts × touchpoints, or of all contexts alike).

    For each group the sums of −log p of what came, how often it was the likeliest and one of the LIKELY likeliest, and
    for each bin between `edges` of p: what was foretold, how much of it came true and how often it was said.
    """
    groups, contexts, size = shape
    bins = len(edges) + 1
    sums = np.zeros((groups, 3 + 3 * bins))
    likely = np.empty(LIKELY, np.int64)
    bin_of = np.empty(size, np.int64)
    foretold, said = np.empty(bins), np.empty(bins)
    totals = np.empty(groups, np.int64)
    for k in range(contexts):
        for g in range(groups):
            totals[g] = 0
            for d in range(size):
                totals[g] += counts[(g * contexts + k) * size + d]
        if totals.sum() == 0:
            continue
        at = (k * size) % len(p)
        named = 0
        foretold[:], said[:] = 0, 0
        for d in range(size):
            chance = p[at + d]
            bin_of[d] = np.searchsorted(edges, chance, side="right")
            foretold[bin_of[d]] += chance
            said[bin_of[d]] += 1
            place = named
            while place > 0 and chance > p[at + likely[place - 1]]:
                place -= 1
            if place < LIKELY:
                named = min(named + 1, LIKELY)
                for other in range(named - 1, place, -1):
                    likely[other] = likely[other - 1]
                likely[place] = d
        for g in range(groups):
            if totals[g] == 0:
                continue
            for d in range(size):
                n = counts[(g * contexts + k) * size + d]
                if n == 0:
                    continue
                sums[g, 0] -= n * np.log(p[at + d])
                sums[g, 1] += n * (d == likely[0])
                for place in range(named):
                    sums[g, 2] += n * (d == likely[place])
                sums[g, 3 + bins + bin_of[d]] += n
            for b in range(bins):
                sums[g, 3 + b] += totals[g] * foretold[b]
                sums[g, 3 + 2 * bins + b] += totals[g] * said[b]
    return sums
