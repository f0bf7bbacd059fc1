"""Numbers for keys, in order of appearance: a hash table in flat arrays, which kernels and threads share."""

from __future__ import annotations

import secrets

import numpy as np
import numpy.typing as npt

from polku.store.kernels import kernel

Keys = npt.NDArray[np.uint64]
Numbers = npt.NDArray[np.int32]
Codes = npt.NDArray[np.int64]


def mixer() -> np.uint64:
    """What keys are mixed with, so that nobody can choose keys that collide."""
    return np.uint64(secrets.randbits(64) | 1)


def empty_slots(keys: int) -> Numbers:
    """Slots for as many keys."""
    return np.full(1 << max(4, (2 * keys - 1).bit_length()), -1, np.int32)


@kernel("u8[] i4[:] u8[:] i8 u8")
def enter(keys: Keys, slots: Numbers, known: Keys, count: int, mixer: np.uint64) -> tuple[Numbers, int]:
    """The number of each key, new numbers for new keys; and how many there are then.

    `slots` (a power of two long, at most half full) holds numbers, −1 where empty; `known` the key of each. A
    slot is never changed once set, so a reader who knows fewer numbers may look keys up meanwhile.
    """
    mask = np.uint64(len(slots) - 1)
    numbers = np.empty(len(keys), np.int32)
    for i in range(len(keys)):
        at = ((keys[i] * mixer) >> np.uint64(20)) & mask
        while slots[at] >= 0 and known[slots[at]] != keys[i]:
            at = (at + np.uint64(1)) & mask
        if slots[at] < 0:
            known[count] = keys[i]
            slots[at] = count
            count += 1
        numbers[i] = slots[at]
    return numbers, count


@kernel("u8[] i4[] u8[] i8 u8")
def find(keys: Keys, slots: Numbers, known: Keys, count: int, mixer: np.uint64) -> Numbers:
    """The number of each key; −1 where it has none among the first `count`."""
    mask = np.uint64(len(slots) - 1)
    numbers = np.empty(len(keys), np.int32)
    for i in range(len(keys)):
        at = ((keys[i] * mixer) >> np.uint64(20)) & mask
        while 0 <= slots[at] < count and known[slots[at]] != keys[i]:
            at = (at + np.uint64(1)) & mask
        # a key's way to its slot passes only keys older than itself: a newer one means that it is not there
        numbers[i] = slots[at] if slots[at] < count else -1
    return numbers


def ranked(keys: Keys) -> tuple[Keys, npt.NDArray[np.int64]]:
    """The distinct keys, ascending, and the place of each key among them."""
    known = np.empty(len(keys), np.uint64)
    numbers, count = enter(keys, empty_slots(len(keys)), known, 0, mixer())
    order = np.argsort(known[:count])
    rank = np.empty(count, np.int64)
    rank[order] = np.arange(count)
    return known[order], rank[numbers]


def distinct(codes: Codes) -> tuple[Codes, Codes]:
    """The distinct codes, ascending, and the place of each code among them; without sorting when they are dense."""
    low = int(codes.min())
    span = int(codes.max()) - low + 1
    if span > 4 * len(codes) + 65_536:
        found, at = np.unique(codes, return_inverse=True)
        return found, at
    seen = np.zeros(span, np.bool_)
    seen[codes - low] = True
    places = np.flatnonzero(seen)
    number = np.zeros(span, np.int64)
    number[places] = np.arange(len(places))
    return places + low, number[codes - low]
