"""Kernels of whole paths: each profile's path as a 64-bit number, and how often each number occurs.

Of five million different paths two share a number once in a million times (5·10⁶ squared, of 2 · 2⁶⁴).
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from polku.journeys.asking.kernels import Codes, Counts, Times
from polku.journeys.asking.quantiles import FINE
from polku.store.kernels import kernel

Hashes = npt.NDArray[np.uint64]
Flags = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.uint32]

PARTS: Final = 256
"""Hashes are grouped by their first eight bits, so that the tables in which they are looked up stay in the cache."""


@kernel("i8[] i8[] u4[] u2[] i8 i8 b1", awaited=False)
def hash_paths(
    starts: Counts, ends: Counts, time: Times, number: Codes, outcome: int, longest: int, collapse: bool
) -> tuple[Hashes, Numbers, Flags, Flags]:
    """Each journey's path up to the first event of number `outcome` (−1: none), or to its end: a hash of its first
    `longest` steps (0: there is no path), the seconds from its first event to its last or to the outcome, whether it
    meets the outcome, and whether it has more steps than are looked at. With `collapse`, steps that repeat the one
    before are none."""
    n = len(starts)
    hashes, seconds = np.zeros(n, np.uint64), np.zeros(n, np.uint32)
    met, cut = np.zeros(n, np.bool_), np.zeros(n, np.bool_)
    for p in range(n):
        h, end, length, last, final = np.uint64(0), ends[p], 0, np.int64(-1), ends[p] - 1
        for i in range(starts[p], ends[p]):
            k = np.int64(number[i])
            if k == outcome:
                met[p], end = True, i
                break
            if collapse and k == last:
                continue
            if length < longest:
                h = (h ^ np.uint64(k + 1)) * np.uint64(0x9E3779B97F4A7C15)
                h ^= h >> np.uint64(29)
            length, last, final = length + 1, k, i
        if length > 0:
            h = (h ^ np.uint64(min(length, longest))) * np.uint64(0xC2B2AE3D27D4EB4F)
            h ^= h >> np.uint64(32)
            hashes[p] = max(h, np.uint64(1))
            seconds[p] = time[end if met[p] else final] - time[starts[p]]
            cut[p] = length > longest
    return hashes, seconds, met, cut


@kernel("u8[] b1[]", awaited=False)
def group(hashes: Hashes, met: Flags) -> tuple[Hashes, Numbers, Numbers, Counts]:
    """The different hashes other than 0, by their first eight bits, how often each occurs and how often with the
    outcome; and where each of the 256 parts begins and the last one ends."""
    begins = np.zeros(PARTS + 1, np.int64)
    for h in hashes:
        if h != 0:
            begins[np.int64(h >> np.uint64(56)) + 1] += 1
    for r in range(PARTS):
        begins[r + 1] += begins[r]
    at = begins[:-1].copy()
    sorted_, with_ = np.empty(begins[PARTS], np.uint64), np.empty(begins[PARTS], np.uint32)
    for p in range(len(hashes)):
        h = hashes[p]
        if h != 0:
            part = np.int64(h >> np.uint64(56))
            sorted_[at[part]], with_[at[part]] = h, np.uint32(met[p])
            at[part] += 1
    most = 0
    for r in range(PARTS):
        most = max(most, int(begins[r + 1] - begins[r]))
    slots = np.empty(4 * most + 16, np.int32)
    counts = np.empty(len(sorted_), np.uint32)
    bounds = np.zeros(PARTS + 1, np.int64)
    used = 0
    for r in range(PARTS):
        room = 16
        while room < 2 * (begins[r + 1] - begins[r]):
            room *= 2
        slots[:room], mask = -1, np.uint64(room - 1)
        for i in range(begins[r], begins[r + 1]):
            h = sorted_[i]
            s = (h >> np.uint64(8)) & mask
            while slots[s] >= 0 and sorted_[slots[s]] != h:
                s = (s + np.uint64(1)) & mask
            g = slots[s]
            if g < 0:  # what is kept never overtakes what is read
                slots[s] = used
                sorted_[used], counts[used], with_[used] = h, 1, with_[i]
                used += 1
            else:
                counts[g] += 1
                with_[g] += with_[i]
        bounds[r + 1] = used
    return sorted_[:used].copy(), counts[:used].copy(), with_[:used].copy(), bounds


@kernel("u8[] u4[] u4[] i8[:,:] i8", awaited=False)
def add_up(
    hashes: Hashes, counts: Numbers, met: Numbers, bounds: Counts, fewest: int
) -> tuple[Hashes, Counts, Counts, int, int]:
    """What `group` gave for several blocks, one after the other (`bounds`: where the parts of each are), as one: the
    hashes that occur `fewest` times or more, how often, how often with the outcome; how many different ones there are
    in all, and how many of them occur once."""
    blocks = len(bounds)
    most, total = 0, 0
    for r in range(PARTS):
        size = 0
        for b in range(blocks):
            size += bounds[b, r + 1] - bounds[b, r]
        most = max(most, size)
    for c in counts:
        total += int(c)
    slots = np.empty(4 * most + 16, np.int32)
    known, times, with_ = np.empty(most, np.uint64), np.empty(most, np.int64), np.empty(most, np.int64)
    few = total // fewest + 1
    frequent, often, often_with = np.empty(few, np.uint64), np.empty(few, np.int64), np.empty(few, np.int64)
    kept, different, single = 0, 0, 0
    for r in range(PARTS):
        size, room = 0, 16
        for b in range(blocks):
            size += bounds[b, r + 1] - bounds[b, r]
        while room < 2 * size:
            room *= 2
        slots[:room], mask = -1, np.uint64(room - 1)
        used = 0
        for b in range(blocks):
            for i in range(bounds[b, r], bounds[b, r + 1]):
                h = hashes[i]
                s = (h >> np.uint64(8)) & mask
                while slots[s] >= 0 and known[slots[s]] != h:
                    s = (s + np.uint64(1)) & mask
                g = slots[s]
                if g < 0:
                    slots[s] = used
                    known[used], times[used], with_[used] = h, counts[i], met[i]
                    used += 1
                else:
                    times[g] += counts[i]
                    with_[g] += met[i]
        different += used
        for g in range(used):
            single += int(times[g] == 1)
            if times[g] >= fewest:
                frequent[kept], often[kept], often_with[kept] = known[g], times[g], with_[g]
                kept += 1
    return frequent[:kept].copy(), often[:kept].copy(), often_with[:kept].copy(), different, single


@kernel("u8[] u4[] u8[] i4[] u8", awaited=False)
def look_up(
    hashes: Hashes, seconds: Numbers, wanted: Hashes, slots: npt.NDArray[np.int32], mixer: np.uint64
) -> tuple[Counts, Numbers]:
    """For each hash that is wanted (`slots` find it, see polku.store.numbering) the place of a profile that has it, −1
    if none has, and the lengths of time of all that have it, in narrow bins (polku.journeys.asking.quantiles)."""
    places = np.full(len(wanted), -1, np.int64)
    lengths = np.zeros((len(wanted), FINE), np.uint32)
    mask = np.uint64(len(slots) - 1)
    for p in range(len(hashes)):
        s = ((hashes[p] * mixer) >> np.uint64(20)) & mask
        while slots[s] >= 0 and wanted[slots[s]] != hashes[p]:
            s = (s + np.uint64(1)) & mask
        v = slots[s]
        if v >= 0:
            places[v] = p
            t = np.int64(seconds[p])
            lengths[v, 0 if t == 0 else (np.float64(t).view(np.int64) >> 44) - 261_887] += 1
    return places, lengths
