"""What a decision would change, shown before it is made: which identifiers, and how many events, go where."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from polku.profiles.graph import Edge, Graph, Pair
from polku.profiles.identity import IdentityMap


@dataclass(frozen=True, slots=True)
class Move:
    """Identifiers that would leave one profile for another, with the events that came under them."""

    from_profile: str
    to_profile: str
    identifiers: tuple[str, ...]  # keys
    events: int


def ties(key: int, profile: Sequence[int], edges: Iterable[Edge]) -> list[Pair]:
    """The pairs to part so that `key` (and what hangs only on it) leaves the rest of its profile.

    `profile` are all its members, the leading one first, which stays.
    """
    joined = {e.pair for e in edges if e.outcome <= 1 and {e.a, e.b} <= set(profile)}
    staying, grew = {profile[0]}, True
    while grew:
        reached = {k for p in joined if key not in p and set(p) & staying for k in p}
        grew = not reached <= staying
        staying |= reached
    return sorted(p for p in joined if key in p and set(p) & staying)


def moves(
    before: IdentityMap, after: Graph, keys: Iterable[int], counts: Callable[[int], dict[int, int]]
) -> list[Move]:
    """Who of `keys` would be in another profile; `counts` tells a profile's events under each key."""
    asked = np.array(sorted(set(keys)), np.uint64)
    pairs = zip(before.profiles(asked).tolist(), after.profiles(asked).tolist(), strict=True)
    leaving: dict[tuple[int, int], list[int]] = {}
    for key, (old, new) in zip(asked.tolist(), pairs, strict=True):
        if old != new:
            leaving.setdefault((old, new), []).append(key)
    return [
        Move(
            f"{old:016x}",
            f"{new:016x}",
            tuple(f"{k:016x}" for k in several),
            sum(counts(old).get(k, 0) for k in several),
        )
        for (old, new), several in leaving.items()
    ]
