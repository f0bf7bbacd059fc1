"""What a role may do: an agent reads customers and their paths and deals with cases, an analyst works on all of that,
an administrator also decides who may what. The one place that says so: each page and address asks one of `require_…`
in visitor.py.
"""

from __future__ import annotations

from typing import Final

from polku.workspace import Role

ROLES: Final[tuple[Role, ...]] = ("admin", "analyst", "agent")
"""From the one that may most to the one that may least."""


def covers(role: str, needed: Role) -> bool:
    """Whether who has `role` may do what takes `needed`. A role that nobody knows may nothing."""
    return role in ROLES and ROLES.index(role) <= ROLES.index(needed)


def lesser(one: str, other: str) -> str:
    """The role that may less."""
    return max(one, other, key=lambda r: ROLES.index(r) if r in ROLES else len(ROLES))
