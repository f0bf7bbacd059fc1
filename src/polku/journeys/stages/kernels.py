"""Kernels of stages. `stage_of` gives the stage of each number, −1 for none."""

from __future__ import annotations

from typing import Final

import numpy as np

from polku.journeys.asking.gaps import BINS
from polku.journeys.asking.kernels import Codes, Counts, Times
from polku.store.kernels import kernel

NEVER: Final = 0xFFFFFFFF
"""Later than every time."""


@kernel("i8[] i8[] u4[] u2[] i8[] i8", awaited=False)
def advance(
    starts: Counts, ends: Counts, time: Times, number: Codes, stage_of: Counts, size: int
) -> tuple[Counts, Counts, int]:
    """Stages (`stage_of` gives that of each number, −1 for none): how many profiles reach each, how many of
    them reach the next at or after they first reach this one, and how many reach any."""
    reached, went_on = np.zeros(size, np.int64), np.zeros(size, np.int64)
    stage = np.where(stage_of < 0, size, stage_of).astype(np.uint32)  # of no stage in the last place
    first, last = np.empty(size + 1, np.uint32), np.empty(size + 1, np.uint32)
    profiles = 0
    for p in range(len(starts)):
        first[:] = NEVER
        for i in range(np.uint64(starts[p]), np.uint64(ends[p])):
            k, t = stage[number[i]], time[i]
            first[k] = min(first[k], t)  # without branches: hard to foresee
            last[k] = t
        found = False
        for s in range(size):
            there = first[s] < NEVER
            found |= there
            reached[s] += np.int64(there)
            if s + 1 < size:
                went_on[s] += np.int64(there & (first[s + 1] < NEVER) & (last[s + 1] >= first[s]))
        profiles += int(found)
    return reached, went_on, profiles


@kernel("i8[] i8[] u4[] u2[] i8[] i8 u2[] i8[] i8 i8", awaited=False)
def move(
    starts: Counts,
    ends: Counts,
    time: Times,
    number: Codes,
    stage_of: Counts,
    size: int,
    slots: Codes,
    edges: Counts,
    low: int,
    now: int,
) -> tuple[Counts, Counts, Counts]:
    """How profiles move between stages: a profile's stage is that of its latest event.

    Gives for each span of time (`slots` and `edges` as in polku.journeys.asking.over_time.passed) the profiles by
    their stage + 1 when it begins, 0 where they have none, and the one when it ends, where an event in it changed it;
    how long stays that end at or after `low` last, in bins; and how long those have been where they are at `now`.
    """
    moves = np.zeros((len(edges), size + 1, size), np.int64)
    stays, here = np.zeros((size, BINS), np.int64), np.zeros((size, BINS), np.int64)
    most = (ends - starts).max() + 1 if len(starts) else 0
    changes, changed_at = np.empty(most, np.int64), np.empty(most, np.uint32)
    for p in range(len(starts)):
        n, was = np.uint64(0), np.int64(-1)
        for i in range(np.uint64(starts[p]), np.uint64(ends[p])):
            k = stage_of[number[i]]
            changes[n], changed_at[n] = k, time[i]
            n += np.uint64((k != was) & (k >= 0))  # without branches: hard to foresee
            was = k if k >= 0 else was
        stage, began, since, at = np.int64(-1), np.int64(-1), np.int64(0), np.int64(-1)
        for i in range(n):
            k, t = changes[i], np.int64(changed_at[i])
            s = np.int64(slots[t >> 16])
            s += np.int64(t >= edges[s])
            while t >= edges[s]:
                s += 1
            if stage >= 0:
                length = t - since
                bin_of = 0 if length == 0 else (np.float64(length).view(np.int64) >> 49) - 8183
                stays[stage, bin_of] += int(t >= low)
                if s != at:
                    moves[at, began + 1, stage] += 1
                    began = stage
            stage, since, at = k, t, s
        if stage >= 0:
            moves[at, began + 1, stage] += 1
            length = max(np.int64(0), now - since)
            here[stage, 0 if length == 0 else (np.float64(length).view(np.int64) >> 49) - 8183] += 1
    return moves, stays, here
