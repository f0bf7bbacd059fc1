"""Kernels of comparisons. The unit is the profile: each counts once for a touchpoint and once for a transition."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from polku.journeys.asking.gaps import BINS
from polku.journeys.asking.kernels import Codes, Counts, Times
from polku.store.kernels import kernel


@kernel("i8[] i8[] u2[] i8", awaited=False)
def outline(starts: Counts, ends: Counts, number: Codes, size: int) -> tuple[Counts, Counts, int]:
    """How many profiles meet each touchpoint; how many make each transition, from · size + to; and how many profiles
    meet any."""
    reach, met_by = np.zeros(size, np.int64), np.full(size, -1, np.int64)
    made, made_by = np.zeros(size * size, np.int64), np.full(size * size, -1, np.int32)
    profiles = 0
    for p in range(len(starts)):
        if starts[p] == ends[p]:
            continue
        profiles += 1
        last = np.int64(number[starts[p]])
        reach[last] += 1
        met_by[last] = p
        for i in range(starts[p] + 1, ends[p]):
            k = np.int64(number[i])
            pair = last * size + k
            reach[k] += int(met_by[k] != p)  # without branches: hard to foresee
            met_by[k] = p
            made[pair] += int(made_by[pair] != p)
            made_by[pair] = p
            last = k
    return reach, made, profiles


@kernel("i8[] i8[] u4[] u2[] i8 i4[] i8", awaited=False)
def first_gaps(
    starts: Counts,
    ends: Counts,
    time: Times,
    number: Codes,
    size: int,
    rows: npt.NDArray[np.int32],
    wanted: int,
) -> npt.NDArray[Any]:
    """The gap of each profile's first time of some transitions, in bins: a row for each of those `wanted`. `rows` has
    for each transition, from · size + to, its row; −1 for one that is not wanted."""
    gaps, made_by = np.zeros((wanted, BINS), np.uint32), np.full(wanted, -1, np.int64)
    for p in range(len(starts)):
        for i in range(starts[p] + 1, ends[p]):
            row = rows[np.int64(number[i - 1]) * size + np.int64(number[i])]
            if row >= 0 and made_by[row] != p:
                made_by[row] = p
                gap = np.int64(time[i]) - np.int64(time[i - 1])
                gaps[row, 0 if gap == 0 else (np.float64(gap).view(np.int64) >> 49) - 8183] += 1
    return gaps


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
