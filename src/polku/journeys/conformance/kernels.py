"""Kernels of conformance: walking each profile's attempt once, step by step of the design."""

from __future__ import annotations

import numpy as np

from polku.journeys.asking.gaps import BINS
from polku.journeys.asking.kernels import Codes, Counts, Scores, Sums, Times
from polku.store.kernels import kernel

KINDS = 6
"""Kinds of deviation, in this order: skipped, out of order, repeated, late, something between, stopped."""


@kernel("i8[] i8[] u4[] f4[]", awaited=False)
def answered(
    starts: Counts, ends: Counts, time: Times, score: Scores
) -> tuple[Counts, Counts, Times, Scores]:
    """Of each profile's events only those with a score: where they start and end, their times and scores."""
    size = 0
    for p in range(len(starts)):
        size += ends[p] - starts[p]
    new_starts, new_ends = np.empty(len(starts), np.int64), np.empty(len(starts), np.int64)
    times, scores = (
        np.empty(size, np.uint32),
        np.empty(size, np.float32),
    )  # what is not written to takes no memory
    w = 0
    for p in range(len(starts)):
        new_starts[p] = w
        for i in range(starts[p], ends[p]):
            if not np.isnan(score[i]):
                times[w], scores[w] = time[i], score[i]
                w += 1
        new_ends[p] = w
    return new_starts, new_ends, times[:w], scores[:w]


@kernel("i8[] i8[] u4[] u2[] i8[] i8[] u4[] f4[] u4[] i8[] i8[] i8 i8 i8 i8 i8 i8 i8", awaited=False)
def conform(
    starts: Counts,
    ends: Counts,
    time: Times,
    number: Codes,
    answer_starts: Counts,
    answer_ends: Counts,
    answer_time: Times,
    answer_score: Scores,
    steps_of: Times,
    limits: Counts,
    waits: Counts,
    required: int,
    repeats: int,
    direct: int,
    outcome: int,
    until: int,
    follows: int,
    steps: int,
) -> tuple[Counts, Counts, Counts, Counts, Counts, Sums, Sums]:
    """Hold each profile's attempt against a design of `steps` steps; what is what is said in `ConformanceQuestion`.

    `steps_of` has for each touchpoint's number the bit k of each step k it is, and so have `required`, `repeats` and
    `direct`; `limits` are those of steps in seconds, −1 for none; `waits` how long an attempt may be at each step
    before it has stopped there; `outcome` is the number of a touchpoint, −1 for the last required step; attempts that
    wait at `until` are under way; answers up to `follows` seconds after the last step count.

    Gives (all as counts of profiles): those that met anything, began, met a step without beginning; of each of four
    ways (fully, with deviations, not at all, under way) how many; for each step who met it, got as far, got as far
    without deviation; the times to it and those by which it was late (in bins); deviations [kind, step, whether they
    have it, outcome 0/1/not yet]; the sums of scores [kind, step, whether they have it] of answers from when they got
    as far, and [way] of all, as `clustered_mean` needs them.
    """
    found, ways = np.zeros(3, np.int64), np.zeros(4, np.int64)
    reached, gaps = np.zeros((3, steps), np.int64), np.zeros((2, steps, BINS), np.int64)
    counts = np.zeros((KINDS, steps, 2, 3), np.int64)
    scores, way_scores = np.zeros((KINDS, steps, 2, 6)), np.zeros((4, 6))
    in_turn = np.zeros(steps, np.int64)  # after each step: those up to the next that must not be left out
    for k in range(steps):
        for after in range(k + 1, steps):
            in_turn[k] |= 1 << after
            if required >> after & 1:
                break
    last_required, timed = 0, np.int64(0)
    for k in range(steps):
        if required >> k & 1:
            last_required = k
        if limits[k] >= 0:
            timed |= 1 << k
    risk, having, passed = np.empty(KINDS, np.int64), np.empty(KINDS, np.int64), np.empty(steps, np.int64)
    for p in range(len(starts)):
        if starts[p] == ends[p]:
            continue
        found[0] += 1
        at = np.int64(-1)
        met = turned = jumbled = again = late = between = np.int64(0)
        since = latest = np.int64(0)
        alone, comes, elsewhere = True, False, False
        for i in range(starts[p], ends[p]):
            bits = np.int64(steps_of[number[i]])
            if at < 0:
                if bits & 1:
                    at, met = np.int64(0), np.int64(1)
                    passed[0] = since = latest = np.int64(time[i])
                elif bits:
                    elsewhere = True
                continue
            if number[i] == outcome:
                comes = True
            if at == steps - 1:
                if comes or outcome < 0:
                    break
                continue
            if bits == 0:
                alone = False
                continue
            t = np.int64(time[i])
            latest = t
            turn, onwards = bits & in_turn[at], bits >> (at + 1)
            if turn or (onwards and not bits & met):
                j = at + 1
                while not bits >> j & 1:
                    j += 1
                if turn:
                    gap = t - since
                    gaps[0, j, 0 if gap == 0 else (np.float64(gap).view(np.int64) >> 49) - 8183] += 1
                    turned |= 1 << j
                    if 0 <= limits[j] < gap:
                        late |= 1 << j
                        gap -= limits[j]
                        gaps[1, j, (np.float64(gap).view(np.int64) >> 49) - 8183] += 1
                    if direct >> j & 1 and not alone:
                        between |= 1 << j
                met |= 1 << j
                passed[at + 1 : j + 1] = t
                at, since, alone = j, t, True
                continue
            known = bits & met
            if known >> at & 1:
                since, alone = t, True
            else:
                alone = False
            earlier = known if known else bits
            if known == 0 or not known & repeats:
                j = at
                while not earlier >> j & 1:
                    j -= 1
                if known:
                    again |= 1 << j
                else:
                    jumbled |= 1 << j
                    met |= 1 << j
        if at < 0:
            found[2] += int(elsewhere)
            continue
        found[1] += 1
        complete = at >= last_required
        under_way = not complete and until - latest < waits[at]
        below = (1 << at) - 1
        skipped = required & ~met & below
        wrong = skipped | jumbled | again | late | between
        way = 3 if under_way else 2 if at == 0 else 0 if complete and wrong == 0 else 1
        ways[way] += 1
        good = complete if outcome < 0 else comes
        state = 2 if under_way else int(good)
        first, end = answer_starts[p], answer_ends[p]
        while end > first and np.int64(answer_time[end - 1]) > latest + follows:
            end -= 1
        while first < end and np.int64(answer_time[first]) < passed[0]:
            first += 1
        n, s = 0.0, 0.0
        for i in range(first, end):
            n += 1
            s += answer_score[i]
        if n > 0:
            row = way_scores[way]
            row[0] += s
            row[1] += n
            row[2] += 1
            row[3] += s * s
            row[4] += s * n
            row[5] += n * n
        stops = 0 if under_way or complete else 1 << at
        risk[0], having[0] = required & below, skipped
        risk[1], having[1] = met & ~np.int64(1), jumbled
        risk[2], having[2] = met & ~repeats, again
        risk[3], having[3] = turned & timed, late
        risk[4], having[4] = turned & direct, between
        risk[5], having[5] = 0 if under_way else ((2 << at) - 1) & ((1 << last_required) - 1), stops
        for k in range(steps):
            if met >> k & 1:
                reached[0, k] += 1
            if k <= at:
                reached[1, k] += 1
                reached[2, k] += int(wrong & ((2 << k) - 1) == 0)
                while first < end and np.int64(answer_time[first]) < passed[k]:
                    n -= 1
                    s -= answer_score[first]
                    first += 1
            for kind in range(KINDS):
                if risk[kind] >> k & 1:
                    has = having[kind] >> k & 1
                    counts[kind, k, has, state] += 1
                    if n > 0:
                        row = scores[kind, k, has]
                        row[0] += s
                        row[1] += n
                        row[2] += 1
                        row[3] += s * s
                        row[4] += s * n
                        row[5] += n * n
    return found, ways, reached, gaps, counts, scores, way_scores
