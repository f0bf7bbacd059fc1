"""What somebody changed in the rules of identity."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from polku.profiles.rules import IdentityRules, RulesVersion


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that differs between two versions of the rules, as it was and as it became.

    Of a limit None says that it is that of the other types; of types in order and of values only `after` counts.
    """

    what: Literal["limit", "limit_of", "priority", "blocked", "no_longer_blocked"]
    before: int | None = None
    after: int | None = None
    type: str = ""
    listed: tuple[str, ...] = ()  # types in their order, or values


@dataclass(frozen=True, slots=True)
class RulesChange:
    """A version of the rules and what it changed in the one before."""

    version: RulesVersion
    before: int  # the number of the one before
    differences: tuple[Difference, ...]


def changes(versions: Sequence[RulesVersion]) -> list[RulesChange]:
    """What each version but the first changed, newest first; `versions` oldest first."""
    made = [
        RulesChange(new, old.number, differences(old.rules, new.rules)) for old, new in pairwise(versions)
    ]
    return made[::-1]


def differences(before: IdentityRules, after: IdentityRules) -> tuple[Difference, ...]:
    """What differs, the limits first."""
    found = []
    if before.limit != after.limit:
        found.append(Difference("limit", before.limit, after.limit))
    for type_ in dict.fromkeys([*before.limits, *after.limits]):
        old, new = before.limits.get(type_), after.limits.get(type_)
        if old != new:
            found.append(Difference("limit_of", old, new, type_))
    if tuple(before.priority) != tuple(after.priority):
        found.append(Difference("priority", listed=tuple(after.priority)))
    for what, one, other in (
        ("blocked", after.blocked, before.blocked),
        ("no_longer_blocked", before.blocked, after.blocked),
    ):
        if listed := tuple(v for v in one if v not in other):
            found.append(Difference(what, listed=listed))  # type: ignore[arg-type]  # of the two above
    return tuple(found)
