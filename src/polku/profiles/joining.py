"""Kernels of identity: a hash table of identifier keys, and joining them edge by edge."""

from __future__ import annotations

from enum import IntEnum

import numpy as np
import numpy.typing as npt

from polku.store.kernels import kernel

Keys = npt.NDArray[np.uint64]
Nodes = npt.NDArray[np.int32]
Seqs = npt.NDArray[np.int64]
Codes = npt.NDArray[np.int32]


class Outcome(IntEnum):
    """What became of an edge."""

    JOINED = 0  # made one profile of two
    TOGETHER = 1  # its ends were one profile already
    BLOCKED = 2  # one end is a value that means nobody
    TWO_USERS = 3  # both profiles are known users: a person decides
    OVER_LIMIT = 4  # the profile would have too many identifiers of a type
    REMOVED = 5  # a person said that they do not belong together


_BLOCKED = np.int64(Outcome.BLOCKED)
_TWO_USERS = np.int64(Outcome.TWO_USERS)
_OVER_LIMIT = np.int64(Outcome.OVER_LIMIT)
_REMOVED = np.int64(Outcome.REMOVED)


@kernel("u8[] i4[:] u8[:] i8 u8")
def enter(keys: Keys, slots: Nodes, node_keys: Keys, count: int, mixer: int) -> tuple[Nodes, int]:
    """The node of each key, new nodes for new keys; and how many nodes there are then.

    `slots` (a power of two long, at most half full) holds node numbers, −1 where empty. A slot is never
    changed once set, so a reader who knows fewer nodes may look keys up meanwhile.
    """
    mask = np.uint64(len(slots) - 1)
    nodes = np.empty(len(keys), np.int32)
    for i in range(len(keys)):
        at = ((keys[i] * mixer) >> np.uint64(20)) & mask
        while slots[at] >= 0 and node_keys[slots[at]] != keys[i]:
            at = (at + np.uint64(1)) & mask
        if slots[at] < 0:
            node_keys[count] = keys[i]
            slots[at] = count
            count += 1
        nodes[i] = slots[at]
    return nodes, count


@kernel("u8[] i4[] u8[] i8 u8")
def find(keys: Keys, slots: Nodes, node_keys: Keys, count: int, mixer: int) -> Nodes:
    """The node of each key; −1 where it has none among the first `count`."""
    mask = np.uint64(len(slots) - 1)
    nodes = np.empty(len(keys), np.int32)
    for i in range(len(keys)):
        at = ((keys[i] * mixer) >> np.uint64(20)) & mask
        while 0 <= slots[at] < count and node_keys[slots[at]] != keys[i]:
            at = (at + np.uint64(1)) & mask
        # a key's way to its slot passes only nodes older than itself: a newer one means that it is not there
        nodes[i] = slots[at] if slots[at] < count else -1
    return nodes


@kernel("u8[] i4[] u8[] i4[] u8")
def profiles_of(keys: Keys, slots: Nodes, node_keys: Keys, root: Nodes, mixer: int) -> Keys:
    """The profile of each key: its root's key, itself if it has no node, 0 if it is blocked."""
    mask = np.uint64(len(slots) - 1)
    count = len(root)
    profiles = keys.copy()
    for i in range(len(keys)):
        at = ((keys[i] * mixer) >> np.uint64(20)) & mask
        while 0 <= slots[at] < count and node_keys[slots[at]] != keys[i]:
            at = (at + np.uint64(1)) & mask
        if 0 <= slots[at] < count:
            r = root[slots[at]]
            profiles[i] = node_keys[r] if r >= 0 else np.uint64(0)
    return profiles


@kernel("i4[] i4[] b1[] b1[] u8[] i4[] i8[] i4[] i4[] i4[:] i4[:] i4[:]")
def join(
    a: Nodes,
    b: Nodes,
    forced: npt.NDArray[np.bool_],
    removed: npt.NDArray[np.bool_],
    key: Keys,
    type_: Codes,
    seq: Seqs,
    limit: Codes,
    priority: Codes,
    root: Nodes,
    size: Nodes,
    following: Nodes,
) -> tuple[npt.NDArray[np.uint8], Codes]:
    """Join the ends of each edge, in order; what became of each, and the type whose limit stood in the way.

    `root[n]` is the node that gives n's profile its id (−1: blocked), `following` closes each profile's nodes
    to a ring; type 0 is the user id. Profiles are small (limits!), so a join simply walks the smaller rings.
    """
    outcome = np.zeros(len(a), np.uint8)
    hindrance = np.full(len(a), -1, np.int32)
    mine = np.zeros(len(limit), np.int32)
    for e in range(len(a)):
        if removed[e]:
            outcome[e] = _REMOVED
            continue
        p, q = root[a[e]], root[b[e]]
        if p < 0 or q < 0:
            outcome[e] = _BLOCKED
            continue
        if p == q:
            outcome[e] = 1
            continue
        if size[p] < size[q]:
            p, q = q, p
        if not forced[e]:
            n = p
            for _ in range(size[p]):
                mine[type_[n]] += 1
                n = following[n]
            # `mine` of the larger, less what the limit leaves for the smaller
            worst = -1
            n = q
            for _ in range(size[q]):
                t = type_[n]
                if mine[t] > 0:
                    mine[t] += 1
                    if mine[t] > limit[t] and (worst < 0 or priority[t] < priority[worst]):
                        worst = t
                n = following[n]
            n = p
            for _ in range(size[p]):
                mine[type_[n]] = 0
                n = following[n]
            if worst >= 0:
                outcome[e] = _TWO_USERS if worst == 0 else _OVER_LIMIT
                hindrance[e] = worst
                continue
        better = False  # whether q's root gives the id: a user before others, then who was seen first
        if (type_[q] == 0) != (type_[p] == 0):
            better = type_[q] == 0
        elif seq[q] != seq[p]:
            better = seq[q] < seq[p]
        elif priority[type_[q]] != priority[type_[p]]:
            better = priority[type_[q]] < priority[type_[p]]
        else:
            better = key[q] < key[p]
        top, under = (q, p) if better else (p, q)
        n = under
        for _ in range(size[under]):
            root[n] = top
            n = following[n]
        size[top] += size[under]
        following[top], following[under] = following[under], following[top]
    return outcome, hindrance


@kernel("i4[] i4[] i8 i4[:] i4[:]")
def link(a: Nodes, b: Nodes, first: int, newest: Nodes, older: Nodes) -> None:
    """Remember which edges touch a node: `newest[n]` and then `older[…]` are half-edges, 2·edge + side."""
    for i in range(len(a)):
        e = first + i
        older[2 * e] = newest[a[i]]
        newest[a[i]] = 2 * e
        older[2 * e + 1] = newest[b[i]]
        newest[b[i]] = 2 * e + 1
