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
Indices = npt.NDArray[np.int32]


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
                step = last * size + k
                if step >= pairs:  # a division takes long
                    step %= pairs
                step += size
                if seen[step] != p:
                    seen[step] = p
                    features[f] = step
                    f += 1
            if taken < longest:
                steps[s] = k
                s += 1
                taken += 1
            last = k
        feature_ends[p], step_ends[p] = f, s
    return feature_ends, features[:f].copy(), step_ends, steps[:s].copy()


@kernel("i8[] i8[] u4[] u2[] u1[] i8 i8 f4[:,:] i8", awaited=False)
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
    """Each journey to the type whose weights (a row for each feature, of eight types) add up to most: the type of
    each, −1 for those without features; then by type: journeys, those that get to the outcome, those that meet each
    touchpoint before it, and how many encounters they have and how long they last before it (in bins)."""
    labels = np.empty(len(starts), np.int64)
    journeys, reached = np.zeros(types, np.int64), np.zeros(types, np.int64)
    meets = np.zeros((types, size), np.int64)
    counts, lengths = np.zeros((types, BINS), np.int64), np.zeros((types, BINS), np.int64)
    none, one = np.uint32(size + pairs), np.uint64(1)
    seen = np.full(size + pairs + 1, -1, np.int32)
    most = (ends - starts).max() + 1 if len(starts) else 0
    met, features = np.empty(most, np.uint32), np.empty(2 * most, np.uint32)
    score = np.empty(8, np.float32)
    for p in range(len(starts)):
        begin, end = np.uint64(starts[p]), np.uint64(ends[p])
        at, n, n_met, last, stopped = begin, np.uint64(0), np.uint64(0), none, False
        while at < end:
            k = np.uint32(number[at])
            if stops[k]:
                stopped = True
                break
            at += one
            features[n] = met[n_met] = k
            new = np.uint64(seen[k] != p)  # without branches: hard to foresee; what is not new is overwritten
            n, n_met = n + new, n_met + new
            seen[k] = p
            step = last * np.uint32(size) + k
            if step >= pairs and last != none:  # a division takes long
                step %= np.uint32(pairs)
            step = none if (last == none) | (last == k) else step + np.uint32(size)
            features[n] = step
            n += np.uint64((seen[step] != p) & (step != none))
            seen[step] = p
            last = k
        if n == 0:
            labels[p] = -1
            continue
        for first in range(0, types, 4):  # four at once, in registers
            a = b = c = d = np.float32(0.0)
            for i in range(n):
                row = features[i]
                a, b = a + weights[row, first], b + weights[row, first + 1]
                c, d = c + weights[row, first + 2], d + weights[row, first + 3]
            score[first], score[first + 1], score[first + 2], score[first + 3] = a, b, c, d
        best = score[:types].argmax()
        labels[p] = best
        journeys[best] += 1
        reached[best] += stopped
        for i in range(n_met):
            meets[best, met[i]] += 1
        counts[best, (np.float64(at - begin).view(np.int64) >> 49) - 8183] += 1
        length = np.int64(time[at - one]) - np.int64(time[begin])
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


@kernel("f8[] i4[] i4[] f8[:,:] i8 i8", awaited=False)
def divide(
    data: Sums, indices: Indices, bounds: Indices, centres: Sums, types: int, rounds: int
) -> tuple[Labels, Sums]:
    """Lloyd's rounds on the sphere: each row to the centre that it is most like, each centre to the middle of its
    rows, until nothing changes or `rounds` are over. Gives the type of each row and how like its centre it is.

    Rows are sparse (`data` and `indices` from `bounds[i]` to `bounds[i + 1]`); `centres`, features × types (and room
    for eight), begin as given and are what was found at the end.
    """
    n = len(bounds) - 1
    labels, near = np.full(n, -1, np.int64), np.zeros(n)
    likeness, members = np.zeros(8), np.empty(types, np.int64)
    for _ in range(rounds):
        changed = False
        for i in range(n):
            for first in range(0, types, 4):  # four at once, in registers
                a = b = c = d = 0.0
                for e in range(np.uint64(bounds[i]), np.uint64(bounds[i + 1])):
                    x, at = data[e], np.uint32(indices[e])
                    a, b = a + x * centres[at, first], b + x * centres[at, first + 1]
                    c, d = c + x * centres[at, first + 2], d + x * centres[at, first + 3]
                likeness[first], likeness[first + 1], likeness[first + 2], likeness[first + 3] = a, b, c, d
            best = likeness[:types].argmax()
            changed |= labels[i] != best
            labels[i], near[i] = best, likeness[best]
        if not changed:
            break
        members[:] = 0
        for i in range(n):
            members[labels[i]] += 1
        if members.min() == 0:  # a type without rows begins anew with the least alike
            furthest, taken = np.argsort(near), 0
            for kind in range(types):
                if members[kind] == 0 and taken < n:
                    labels[furthest[taken]] = kind
                    taken += 1
        centres[:] = 0.0
        for i in range(n):
            kind = labels[i]
            for e in range(bounds[i], bounds[i + 1]):
                centres[indices[e], kind] += data[e]
        for kind in range(types):
            centres[:, kind] /= max(1e-12, np.sqrt((centres[:, kind] ** 2).sum()))
    return labels, near


@kernel("f8[] i4[] i4[] i8 i8", awaited=False)
def likeness_to(data: Sums, indices: Indices, bounds: Indices, row: int, size: int) -> Sums:
    """How like one row each row is: the cosine, of sparse rows of length 1 with `size` features."""
    one, found = np.zeros(size), np.zeros(len(bounds) - 1)
    for e in range(bounds[row], bounds[row + 1]):
        one[indices[e]] = data[e]
    for i in range(len(found)):
        for e in range(bounds[i], bounds[i + 1]):
            found[i] += data[e] * one[indices[e]]
    return found


@kernel("i8[] i8[] u2[]", awaited=False)
def edit_distances(starts: Counts, ends: Counts, steps: Codes) -> npt.NDArray[np.float32]:
    """How unlike each two paths of at most 64 steps are: steps to put in, take out or change, of the longer one's
    length (0–1) (Levenshtein 1966). A column of the table of distances is kept in the bits of two numbers, which tell
    where it goes up and where down by one (Myers, Journal of the ACM 46, 1999, as Hyyrö 2003 has it for whole paths).
    """
    n, one = len(starts), np.uint64(1)
    distances = np.zeros((n, n), np.float32)
    where = np.zeros(
        np.int64(steps.max()) + 1 if len(steps) else 0, np.uint64
    )  # of each step in path a, as bits
    for a in range(n):
        length = ends[a] - starts[a]
        last = one << np.uint64(max(length, 1) - 1)
        for i in range(length):
            where[steps[starts[a] + i]] |= one << np.uint64(i)
        for b in range(a):
            up, down, distance = ~np.uint64(0), np.uint64(0), length
            for j in range(starts[b], ends[b]):
                same = where[steps[j]]
                stays = same | down
                across = (((same & up) + up) ^ up) | same
                rises, falls = down | ~(across | up), up & across
                distance += np.int64((rises & last) != 0) - np.int64((falls & last) != 0)
                rises = (rises << one) | one
                up = (falls << one) | ~(stays | rises)
                down = rises & stays
            width = ends[b] - starts[b]
            most = max(length, width)
            if most > 0:
                distances[a, b] = distances[b, a] = (distance if length > 0 else width) / most
        for i in range(length):
            where[steps[starts[a] + i]] = 0
    return distances
