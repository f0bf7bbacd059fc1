"""Kernels of the journey map. `encounter` walks what counts (polku.journeys.asking.scope); the other two, which look
for responses wherever they came from, take `index` and `limits` as polku.journeys.asking.kernels."""

from __future__ import annotations

import numpy as np

from polku.journeys.asking.gaps import BINS
from polku.journeys.asking.kernels import Codes, Counts, Scores, Sources, Sums, Times
from polku.store.kernels import kernel


@kernel("i8[] i8[] u4[] u2[] i8")
def encounter(
    starts: Counts, ends: Counts, time: Times, number: Codes, size: int
) -> tuple[Counts, Counts, Counts, int]:
    """Touchpoints: profiles that meet each, times it is met, the time to the next one (in bins); and the
    profiles that meet any."""
    reach, volume = np.zeros(size, np.int64), np.zeros(size, np.int64)
    gaps = np.zeros((size, BINS), np.uint32)  # narrow, to stay in the processor's cache
    met_by = np.full(size, -1, np.int64)
    profiles = 0
    for p in range(len(starts)):
        last, since = np.int64(-1), np.int64(0)
        for i in range(starts[p], ends[p]):
            k, t = np.int64(number[i]), np.int64(time[i])
            volume[k] += 1
            reach[k] += int(met_by[k] != p)  # without a branch: hard to foresee
            met_by[k] = p
            if last >= 0:
                gap = t - since
                gaps[last, 0 if gap == 0 else (np.float64(gap).view(np.int64) >> 49) - 8183] += 1
            last, since = k, t
        if last >= 0:
            profiles += 1
    return reach, volume, gaps.astype(np.int64), profiles


@kernel("i8[] i8[] u4[] u2[] i2[] f4[] u2[] i8 u4[] i8 i8[]")
def feel(
    starts: Counts,
    ends: Counts,
    time: Times,
    touchpoint: Codes,
    source: Sources,
    score: Scores,
    index: Codes,
    size: int,
    edges: Times,
    within: int,
    limits: Counts,
) -> Sums:
    """Scores of the responses within `within` seconds after a touchpoint: a response counts once for each
    touchpoint, by its last encounter before. The scope is of encounters; responses may come from anywhere,
    and later.

    Gives a row for each touchpoint and bin of encounter times (`edges`, ascending, one more than bins),
    with the sums that `clustered_mean` needs, clustered by profile: Σs, Σm, profiles, Σs², Σs·m, Σm².
    """
    low, high, only = limits[0], limits[1], limits[2]
    bins = len(edges) - 1
    sums = np.zeros((size * bins, 6))
    mine, count = np.zeros(size * bins), np.zeros(size * bins)
    met = np.empty(size + 1, np.int64)  # touchpoints this profile has met, as numbers
    last, bin_of = np.full(size, -1, np.int64), np.empty(size, np.int64)
    scored = np.empty(size * bins, np.int64)
    for p in range(len(starts)):
        final = ends[p] - 1
        while final >= starts[p] and np.isnan(score[final]):
            final -= 1
        n_met = n_scored = at = 0
        for i in range(starts[p], final + 1):
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
            met[n_met] = k  # without a branch: hard to foresee
            n_met += int(last[k] < 0)
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


@kernel("i8[] i8[] u4[] u2[] i2[] f4[] u2[] i8 i8 i8[]")
def respond(
    starts: Counts,
    ends: Counts,
    time: Times,
    touchpoint: Codes,
    source: Sources,
    score: Scores,
    index: Codes,
    most: int,
    within: int,
    limits: Counts,
) -> Counts:
    """The `most` latest responses within `within` seconds after a touchpoint of the scope: rows of the
    block, with the row of the touchpoint's last encounter before each; −1 where there are fewer."""
    low, high, only = limits[0], limits[1], limits[2]
    rows = np.full((most, 2), -1, np.int64)
    times, oldest = np.full(most, -1, np.int64), 0
    for p in range(len(starts)):
        i = ends[p] - 1
        # Backwards: most profiles have nothing as late as what is found already.
        while i >= starts[p] and np.int64(time[i]) > times[oldest]:
            t, k = np.int64(time[i]), i - 1
            if not np.isnan(score[i]):
                while k >= starts[p] and t - np.int64(time[k]) <= within:
                    met = np.int64(time[k])
                    if index[touchpoint[k]] > 0 and low <= met < high and (only < 0 or source[k] == only):
                        times[oldest], rows[oldest, 0], rows[oldest, 1] = t, i, k
                        oldest = int(np.argmin(times))
                        break
                    k -= 1
            i -= 1
    return rows
