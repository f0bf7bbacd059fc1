"""Kernels of comparisons. The unit is the profile: each counts once for a touchpoint and once for a transition."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from polku.journeys.asking.gaps import BINS
from polku.journeys.asking.kernels import Codes, Counts, Times
from polku.store.kernels import kernel


@kernel("i8[] i8[] u4[] u2[] i8", awaited=False)
def outline(
    starts: Counts, ends: Counts, time: Times, number: Codes, size: int
) -> tuple[Counts, Counts, npt.NDArray[Any], int]:
    """How many profiles meet each touchpoint; transitions as from · size + to, ascending, with the gap of each
    profile's first time (a row of bins each, whose sum is how many make it); and how many profiles meet any."""
    reach, met_by = np.zeros(size, np.int64), np.full(size, -1, np.int64)
    slots, pairs = np.full(size * size, -1, np.int32), np.empty(size * size, np.int64)
    made_by = np.full(size * size, -1, np.int32)
    gaps = np.zeros((256, BINS), np.uint32)  # narrow, to stay in the processor's cache
    used = profiles = 0
    for p in range(len(starts)):
        if starts[p] == ends[p]:
            continue
        profiles += 1
        last, since = np.int64(number[starts[p]]), np.int64(time[starts[p]])
        reach[last] += 1
        met_by[last] = p
        for i in range(starts[p] + 1, ends[p]):
            k, t = np.int64(number[i]), np.int64(time[i])
            if met_by[k] != p:
                met_by[k] = p
                reach[k] += 1
            pair = last * size + k
            if made_by[pair] != p:
                made_by[pair] = p
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
    order = np.argsort(pairs[:used])
    return reach, pairs[:used][order], gaps[order], profiles


@kernel("i8[] i8[] u2[] i8[] i8[] u2[] i8", awaited=False)
def shared_outline(
    starts: Counts,
    ends: Counts,
    number: Codes,
    other_starts: Counts,
    other_ends: Counts,
    other_number: Codes,
    size: int,
) -> tuple[Counts, Counts, Counts, int]:
    """Of the profiles that meet anything in both of two scopes: how many meet each touchpoint in the first, in the
    second and in both (a row each), the same of transitions (as from · size + to, ascending), and how many they are."""
    met = np.zeros((size, 3), np.int64)
    met_by, again_by = np.full(size, -1, np.int64), np.full(size, -1, np.int64)
    slots, pairs = np.full(size * size, -1, np.int32), np.empty(size * size, np.int64)
    made, made_by = np.zeros((256, 3), np.int64), np.full((256, 2), -1, np.int64)
    used = profiles = 0
    for p in range(len(starts)):
        if starts[p] == ends[p] or other_starts[p] == other_ends[p]:
            continue
        profiles += 1
        for side in range(2):
            first, end = (starts[p], ends[p]) if side == 0 else (other_starts[p], other_ends[p])
            of, by = (number, met_by) if side == 0 else (other_number, again_by)
            last = np.int64(-1)
            for i in range(first, end):
                k = np.int64(of[i])
                if by[k] != p:
                    by[k] = p
                    met[k, side] += 1
                    met[k, 2] += int(side == 1 and met_by[k] == p)
                if last >= 0:
                    pair = last * size + k
                    slot = slots[pair]
                    if slot < 0:
                        slot = used
                        slots[pair], pairs[slot] = slot, pair
                        used += 1
                        if used > len(made):
                            more, by_more = (
                                np.zeros((2 * used, 3), np.int64),
                                np.full((2 * used, 2), -1, np.int64),
                            )
                            more[: len(made)], by_more[: len(made)] = made, made_by
                            made, made_by = more, by_more
                    if made_by[slot, side] != p:
                        made_by[slot, side] = p
                        made[slot, side] += 1
                        made[slot, 2] += int(side == 1 and made_by[slot, 0] == p)
                last = k
    order = np.argsort(pairs[:used])
    return met, pairs[:used][order], made[order], profiles
