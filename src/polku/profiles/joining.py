"""Kernels of identity: the profiles of keys, and joining them edge by edge."""

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


ROOT, SIZE, FOLLOWING, TYPE = range(4)
"""Columns of the body of a node, see `join`."""

_TOGETHER = np.int64(Outcome.TOGETHER)
_BLOCKED = np.int64(Outcome.BLOCKED)
_TWO_USERS = np.int64(Outcome.TWO_USERS)
_OVER_LIMIT = np.int64(Outcome.OVER_LIMIT)
_REMOVED = np.int64(Outcome.REMOVED)


@kernel("u8[] i4[] u8[] i4[] u8")
def profiles_of(keys: Keys, slots: Nodes, node_keys: Keys, root: Nodes, mixer: np.uint64) -> Keys:
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


@kernel("i4[] i4[] b1[] b1[] u8[] i8[] i4[] i4[] i4[:,:]")
def join(
    a: Nodes,
    b: Nodes,
    forced: npt.NDArray[np.bool_],
    removed: npt.NDArray[np.bool_],
    key: Keys,
    seq: Seqs,
    limit: Codes,
    priority: Codes,
    body: npt.NDArray[np.int32],
) -> tuple[npt.NDArray[np.uint8], Codes]:
    """Join the ends of each edge, in order; what became of each, and the type whose limit stood in the way.

    Of each node `body` holds, side by side since they are read together: ROOT, the node that gives its
    profile the id (−1: blocked); SIZE, of the profile, at its root; FOLLOWING, which closes a profile's nodes
    to a ring; TYPE, 0 being the user id. Profiles are small (limits!), so a join simply walks the rings.
    """
    outcome = np.zeros(len(a), np.uint8)
    hindrance = np.full(len(a), -1, np.int32)
    tally = np.zeros(len(limit), np.int32)
    types = np.zeros(len(limit), np.int32)
    for e in range(len(a)):
        if removed[e]:
            outcome[e] = _REMOVED
            continue
        p, q = body[a[e], ROOT], body[b[e], ROOT]
        if p < 0 or q < 0:
            outcome[e] = _BLOCKED
            continue
        if p == q:
            outcome[e] = _TOGETHER
            continue
        if body[p, SIZE] < body[q, SIZE]:
            p, q = q, p
        if not forced[e]:
            used = 0
            n = p
            for _ in range(body[p, SIZE]):
                t = body[n, TYPE]
                if tally[t] == 0:
                    types[used] = t
                    used += 1
                tally[t] += 1
                n = body[n, FOLLOWING]
            worst = -1
            n = q
            for _ in range(body[q, SIZE]):
                t = body[n, TYPE]
                if tally[t] > 0:
                    tally[t] += 1
                    if tally[t] > limit[t] and (worst < 0 or priority[t] < priority[worst]):
                        worst = t
                n = body[n, FOLLOWING]
            for i in range(used):
                tally[types[i]] = 0
            if worst >= 0:
                outcome[e] = _TWO_USERS if worst == 0 else _OVER_LIMIT
                hindrance[e] = worst
                continue
        t, u = body[p, TYPE], body[q, TYPE]
        better = False  # whether q's root gives the id: a user before others, then who was seen first
        if (u == 0) != (t == 0):
            better = u == 0
        elif seq[q] != seq[p]:
            better = seq[q] < seq[p]
        elif priority[u] != priority[t]:
            better = priority[u] < priority[t]
        else:
            better = key[q] < key[p]
        top, under = (q, p) if better else (p, q)
        n = under
        for _ in range(body[under, SIZE]):
            body[n, ROOT] = top
            n = body[n, FOLLOWING]
        body[top, SIZE] += body[under, SIZE]
        body[top, FOLLOWING], body[under, FOLLOWING] = body[under, FOLLOWING], body[top, FOLLOWING]
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
