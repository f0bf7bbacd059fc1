"""Kernels of comparisons. The unit is the profile: each counts once for a touchpoint and once for a transition."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from polku.journeys.asking.gaps import BINS
from polku.journeys.asking.kernels import Codes, Counts, Times
from polku.store.kernels import kernel

Sides = npt.NDArray[np.uint8]


@kernel("i8[] i8[] u2[] i8 u1[]", awaited=False)
def outline(
    starts: Counts, ends: Counts, number: Codes, size: int, side: Sides
) -> tuple[Counts, Counts, Counts]:
    """Of the profiles on each side (0 or 1; a row each): how many meet each touchpoint; how many make each
    transition, from · size + to; and how many meet any."""
    reach, met_by = np.zeros((2, size), np.int64), np.full(size, -1, np.int64)
    made, made_by = np.zeros((2, size * size), np.uint32), np.full(size * size, -1, np.int32)
    profiles = np.zeros(2, np.int64)
    for p in range(len(starts)):
        if starts[p] == ends[p]:
            continue
        met_here, made_here = reach[side[p]], made[side[p]]
        profiles[side[p]] += 1
        last = number[np.uint64(starts[p])]
        met_here[last] += 1
        met_by[last] = p
        for i in range(np.uint64(starts[p]) + np.uint64(1), np.uint64(ends[p])):
            k = number[i]
            pair = np.uint32(last) * np.uint32(size) + np.uint32(k)
            met_here[k] += np.int64(met_by[k] != p)  # without branches: hard to foresee
            met_by[k] = p
            made_here[pair] += np.uint32(made_by[pair] != p)
            made_by[pair] = p
            last = k
    return reach, made.astype(np.int64), profiles


@kernel("i8[] i8[] u4[] u2[] i8 u4[] i8 u1[]", awaited=False)
def first_gaps(
    starts: Counts,
    ends: Counts,
    time: Times,
    number: Codes,
    size: int,
    rows: npt.NDArray[np.uint32],
    wanted: int,
    side: Sides,
) -> npt.NDArray[Any]:
    """The gap of each profile's first time of some transitions, in bins: of the profiles on each side (0 or 1) a row
    for each of those `wanted`. `rows` has for each transition, from · size + to, its row; `wanted` for one that is not
    wanted."""
    gaps = np.zeros((2, (wanted + 1) * BINS), np.uint32)
    made_by = np.full(wanted + 1, -1, np.int64)
    for p in range(len(starts)):
        if starts[p] == ends[p]:
            continue
        here = gaps[side[p]]
        last, since = number[np.uint64(starts[p])], time[np.uint64(starts[p])]
        for i in range(np.uint64(starts[p]) + np.uint64(1), np.uint64(ends[p])):
            k, t = number[i], time[i]
            row = rows[np.uint32(last) * np.uint32(size) + np.uint32(k)]
            exponent = (np.float64(t - since).view(np.uint64) >> np.uint64(49)) - np.uint64(8183)
            cell = np.uint64(row) * np.uint64(BINS) + (exponent if t > since else np.uint64(0))
            here[cell] += np.uint32(made_by[row] != p)  # without branches: hard to foresee
            made_by[row] = p
            last, since = k, t
    return gaps.reshape(2, wanted + 1, BINS)[:, :wanted].copy()


@kernel("i8[] i8[] u2[] i8[] i8[] u2[] i8", awaited=False)
def shared_outline(
    starts: Counts,
    ends: Counts,
    number: Codes,
    other_starts: Counts,
    other_ends: Counts,
    other_number: Codes,
    size: int,
) -> tuple[Counts, Counts, Counts]:
    """How many profiles meet each touchpoint in the first of two scopes and in the second; and of those who meet
    anything in both: in the first, in the second and in both (a row of five each). The same of transitions (as from ·
    size + to); and how many meet anything in the first, in the second and in both."""
    met, met_by = np.zeros((size, 5), np.uint32), np.full((size, 2), -1, np.int64)
    made, made_by = np.zeros((size * size, 5), np.uint32), np.full((size * size, 2), -1, np.int32)
    profiles = np.zeros(3, np.int64)
    for p in range(len(starts)):
        of_both = np.uint32((starts[p] < ends[p]) & (other_starts[p] < other_ends[p]))
        profiles[2] += of_both
        for side in range(2):
            of = number if side == 0 else other_number
            i = np.uint64(starts[p] if side == 0 else other_starts[p])
            end = np.uint64(ends[p] if side == 0 else other_ends[p])
            if i == end:
                continue
            profiles[side] += 1
            in_second, last, begun = np.uint32(side) & of_both, of[i], np.uint32(0)
            while i < end:
                k = of[i]
                new = np.uint32(met_by[k, side] != p)  # without branches: hard to foresee
                met[k, side] += new
                met[k, 2 + side] += new & of_both
                met[k, 4] += new & in_second & np.uint32(met_by[k, 0] == p)
                met_by[k, side] = p
                if begun:
                    pair = np.uint32(last) * np.uint32(size) + np.uint32(k)
                    new = np.uint32(made_by[pair, side] != p)
                    made[pair, side] += new
                    made[pair, 2 + side] += new & of_both
                    made[pair, 4] += new & in_second & np.uint32(made_by[pair, 0] == p)
                    made_by[pair, side] = p
                begun = np.uint32(1)
                last = k
                i += np.uint64(1)
    return met.astype(np.int64), made.astype(np.int64), profiles
