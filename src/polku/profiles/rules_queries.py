"""What people ask of the rules of identity."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from polku.answer import Answer
from polku.profiles import store
from polku.profiles.identity import Identities
from polku.profiles.rules import IdentityRules, RulesVersion
from polku.workspace import Query, Role, Workspace


@dataclass(frozen=True, slots=True)
class IdentifierType:
    """A type of identifier, how many a customer may have, and how many there are in all."""

    type: str
    limit: int
    identifiers: int


@dataclass(frozen=True, slots=True)
class RulesInForce(Answer):
    """The rules by which customers are joined, who put them in force, and those that held before."""

    number: int  # 0: those that Polku comes with
    rules: IdentityRules
    changed_by: str
    changed_at: datetime | None
    types: tuple[IdentifierType, ...]  # in order of priority
    earlier: tuple[RulesVersion, ...]  # the newest first


class ProfileRules(Query):
    """The rules by which customers are joined, and their history."""

    path: ClassVar[str] = "profiles/rules"
    role: ClassVar[Role] = "analyst"

    def answer(self, workspace: Workspace) -> RulesInForce:
        with workspace.db.session(read_only=True) as session:
            *earlier, now = store.rules_versions(session)
        known = workspace.part(Identities).types()
        ordered = in_order(now.rules, known)
        types = tuple(IdentifierType(t, now.rules.limit_of(t), known.get(t, 0)) for t in ordered)
        return RulesInForce(
            now.number, now.rules, now.changed_by, now.changed_at, types, tuple(reversed(earlier))
        )


def in_order(rules: IdentityRules, known: dict[str, int]) -> list[str]:
    """All types that the rules name or that there are, by priority; equals by how many there are."""
    named = dict.fromkeys([*rules.priority, *rules.limits, *known])
    return sorted(named, key=lambda t: (rules.priority_of(t), -known.get(t, 0), t))
