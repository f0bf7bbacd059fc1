"""Whom a case is about: as its page tells of them, and where they can be reached."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from polku.cases.tables import CaseAnswerRow
from polku.profiles import IdentifierIndex, Identities
from polku.profiles.people import display_name, shown_identifiers
from polku.profiles.search import Named
from polku.surveys.distribution.people import contacts
from polku.workspace import Workspace

_TOLD: Final = ("email", "phone", "user_id")


@dataclass(frozen=True, slots=True)
class CaseCustomer:
    """`profile` is the one that it is now, of 16 digits; `contacts` are (type, value); `email` empty: none is known."""

    profile: str
    name: str
    contacts: Sequence[tuple[str, str]]
    email: str
    language: str


def customer(workspace: Workspace, profile: str) -> CaseCustomer:
    """The customer that a case's profile is of now, since profiles may have been joined."""
    who = workspace.part(Identities).current()
    now = who.profile(int(profile, 16)) or int(profile, 16)
    named = _named(workspace, [now])[now]
    reached = contacts(workspace, [now])[now]
    told = [(n.type, n.value) for n in shown_identifiers(named) if n.type in _TOLD]
    return CaseCustomer(f"{now:016x}", display_name(named), told, reached.address or "", reached.language)


def names(workspace: Workspace, profiles: Iterable[str]) -> dict[str, str]:
    """How the customers of these profiles are called."""
    who = workspace.part(Identities).current()
    now = {p: who.profile(int(p, 16)) or int(p, 16) for p in set(profiles)}
    named = _named(workspace, list(now.values()))
    return {p: display_name(named[profile]) for p, profile in now.items()}


def comments(workspace: Workspace, answers: Sequence[CaseAnswerRow]) -> dict[int, str]:
    """What was said in answers, by event: as it was written where the event is there, else without personal data."""
    snapshot = workspace.store.snapshot
    rows = snapshot.rows(np.array([a.seq for a in answers], np.int64), ["properties"]).to_pylist()
    written = {r["seq"]: json.loads(r["properties"] or "{}").get("comment") for r in rows}
    return {a.seq: c if isinstance(c := written.get(a.seq), str) else a.comment for a in answers}


def _named(workspace: Workspace, profiles: Sequence[int]) -> dict[int, list[Named]]:
    who = workspace.part(Identities).current()
    of = {key: p for p in profiles for key in who.members(p)}
    found: dict[int, list[Named]] = {p: [] for p in profiles}
    for named in workspace.part(IdentifierIndex).named(of, workspace.store.snapshot):
        found[of[named.key]].append(named)
    return found
