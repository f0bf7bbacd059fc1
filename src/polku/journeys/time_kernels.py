"""Kernels of the journey questions that look at when: scores that follow, volumes by day or month, sessions.

The scope is given as in polku.journeys.kernels.
"""

from __future__ import annotations

import numpy as np

from polku.journeys.gaps import BINS
from polku.journeys.kernels import Codes, Counts, Scores, Sources, Sums, Times
from polku.store.kernels import kernel


@kernel("i8[] u4[] u2[] i2[] f4[] u2[] i8 u4[] i8 i8[]")
def feel(
    offsets: Counts,
    time: Times,
    touchpoint: Codes,
    source: Sources,
    score: Scores,
    index: Codes,
    size: int,
    edges: Times,
    within: int,
    scope: Counts,
) -> Sums:
    """Scores of the responses within `within` seconds after a touchpoint: a response counts once for each
    touchpoint, by its last encounter before. The scope is of encounters; responses may come from anywhere,
    and later.

    Gives a row for each touchpoint and bin of encounter times (`edges`, ascending, one more than bins),
    with the sums that `clustered_mean` needs, clustered by profile: Σs, Σm, profiles, Σs², Σs·m, Σm².
    """
    low, high, only = scope[0], scope[1], scope[2]
    bins = len(edges) - 1
    sums = np.zeros((size * bins, 6))
    mine, count = np.zeros(size * bins), np.zeros(size * bins)
    met = np.empty(size, np.int64)  # touchpoints this profile has met, as numbers
    last, bin_of = np.full(size, -1, np.int64), np.empty(size, np.int64)
    scored = np.empty(size * bins, np.int64)
    for p in range(len(offsets) - 1):
        final = offsets[p + 1] - 1
        while final >= offsets[p] and np.isnan(score[final]):
            final -= 1
        n_met = n_scored = at = 0
        for i in range(offsets[p], final + 1):
            t = np.int64(time[i])
            if not np.isnan(score[i]):
                for m in range(n_met):
                    k = met[m]
                    if t - last[k] <= within:
                        g = k * bins + bin_of[k]
                        if count[g] == 0:
                            scored[n_scored] = g
                            n_scored += 1
                        mine[g] += score[i]
                        count[g] += 1
            k = np.int64(index[touchpoint[i]]) - 1
            if k < 0 or t < low or t >= high or (only >= 0 and source[i] != only):
                continue
            if t < edges[0] or t >= edges[bins]:
                continue
            while t >= edges[at + 1]:
                at += 1
            if last[k] < 0:
                met[n_met] = k
                n_met += 1
            last[k], bin_of[k] = t, at
        for m in range(n_scored):
            g = scored[m]
            s, c = mine[g], count[g]
            sums[g, 0] += s
            sums[g, 1] += c
            sums[g, 2] += 1
            sums[g, 3] += s * s
            sums[g, 4] += s * c
            sums[g, 5] += c * c
            mine[g] = count[g] = 0
        for m in range(n_met):
            last[met[m]] = -1
    return sums


@kernel("i8[] u4[] u2[] i2[] u2[] i8 u4[] i8[]")
def tally(
    offsets: Counts,
    time: Times,
    touchpoint: Codes,
    source: Sources,
    index: Codes,
    size: int,
    edges: Times,
    scope: Counts,
) -> tuple[Counts, Counts]:
    """Times each touchpoint is met in each bin of time, and the profiles that meet it there."""
    only = scope[2]
    bins = len(edges) - 1
    volume, reach = np.zeros((size, bins), np.int64), np.zeros((size, bins), np.int64)
    met_by = np.full((size, bins), -1, np.int32)
    for p in range(len(offsets) - 1):
        at = np.int64(-1)
        for i in range(offsets[p], offsets[p + 1]):
            k = np.int64(index[touchpoint[i]]) - 1
            if k < 0 or (only >= 0 and source[i] != only):
                continue
            t = time[i]
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


@kernel("i8[] u4[] u2[] i2[] u2[] i8 i8 i8[]")
def visit(
    offsets: Counts,
    time: Times,
    touchpoint: Codes,
    source: Sources,
    index: Codes,
    size: int,
    pause: int,
    scope: Counts,
) -> tuple[Counts, Counts, Counts, Counts, int]:
    """Sessions: encounters with no pause longer than `pause` seconds between them. Gives how long they
    last and how many touchpoints they hold (both in bins), where they start and end, and the profiles
    that have one."""
    low, high, only = scope[0], scope[1], scope[2]
    lengths, sizes = np.zeros(BINS, np.int64), np.zeros(BINS, np.int64)
    starts, ends = np.zeros(size, np.int64), np.zeros(size, np.int64)
    profiles = 0
    for p in range(len(offsets) - 1):
        last, began, since, held = np.int64(-1), np.int64(0), np.int64(0), 0
        for i in range(offsets[p], offsets[p + 1]):
            k = np.int64(index[touchpoint[i]]) - 1
            if k < 0:
                continue
            t = np.int64(time[i])
            if t < low or t >= high or (only >= 0 and source[i] != only):
                continue
            if last < 0 or t - since > pause:
                if last >= 0:
                    length = since - began
                    lengths[0 if length == 0 else (np.float64(length).view(np.int64) >> 49) - 8183] += 1
                    sizes[(np.float64(held).view(np.int64) >> 49) - 8183] += 1
                    ends[last] += 1
                starts[k] += 1
                began, held = t, 0
            held += 1
            last, since = k, t
        if last >= 0:
            profiles += 1
            length = since - began
            lengths[0 if length == 0 else (np.float64(length).view(np.int64) >> 49) - 8183] += 1
            sizes[(np.float64(held).view(np.int64) >> 49) - 8183] += 1
            ends[last] += 1
    return lengths, sizes, starts, ends, profiles


@kernel("i8[] u4[] u2[] i2[] f4[] u2[] i8 i8 i8[]")
def respond(
    offsets: Counts,
    time: Times,
    touchpoint: Codes,
    source: Sources,
    score: Scores,
    index: Codes,
    most: int,
    within: int,
    scope: Counts,
) -> Counts:
    """The `most` latest responses within `within` seconds after a touchpoint of the scope: rows of the
    block, with the row of the touchpoint's last encounter before each; −1 where there are fewer."""
    low, high, only = scope[0], scope[1], scope[2]
    rows = np.full((most, 2), -1, np.int64)
    times, oldest = np.full(most, -1, np.int64), 0
    for p in range(len(offsets) - 1):
        i = offsets[p + 1] - 1
        # Backwards: most profiles have nothing as late as what is found already.
        while i >= offsets[p] and np.int64(time[i]) > times[oldest]:
            t, k = np.int64(time[i]), i - 1
            if not np.isnan(score[i]):
                while k >= offsets[p] and t - np.int64(time[k]) <= within:
                    met = np.int64(time[k])
                    if index[touchpoint[k]] > 0 and low <= met < high and (only < 0 or source[k] == only):
                        times[oldest], rows[oldest, 0], rows[oldest, 1] = t, i, k
                        oldest = int(np.argmin(times))
                        break
                    k -= 1
            i -= 1
    return rows
