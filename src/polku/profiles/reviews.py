"""Possibly the same person: two known users whom events have shown together. A person decides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from polku.profiles.graph import Edge, Pair
from polku.profiles.identity import IdentityMap
from polku.profiles.joining import Outcome


@dataclass(frozen=True, slots=True)
class Candidates:
    """Two profiles that may be one person, and the edges that say so, oldest first."""

    pair: Pair
    edges: tuple[Edge, ...]


def candidates(who: IdentityMap, conflicts: Sequence[Edge]) -> list[Candidates]:
    """Pairs of profiles to be judged: those with the most evidence first, then the newest."""
    users = [e for e in conflicts if e.outcome is Outcome.TWO_USERS]
    ends = np.array([(e.a, e.b) for e in users], np.uint64).reshape(-1, 2)
    pairs = zip(who.profiles(ends[:, 0]).tolist(), who.profiles(ends[:, 1]).tolist(), strict=True)
    found: dict[Pair, list[Edge]] = {}
    for edge, (p, q) in zip(users, pairs, strict=True):
        found.setdefault((min(p, q), max(p, q)), []).append(edge)
    ordered = sorted(found.items(), key=lambda f: (len(f[1]), f[1][-1].seq), reverse=True)
    return [Candidates(pair, tuple(edges)) for pair, edges in ordered]
