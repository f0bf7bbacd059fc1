"""Between profiles and addresses: who an address is of, where a profile can be reached, and by what it is known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final

import numpy as np
import pyarrow as pa
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from polku.profiles import Identities
from polku.profiles.search import IdentifierIndex, Named
from polku.profiles.trait_columns import TraitColumns
from polku.store.keys import identifier_keys
from polku.surveys.distribution.tables import RecipientRow
from polku.surveys.inviting import Contact
from polku.surveys.inviting.opting_out import parts, profile_key
from polku.surveys.inviting.tables import Invitation
from polku.workspace import Workspace

_LABELS: Final = frozenset({"name"})
_OPEN: Final = ("waiting", "queued", "sent")


def profiles_of(workspace: Workspace, addresses: Sequence[str]) -> dict[str, int]:
    """The profile of each address (in small letters), also of those that no event has had yet.

    Addresses that rules of identity take for nobody's are left out.
    """
    if not addresses:
        return {}
    keys = identifier_keys("email", pa.chunked_array([pa.array(addresses, pa.string())]))
    found = workspace.part(Identities).current().profiles(keys)
    return {a: p for a, p in zip(addresses, found.tolist(), strict=True) if p}


def contacts(workspace: Workspace, profiles: Iterable[int]) -> dict[int, Contact]:
    """How profiles can be reached: the address that was seen last, and the language that they are known to read."""
    wanted = list(dict.fromkeys(profiles))
    named = _named(workspace, wanted)
    languages = _languages(workspace, wanted)
    found = {}
    for profile in wanted:
        address = next((n.value for n in reversed(named[profile]) if n.type == "email"), None)
        found[profile] = Contact("email" if address else None, address, None, languages.get(profile, ""))
    return found


def identifier_of(workspace: Workspace, survey: str, profile: int) -> tuple[str, str] | None:
    """Type and value of an identifier of a profile's, by which an answer gets onto its path.

    One only, since two in an event would say that they are the same person's. A profile's key is mostly that of one of
    its identifiers: then this needs no kernels, which may not be ready when somebody answers.
    """
    snapshot = workspace.store.snapshot
    for named in workspace.part(IdentifierIndex).named([profile], snapshot):
        if named.type not in _LABELS:
            return named.type, named.value
    with workspace.db.session(read_only=True) as session:
        address = recipient(session, survey, profile_key(profile))
    if address:
        return "email", address
    those = _named(workspace, [profile])[profile]
    return next(((n.type, n.value) for n in those if n.type not in _LABELS), None)


def recipient(session: Session, survey: str, profile: str) -> str:
    """The address that a list gave of a profile's; empty: none did."""
    row = session.get(RecipientRow, (survey, profile))
    return row.address if row else ""


def keep_recipients(session: Session, survey: str, addresses: Mapping[int, str], now: datetime) -> None:
    """Keep the addresses of profiles that a list named, in place of earlier ones."""
    for profile, address in addresses.items():
        session.merge(
            RecipientRow(survey=survey, profile=profile_key(profile), address=address, added_at=now)
        )


def forget_recipients(session: Session) -> int:
    """Forget addresses of those who are asked nothing any more; how many."""
    rows = session.execute(select(RecipientRow.survey, RecipientRow.profile)).all()
    by_survey: dict[str, list[str]] = {}
    for survey, profile in rows:
        by_survey.setdefault(survey, []).append(profile)
    gone = 0
    for survey, those in by_survey.items():
        for part in parts(iter(those)):
            open_ = set(
                session.scalars(
                    select(Invitation.profile).where(
                        Invitation.survey == survey,
                        Invitation.state.in_(_OPEN),
                        Invitation.profile.in_(part),
                    )
                )
            )
            over = [p for p in part if p not in open_]
            session.execute(
                delete(RecipientRow).where(RecipientRow.survey == survey, RecipientRow.profile.in_(over))
            )
            gone += len(over)
    return gone


def _named(workspace: Workspace, profiles: Sequence[int]) -> dict[int, list[Named]]:
    """Identifiers of profiles, as they were first seen."""
    who = workspace.part(Identities).current()
    members = {p: who.members(p) for p in profiles}
    of = {key: p for p, keys in members.items() for key in keys}
    found: dict[int, list[Named]] = {p: [] for p in profiles}
    for named in workspace.part(IdentifierIndex).named(of, workspace.store.snapshot):
        found[of[named.key]].append(named)
    return found


def _languages(workspace: Workspace, profiles: Sequence[int]) -> dict[int, str]:
    column = workspace.part(TraitColumns).column("language")
    codes = column.of(np.array(profiles, np.uint64)).tolist()
    return {p: column.values[c].strip()[:2].lower() for p, c in zip(profiles, codes, strict=True) if c >= 0}
