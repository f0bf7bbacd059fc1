"""Kernels of the journey map. `encounter` and `feel` walk what counts (polku.journeys.asking.scope); `respond` takes
`index` and `limits` as polku.journeys.asking.kernels."""

from __future__ import annotations

import numpy as np

from polku.journeys.asking.gaps import BINS
from polku.journeys.asking.kernels import Codes, Counts, Rows, Scores, Sources, Sums, Times
from polku.store.kernels import kernel


@kernel("i8[] i8[] u4[] u2[] i8")
def encounter(
    starts: Counts, ends: Counts, time: Times, number: Codes, size: int
) -> tuple[Counts, Counts, Counts, int]:
    """Touchpoints: profiles that meet each, times it is met, the time to the next one (in bins); and the
    profiles that meet any."""
    reach, volume = np.zeros(size, np.int64), np.zeros(size, np.int64)
    gaps = np.zeros(size * BINS, np.uint32)  # narrow, to stay in the processor's cache
    met_by = np.full(size, -1, np.int64)
    profiles = 0
    for p in range(len(starts)):
        if starts[p] == ends[p]:
            continue
        profiles += 1
        last, since = number[np.uint64(starts[p])], time[np.uint64(starts[p])]
        volume[last] += 1
        reach[last] += 1
        met_by[last] = p
        for i in range(np.uint64(starts[p]) + np.uint64(1), np.uint64(ends[p])):
            k, t = number[i], time[i]
            volume[k] += 1
            reach[k] += np.int64(met_by[k] != p)  # without branches: hard to foresee
            met_by[k] = p
            bin_of = (np.float64(t - since).view(np.uint64) >> np.uint64(49)) - np.uint64(8183)
            gaps[np.uint32(last) * np.uint32(BINS) + (bin_of if t > since else np.uint64(0))] += np.uint32(1)
            last, since = k, t
    return reach, volume, gaps.reshape(size, BINS).astype(np.int64), profiles


@kernel("i8[] u4[] u2[] u4[] u4[] u4[] f4[] i8 u4[] i8")
def feel(
    starts: Counts,
    time: Times,
    number: Codes,
    whose: Rows,
    places: Rows,
    given: Times,
    score: Scores,
    size: int,
    edges: Times,
    within: int,
) -> Sums:
    """Scores of the responses within `within` seconds after a touchpoint: a response counts once for each
    touchpoint, by its last encounter before. Encounters are what counts of a block, responses as
    polku.journeys.asking.scope.Responses has them.

    Gives a row for each touchpoint and bin of encounter times (`edges`, ascending, one more than bins),
    with the sums that `clustered_mean` needs, clustered by profile: Σs, Σm, profiles, Σs², Σs·m, Σm².
    """
    bins, one, responses = np.uint32(len(edges) - 1), np.uint64(1), len(whose)
    low, high = np.int64(edges[0]), np.int64(edges[bins])
    sums = np.zeros((size * bins, 6))
    mine, count = np.zeros(size * bins), np.zeros(size * bins, np.uint32)
    told_by = np.full(size, -1, np.int64)  # the response that each was last told of
    scored, n, at = np.empty(size * bins + 1, np.uint32), np.uint64(0), np.uint32(0)
    for r in range(responses):
        said, until = np.float64(score[r]), np.int64(given[r])
        first, i = np.uint64(starts[whose[r]]), np.uint64(places[r])
        while i > first:  # backwards: few events are soon enough before a response
            i -= one
            t = np.int64(time[i])
            if until - t > within or t < low:
                break
            if t >= high:
                continue
            if bins > 1:
                while t >= edges[at + np.uint32(1)]:
                    at += np.uint32(1)
                while t < edges[at]:
                    at -= np.uint32(1)
            k = np.uint32(number[i])
            new = told_by[k] != r  # without branches: hard to foresee
            told_by[k] = r
            g = k * bins + at
            scored[n] = g
            n += np.uint64(new & (count[g] == 0))
            mine[g] += said if new else 0.0
            count[g] += np.uint32(new)
        if r + 1 < responses and whose[r + 1] == whose[r]:
            continue
        for m in range(n):
            g = scored[m]
            s, c, row = mine[g], np.float64(count[g]), sums[g]
            row[0] += s
            row[1] += c
            row[2] += 1
            row[3] += s * s
            row[4] += s * c
            row[5] += c * c
            mine[g], count[g] = 0.0, 0
        n = np.uint64(0)
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
