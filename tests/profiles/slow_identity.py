"""Identity once more, slow and obvious: sets of keys, joined edge by edge."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass


@dataclass(frozen=True)
class Named:
    key: int
    type: str
    value: str
    seq: int


@dataclass(frozen=True)
class Link:
    a: int
    b: int
    seq: int


def slow_profiles(
    named: list[Named],
    links: list[Link],
    *,
    limit: int,
    blocked: set[str],
    removed: set[frozenset[int]] = frozenset(),
    approved: list[tuple[int, int, int]] = (),
) -> tuple[dict[int, int], list[str]]:
    """The profile of each key, and what became of each link in the order in which they were taken."""
    of = {n.key: n for n in named}
    rank = {"user_id": 0, "email": 1}
    groups = {n.key: frozenset([n.key]) for n in named}
    todo = [(x.seq, rank.get(of[x.b].type, 2), i, x.a, x.b, False) for i, x in enumerate(links)]
    todo += [(after, 99, i, a, b, True) for i, (a, b, after) in enumerate(approved)]
    outcomes = []
    for _, _, _, a, b, forced in sorted(todo):
        if frozenset((a, b)) in removed:
            outcomes.append("removed")
        elif of[a].value in blocked or of[b].value in blocked:
            outcomes.append("blocked")
        elif groups[a] == groups[b]:
            outcomes.append("together")
        else:
            one, other = (Counter(of[k].type for k in groups[x]) for x in (a, b))
            over = [t for t in one if other[t] and one[t] + other[t] > (1 if t == "user_id" else limit)]
            if over and not forced:
                outcomes.append("two_users" if "user_id" in over else "over_limit")
                continue
            whole = groups[a] | groups[b]
            for key in whole:
                groups[key] = whole
            outcomes.append("joined")

    def identity(key: int) -> int:
        if of[key].value in blocked:
            return 0
        return min(
            groups[key], key=lambda k: (of[k].type != "user_id", of[k].seq, rank.get(of[k].type, 2), k)
        )

    return {n.key: identity(n.key) for n in named}, outcomes
