"""Kernels of sessions."""

from __future__ import annotations

import numpy as np

from polku.journeys.asking.gaps import BINS
from polku.journeys.asking.kernels import Codes, Counts, Times
from polku.store.kernels import kernel


@kernel("i8[] i8[] u4[] u2[] i8 i8", awaited=False)
def visit(
    starts: Counts, ends: Counts, time: Times, number: Codes, size: int, pause: int
) -> tuple[Counts, Counts, Counts, Counts, int]:
    """Sessions: encounters with no pause longer than `pause` seconds between them. Gives how long they
    last and how many touchpoints they hold (both in bins), where they start and end, and the profiles
    that have one."""
    lengths, sizes = np.zeros(BINS, np.int64), np.zeros(BINS, np.int64)
    first, final = np.zeros(size, np.int64), np.zeros(size, np.int64)
    profiles = 0
    for p in range(len(starts)):
        if starts[p] == ends[p]:
            continue
        profiles += 1
        at = starts[p]
        while at < ends[p]:
            began = since = np.int64(time[at])
            end = at + 1
            while end < ends[p] and np.int64(time[end]) - since <= pause:
                since = np.int64(time[end])
                end += 1
            length = since - began
            lengths[0 if length == 0 else (np.float64(length).view(np.int64) >> 49) - 8183] += 1
            sizes[(np.float64(end - at).view(np.int64) >> 49) - 8183] += 1
            first[number[at]] += 1
            final[number[end - 1]] += 1
            at = end
    return lengths, sizes, first, final, profiles


@kernel("i8[] i8[] u4[] u2[] i8[] i8 i8", awaited=False)
def visit_each(
    starts: Counts, ends: Counts, time: Times, number: Codes, group_of: Counts, groups: int, pause: int
) -> tuple[Counts, Counts, Counts, Counts, Counts]:
    """As `visit`, of each group of touchpoints by itself (`group_of` gives that of each number): what belongs to other
    groups neither ends a session nor is part of it. Rows of lengths and sizes, and the profiles, are by group."""
    lengths, sizes = np.zeros((groups, BINS), np.int64), np.zeros((groups, BINS), np.int64)
    first, final = np.zeros(len(group_of), np.int64), np.zeros(len(group_of), np.int64)
    profiles = np.zeros(groups, np.int64)
    began, last, size = np.zeros(groups, np.int64), np.zeros(groups, np.int64), np.zeros(groups, np.int64)
    at_last = np.zeros(groups, np.int64)
    for p in range(len(starts)):
        # one more round than there are events ends the sessions that go on
        for i in range(starts[p], ends[p] + 1):
            over = i == ends[p]
            k, t = (np.int64(0), np.int64(0)) if over else (np.int64(number[i]), np.int64(time[i]))
            one = np.int64(0) if over else group_of[k]
            for g in range(0 if over else one, groups if over else one + 1):
                if size[g] > 0 and (over or t - last[g] > pause):
                    length = last[g] - began[g]
                    lengths[g, 0 if length == 0 else (np.float64(length).view(np.int64) >> 49) - 8183] += 1
                    sizes[g, (np.float64(size[g]).view(np.int64) >> 49) - 8183] += 1
                    final[at_last[g]] += 1
                    profiles[g] += int(over)
                    size[g] = 0
            if not over:
                if size[one] == 0:
                    began[one] = t
                    first[k] += 1
                size[one] += 1
                last[one], at_last[one] = t, k
    return lengths, sizes, first, final, profiles
