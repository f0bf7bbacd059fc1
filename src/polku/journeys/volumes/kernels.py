"""The kernel of volumes."""

from __future__ import annotations

import numpy as np

from polku.journeys.asking.kernels import Codes, Counts, Times
from polku.store.kernels import kernel


@kernel("i8[] i8[] u4[] u2[] i8 u4[]", awaited=False)
def tally(
    starts: Counts, ends: Counts, time: Times, number: Codes, size: int, edges: Times
) -> tuple[Counts, Counts]:
    """Times each touchpoint is met in each bin of time, and the profiles that meet it there."""
    bins = len(edges) - 1
    volume, reach = np.zeros((size, bins), np.int64), np.zeros((size, bins), np.int64)
    met_by = np.full((size, bins), -1, np.int32)
    for p in range(len(starts)):
        at = np.int64(-1)
        for i in range(starts[p], ends[p]):
            k, t = number[i], time[i]
            if t < edges[0] or t >= edges[bins]:
                continue
            if at < 0:  # spans are nearly as long as each other: a guess is at most a few off
                at = np.int64((np.float64(t) - edges[0]) / (np.float64(edges[bins]) - edges[0]) * bins)
                at = min(at, np.int64(bins - 1))
                while t < edges[at]:
                    at -= 1
            while t >= edges[at + 1]:
                at += 1
            volume[k, at] += 1
            if met_by[k, at] != p:
                met_by[k, at] = p
                reach[k, at] += 1
    return volume, reach
