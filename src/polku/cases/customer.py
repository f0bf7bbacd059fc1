"""Whom a case is about: as its page tells of them, and where they can be reached."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import numpy as np

from polku import originals
from polku.cases.tables import CaseAnswerRow
from polku.profiles import IdentifierIndex, Identities
from polku.profiles.people import display_name, shown_identifiers
from polku.profiles.search import Named
from polku.surveys.distribution.people import contacts
from polku.text import redacted
from polku.web.tables import User
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


def comments(workspace: Workspace, answers: Sequence[CaseAnswerRow], reader: User) -> dict[int, str]:
    """What was said in answers, by event: as the customer wrote it where that is kept, else without personal data.

    Who deals with a case may need what stands there, such as a number to call. That the reader saw it is written down.
    """
    snapshot, now = workspace.store.snapshot, datetime.now(UTC)
    columns = ["source", "event_id", "properties"]
    rows = snapshot.rows(np.array([a.seq for a in answers], np.int64), columns).to_pylist()
    found, seen = {a.seq: a.comment for a in answers}, []
    with workspace.db.session(read_only=True) as session:
        for row in rows:
            said = json.loads(row["properties"] or "{}").get("comment")
            if not isinstance(said, str):
                continue
            source, event_id = row["source"], row["event_id"]
            kept = originals.original(session, source, event_id).values()
            written = next((text for text in kept if redacted(text).text == said), None)
            found[row["seq"]] = written or said
            if written:
                seen.append((source, event_id))
    if seen:  # else nothing is written: a session that writes tells all caches that they may be old
        with workspace.db.session() as session:
            for source, event_id in seen:
                originals.note_look(
                    session, source, event_id, user_id=reader.id, user_name=reader.name, now=now
                )
    return found


def _named(workspace: Workspace, profiles: Sequence[int]) -> dict[int, list[Named]]:
    who = workspace.part(Identities).current()
    of = {key: p for p in profiles for key in who.members(p)}
    found: dict[int, list[Named]] = {p: [] for p in profiles}
    for named in workspace.part(IdentifierIndex).named(of, workspace.store.snapshot):
        found[of[named.key]].append(named)
    return found
