"""Kernels that put events into the order of a block and merge new ones into an old block."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from polku.store.kernels import kernel

Index = npt.NDArray[np.int64]


@kernel("i8[] i8")
def partition(bucket: npt.NDArray[np.int64], buckets: int) -> tuple[Index, Index]:
    """Row numbers grouped by bucket, in their order, and where each bucket starts (one more than buckets)."""
    starts = np.zeros(buckets + 1, np.int64)
    for b in bucket:
        starts[b + 1] += 1
    for b in range(buckets):
        starts[b + 1] += starts[b]
    place = starts[:-1].copy()
    order = np.empty(len(bucket), np.int64)
    for i in range(len(bucket)):
        order[place[bucket[i]]] = i
        place[bucket[i]] += 1
    return order, starts


@kernel("i8[] i8 u4[] u2[]")
def time_order(
    rank: npt.NDArray[np.int64],
    profiles: int,
    time: npt.NDArray[np.uint32],
    millisecond: npt.NDArray[np.uint16],
) -> tuple[Index, Index]:
    """Row numbers sorted by (profile rank, time, millisecond), ties in their order, and each profile's start."""
    starts = np.zeros(profiles + 1, np.int64)
    for r in rank:
        starts[r + 1] += 1
    for p in range(profiles):
        starts[p + 1] += starts[p]
    place = starts[:-1].copy()
    order = np.empty(len(rank), np.int64)
    for i in range(len(rank)):
        order[place[rank[i]]] = i
        place[rank[i]] += 1
    for p in range(profiles):
        low, high = starts[p], starts[p + 1]
        ordered = True
        for i in range(low + 1, high):
            a, b = order[i - 1], order[i]
            if time[b] < time[a] or (time[b] == time[a] and millisecond[b] < millisecond[a]):
                ordered = False
                break
        if not ordered:
            at = np.empty(high - low, np.int64)
            for i in range(low, high):
                at[i - low] = np.int64(time[order[i]]) * 1000 + np.int64(millisecond[order[i]])
            order[low:high] = order[low:high][np.argsort(at, kind="mergesort")]
    return order, starts


@kernel("u8[] i8[] u4[] u2[] i8[] u8[] i8[] u4[] u2[] i8[]")
def merge_order(
    old_profiles: npt.NDArray[np.uint64],
    old_offsets: Index,
    old_time: npt.NDArray[np.uint32],
    old_millisecond: npt.NDArray[np.uint16],
    old_seq: Index,
    new_profiles: npt.NDArray[np.uint64],
    new_offsets: Index,
    new_time: npt.NDArray[np.uint32],
    new_millisecond: npt.NDArray[np.uint16],
    new_seq: Index,
) -> tuple[npt.NDArray[np.uint64], Index, Index]:
    """Merge two sorted blocks: the profiles of both, their offsets, and for each row of the merged block
    where it comes from: row i of the old one as i, row j of the new one as −1 − j."""
    profiles = np.empty(len(old_profiles) + len(new_profiles), np.uint64)
    offsets = np.zeros(len(profiles) + 1, np.int64)
    origin = np.empty(len(old_time) + len(new_time), np.int64)
    a = b = n = w = 0
    while a < len(old_profiles) or b < len(new_profiles):
        from_old = b == len(new_profiles) or (a < len(old_profiles) and old_profiles[a] <= new_profiles[b])
        from_new = a == len(old_profiles) or (b < len(new_profiles) and new_profiles[b] <= old_profiles[a])
        i = i_end = j = j_end = 0
        if from_old:
            profiles[n] = old_profiles[a]
            i, i_end = old_offsets[a], old_offsets[a + 1]
            a += 1
        if from_new:
            profiles[n] = new_profiles[b]
            j, j_end = new_offsets[b], new_offsets[b + 1]
            b += 1
        while i < i_end or j < j_end:
            if j == j_end:
                take_old = True
            elif i == i_end:
                take_old = False
            elif old_time[i] != new_time[j]:
                take_old = old_time[i] < new_time[j]
            elif old_millisecond[i] != new_millisecond[j]:
                take_old = old_millisecond[i] < new_millisecond[j]
            else:
                take_old = old_seq[i] < new_seq[j]
            if take_old:
                origin[w] = i
                i += 1
            else:
                origin[w] = -1 - j
                j += 1
            w += 1
        n += 1
        offsets[n] = w
    return profiles[:n], offsets[: n + 1], origin[:w]


def gather(old: npt.NDArray[Any], new: npt.NDArray[Any], origin: Index) -> npt.NDArray[Any]:
    """The merged column: old rows where `origin` is ≥ 0, else new row −1 − origin."""
    # numpy's own negative indexing does it: −1 − j counts from the end of the reversed new rows
    return np.concatenate([old, new[::-1]])[origin]
