"""Kernels of stages. `stage_of` gives the stage of each number, −1 for none."""

from __future__ import annotations

import numpy as np

from polku.journeys.asking.gaps import BINS
from polku.journeys.asking.kernels import Codes, Counts, Times
from polku.store.kernels import kernel


@kernel("i8[] i8[] u4[] u2[] i8[] i8", awaited=False)
def advance(
    starts: Counts, ends: Counts, time: Times, number: Codes, stage_of: Counts, size: int
) -> tuple[Counts, Counts, int]:
    """Stages (`stage_of` gives that of each number, −1 for none): how many profiles reach each, how many of
    them reach the next at or after they first reach this one, and how many reach any."""
    reached, went_on = np.zeros(size, np.int64), np.zeros(size, np.int64)
    first, last = np.empty(size + 1, np.int64), np.empty(size + 1, np.int64)  # of no stage in the last place
    profiles = 0
    for p in range(len(starts)):
        first[:] = -1
        found = False
        for i in range(starts[p], ends[p]):
            k, t = stage_of[number[i]], np.int64(time[i])
            k = k if k >= 0 else np.int64(size)  # without branches: hard to foresee
            first[k] = first[k] if first[k] >= 0 else t
            last[k] = t
        for s in range(size):
            if first[s] >= 0:
                found = True
                reached[s] += 1
                if s + 1 < size and first[s + 1] >= 0 and last[s + 1] >= first[s]:
                    went_on[s] += 1
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
    for p in range(len(starts)):
        stage, began, since, at = np.int64(-1), np.int64(-1), np.int64(0), np.int64(-1)
        for i in range(starts[p], ends[p]):
            k = stage_of[number[i]]
            if k == stage or k < 0:
                continue
            t = np.int64(time[i])
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
