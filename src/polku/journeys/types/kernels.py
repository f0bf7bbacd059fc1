"""Kernels of journey types. A journey's features are the touchpoints it meets and the steps it makes from one to
another, each once however often; with an outcome (`stops`), only what comes before it first happens.

Features are numbered: touchpoint k as k, the step from a to b as size + (a · size + b) mod pairs.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from polku.journeys.asking.gaps import BINS
from polku.journeys.asking.kernels import Codes, Counts, Scores, Sums, Times
from polku.store.kernels import kernel

Labels = npt.NDArray[np.int64]


@kernel("i8[] i8[] u4[] u2[] u1[] i8 i8 i8", awaited=False)
def describe(
    starts: Counts,
    ends: Counts,
    time: Times,
    number: Codes,
    stops: npt.NDArray[np.uint8],
    size: int,
    pairs: int,
    longest: int,
) -> tuple[Counts, npt.NDArray[Any], Counts, Codes]:
    """The features of each journey, and its path without repetitions, at most `longest` steps: where each journey's
    features end and what they are, where its path ends and what it is."""
    seen = np.full(size + pairs, -1, np.int64)
    events = 0
    for p in range(len(starts)):
        events += ends[p] - starts[p]
    features, steps = np.empty(2 * events, np.int32), np.empty(events, np.uint16)
    feature_ends, step_ends = np.empty(len(starts), np.int64), np.empty(len(starts), np.int64)
    f = s = 0
    for p in range(len(starts)):
        last, taken = np.int64(-1), 0
        for i in range(starts[p], ends[p]):
            k = np.int64(number[i])
            if stops[k]:
                break
            if k == last:
                continue
            if seen[k] != p:
                seen[k] = p
                features[f] = k
                f += 1
            if last >= 0:
                pair = size + (last * size + k) % pairs
                if seen[pair] != p:
                    seen[pair] = p
                    features[f] = pair
                    f += 1
            if taken < longest:
                steps[s] = k
                s += 1
                taken += 1
            last = k
        feature_ends[p], step_ends[p] = f, s
    return feature_ends, features[:f].copy(), step_ends, steps[:s].copy()


@kernel("i8[] i8[] u4[] u2[] u1[] i8 i8 f4[] i8", awaited=False)
def sort_out(
    starts: Counts,
    ends: Counts,
    time: Times,
    number: Codes,
    stops: npt.NDArray[np.uint8],
    size: int,
    pairs: int,
    weights: npt.NDArray[np.float32],
    types: int,
) -> tuple[Labels, Counts, Counts, Counts, Counts, Counts]:
    """Each journey to the type whose weights (`types` of them for each feature) add up to most: the type of each, −1
    for those without features; then by type: journeys, those that get to the outcome, those that meet each
    touchpoint before it, and how many encounters they have and how long they last before it (in bins)."""
    labels = np.empty(len(starts), np.int64)
    journeys, reached = np.zeros(types, np.int64), np.zeros(types, np.int64)
    meets = np.zeros((types, size), np.int64)
    counts, lengths = np.zeros((types, BINS), np.int64), np.zeros((types, BINS), np.int64)
    seen = np.full(size + pairs, -1, np.int64)
    met = np.empty(size, np.int64)
    score = np.empty(types, np.float32)
    for p in range(len(starts)):
        score[:] = 0
        last, n_met, at, stopped = np.int64(-1), 0, starts[p], False
        while at < ends[p]:
            k = np.int64(number[at])
            if stops[k]:
                stopped = True
                break
            at += 1
            if k == last:
                continue
            if seen[k] != p:
                seen[k] = p
                met[n_met] = k
                n_met += 1
                for c in range(types):
                    score[c] += weights[k * types + c]
            if last >= 0:
                pair = size + (last * size + k) % pairs
                if seen[pair] != p:
                    seen[pair] = p
                    for c in range(types):
                        score[c] += weights[pair * types + c]
            last = k
        if n_met == 0:
            labels[p] = -1
            continue
        best = 0
        for c in range(1, types):
            if score[c] > score[best]:
                best = c
        labels[p] = best
        journeys[best] += 1
        reached[best] += stopped
        for m in range(n_met):
            meets[best, met[m]] += 1
        counts[best, (np.float64(at - starts[p]).view(np.int64) >> 49) - 8183] += 1
        length = np.int64(time[at - 1]) - np.int64(time[starts[p]])
        lengths[best, 0 if length == 0 else (np.float64(length).view(np.int64) >> 49) - 8183] += 1
    return labels, journeys, reached, meets, counts, lengths


@kernel("i8[] i8[] f4[] i8[] i8", awaited=False)
def feel_of(starts: Counts, ends: Counts, score: Scores, labels: Labels, types: int) -> Sums:
    """The scores of all responses of each type's profiles: Σs, Σm, profiles, Σs², Σs·m, Σm² with s and m a
    profile's sum and count."""
    sums = np.zeros((types, 6))
    for p in range(len(starts)):
        c = labels[p]
        if c < 0:
            continue
        s = m = 0.0
        for i in range(starts[p], ends[p]):
            if score[i] == score[i]:
                s += score[i]
                m += 1
        if m > 0:
            sums[c, 0] += s
            sums[c, 1] += m
            sums[c, 2] += 1
            sums[c, 3] += s * s
            sums[c, 4] += s * m
            sums[c, 5] += m * m
    return sums


@kernel("i8[] i8[] u2[]", awaited=False)
def edit_distances(starts: Counts, ends: Counts, steps: Codes) -> npt.NDArray[np.float32]:
    """How unlike each two paths are: steps to put in, take out or change, of the longer one's length (0–1)
    (Levenshtein 1966)."""
    n = len(starts)
    distances = np.zeros((n, n), np.float32)
    longest = 0
    for p in range(n):
        longest = max(longest, ends[p] - starts[p])
    row = np.empty(longest + 1, np.int64)
    for a in range(n):
        for b in range(a):
            width = ends[b] - starts[b]
            for j in range(width + 1):
                row[j] = j
            for i in range(1, ends[a] - starts[a] + 1):
                diagonal, row[0] = row[0], i
                for j in range(1, width + 1):
                    changed = diagonal + (steps[starts[a] + i - 1] != steps[starts[b] + j - 1])
                    diagonal = row[j]
                    row[j] = min(changed, min(row[j], row[j - 1]) + 1)
            most = max(ends[a] - starts[a], width)
            if most > 0:
                distances[a, b] = distances[b, a] = row[width] / most
    return distances
