"""Identifiers that were seen with a customer's and yet are not the customer's, and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from polku.profiles.graph import Edge
from polku.profiles.identity import IdentityMap
from polku.profiles.joining import Outcome
from polku.profiles.search import Named

MOST_SHOWN: Final = 5

Seen = Mapping[int, tuple[str, datetime, str]]
"""Name, moment and source of events by their sequence number."""

Reason = Literal["limit", "two_users", "nobody"]
_REASONS: Final[dict[Outcome, Reason]] = {
    Outcome.OVER_LIMIT: "limit",
    Outcome.TWO_USERS: "two_users",
    Outcome.BLOCKED: "nobody",
}


@dataclass(frozen=True, slots=True)
class LeftOut:
    """An identifier that an event showed with a customer's. It stayed out because the customer would have had
    too many of `limit_type` (limit), because both are known (two_users), or because it means nobody."""

    type: str
    value: str
    reason: Reason
    limit_type: str  # empty but for a limit
    profile: str  # whose it is; empty: nobody's
    event: str
    at: datetime | None


def refused(profile: int, who: IdentityMap) -> list[tuple[int, Edge]]:
    """The keys that stayed out of a profile, each with the edge that last said so, newest first."""
    inside = set(who.members(profile))
    found: dict[int, Edge] = {}
    for edge in who.evidence(profile):
        apart = {edge.a, edge.b} - inside
        if edge.outcome in _REASONS and apart:
            found[apart.pop()] = edge
    return sorted(found.items(), key=lambda f: f[1].seq, reverse=True)


def left_out(
    those: Iterable[tuple[int, Edge]], who: IdentityMap, named: Iterable[Named], seen: Seen
) -> tuple[LeftOut, ...]:
    """What `refused` found, in words."""
    names = {n.key: n for n in named}
    return tuple(_in_words(key, edge, who, names[key], seen) for key, edge in those if key in names)


def _in_words(key: int, edge: Edge, who: IdentityMap, name: Named, seen: Seen) -> LeftOut:
    reason, whose = _REASONS[edge.outcome], who.profile(key)
    event, at, _ = seen.get(edge.seq, ("", None, ""))
    return LeftOut(
        name.type,
        name.value,
        reason,
        edge.hindrance if reason == "limit" else "",
        f"{whose:016x}" if whose else "",
        event,
        at,
    )
