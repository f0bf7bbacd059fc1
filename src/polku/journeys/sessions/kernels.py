"""The kernel of sessions."""

from __future__ import annotations

import numpy as np

from polku.journeys.asking.gaps import BINS
from polku.journeys.asking.kernels import Codes, Counts, Times
from polku.store.kernels import kernel


@kernel("i8[] i8[] u4[] u2[] i8 i8")
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
