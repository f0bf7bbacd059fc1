"""One moment of a workspace, from which one answer is read; and a customer in one row."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from polku.i18n import current_language
from polku.profiles import profile as view
from polku.profiles.encounters import Encounters, encounters
from polku.profiles.identity import Identities, IdentityMap
from polku.profiles.naming import Naming
from polku.profiles.people import display_name, shown_identifiers
from polku.profiles.search import IdentifierIndex, Named
from polku.profiles.timeline import Words
from polku.store import Snapshot
from polku.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Customer:
    """A row of the customers' table."""

    id: str
    name: str
    identifiers: tuple[str, ...]
    events: int
    first_seen: datetime
    last_seen: datetime
    orders: int
    value: float
    score: float | None


@dataclass(frozen=True, slots=True)
class Reading:
    """One moment of a workspace, for one answer."""

    who: IdentityMap
    snapshot: Snapshot
    words: Words
    index: IdentifierIndex
    workspace: Workspace

    @classmethod
    def now(cls, workspace: Workspace) -> Reading:
        snapshot = workspace.store.snapshot
        naming = workspace.part(Naming)
        words = Words(naming.names, naming.sources(), current_language())
        who = workspace.part(Identities).as_of(snapshot)
        return cls(who, snapshot, words, workspace.part(IdentifierIndex), workspace)

    def path(self, profile: int) -> Encounters:
        return encounters(profile, self.who, self.workspace.local.blocks, self.snapshot, self.words.names)

    def named(self, keys: Iterable[int]) -> list[Named]:
        return self.index.named(keys, self.snapshot)

    def customer(self, profile: int) -> Customer:
        those = self.named(self.who.members(profile))
        numbers = view.key_numbers(self.path(profile))
        return Customer(**called(profile, those), **{f: getattr(numbers, f) for f in _NUMBERS})


_NUMBERS = ("events", "first_seen", "last_seen", "orders", "value", "score")


def all_called(profiles: list[int], reading: Reading) -> dict[int, dict[str, Any]]:
    """Id, name and identifiers of several profiles, looked up at once."""
    members = {p: reading.who.members(p) for p in profiles}
    by_key: dict[int, list[Named]] = {}
    for n in reading.named(k for keys in members.values() for k in keys):
        by_key.setdefault(n.key, []).append(n)
    return {p: called(p, [n for k in keys for n in by_key.get(k, [])]) for p, keys in members.items()}


def called(profile: int, those: list[Named]) -> dict[str, Any]:
    shown = tuple(n.value for n in shown_identifiers(those))
    return {"id": f"{profile:016x}", "name": display_name(those), "identifiers": shown}
