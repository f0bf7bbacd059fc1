"""Between profiles and addresses: who an address is of, where a profile can be reached, and by what it is known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import numpy as np
import pyarrow as pa
from sqlalchemy import delete, exists, insert
from sqlalchemy.orm import Session

from polku.profiles import Identities
from polku.profiles.people import display_name
from polku.profiles.search import IdentifierIndex, Named
from polku.profiles.trait_columns import TraitColumns
from polku.store.keys import identifier_keys
from polku.surveys.distribution.addresses import phone_number
from polku.surveys.distribution.tables import RecipientRow
from polku.surveys.inviting import AddressKind, Contact
from polku.surveys.inviting.opting_out import parts, profile_key
from polku.surveys.inviting.tables import Invitation
from polku.workspace import Workspace

_LABELS: Final = frozenset({"name"})
_OPEN: Final = ("waiting", "queued", "sent")


_YES: Final = frozenset(
    {"true", "yes", "y", "1", "on", "granted", "opted_in", "subscribed", "kyllä", "joo", "sallittu"}
)
_NO: Final = frozenset(
    {"false", "no", "n", "0", "off", "denied", "opted_out", "unsubscribed", "ei", "kielletty", "kielto"}
)
IDENTIFIERS: Final = {"email": "email", "sms": "phone"}
"""The type of identifier that a channel writes to."""


def profiles_of(workspace: Workspace, addresses: Sequence[str], channel: str = "email") -> dict[str, int]:
    """The profile of each address (e-mail in small letters), also of those that no event has had yet.

    Addresses that rules of identity take for nobody's are left out.
    """
    if not addresses:
        return {}
    keys = identifier_keys(IDENTIFIERS[channel], pa.chunked_array([pa.array(addresses, pa.string())]))
    found = workspace.part(Identities).current().profiles(keys)
    return {a: p for a, p in zip(addresses, found.tolist(), strict=True) if p}


def contacts(
    workspace: Workspace, profiles: Iterable[int], channel: AddressKind = "email", *, consent_trait: str = ""
) -> dict[int, Contact]:
    """How profiles can be reached: the address that was seen last, whether they agreed (None: not known), and the
    language that they are known to read."""
    wanted = list(dict.fromkeys(profiles))
    named, languages = _named(workspace, wanted), languages_of(workspace, wanted)
    agreed = consents(workspace, wanted, consent_trait)
    found = {}
    for profile in wanted:
        seen = (n.value for n in reversed(named[profile]) if n.type == IDENTIFIERS[channel])
        address = next(seen if channel == "email" else filter(None, map(phone_number, seen)), None)
        kind = channel if address else None
        found[profile] = Contact(kind, address, agreed.get(profile), languages.get(profile, ""))
    return found


def consents(workspace: Workspace, profiles: Sequence[int], trait: str) -> dict[int, bool]:
    """Whether profiles agreed to be asked, by their latest statement of a trait; those are left out of whom it is not
    known."""
    if not trait:
        return {}
    said = {p: consent(value) for p, value in _trait(workspace, profiles, trait).items()}
    return {p: agreed for p, agreed in said.items() if agreed is not None}


def consent(value: str) -> bool | None:
    """What a trait's value says of consent: yes, no, or nothing that can be told."""
    text = value.strip().casefold()
    return True if text in _YES else False if text in _NO else None


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
    rows = [
        {"survey": survey, "profile": profile_key(p), "address": address, "added_at": now}
        for p, address in addresses.items()
    ]
    for part in parts(iter([str(row["profile"]) for row in rows])):
        session.execute(
            delete(RecipientRow).where(RecipientRow.survey == survey, RecipientRow.profile.in_(part))
        )
    if rows:
        session.execute(insert(RecipientRow), rows)


def forget_recipients(session: Session) -> int:
    """Forget addresses of those who are asked nothing any more; how many."""
    still = exists().where(
        Invitation.survey == RecipientRow.survey,
        Invitation.profile == RecipientRow.profile,
        Invitation.state.in_(_OPEN),
    )
    gone: Any = session.execute(delete(RecipientRow).where(~still))
    return int(gone.rowcount)


def names_of(workspace: Workspace, session: Session, survey: str, profiles: Iterable[str]) -> dict[str, str]:
    """How those are called whom a survey asks: as they are known, else by the address that a list gave."""
    now = workspace.part(Identities).current()
    numbers = {p: now.profile(int(p, 16)) or int(p, 16) for p in set(profiles)}
    named = _named(workspace, list(numbers.values()))
    return {p: display_name(named[n]) or recipient(session, survey, p) or p for p, n in numbers.items()}


def _named(workspace: Workspace, profiles: Sequence[int]) -> dict[int, list[Named]]:
    """Identifiers of profiles, as they were first seen."""
    who = workspace.part(Identities).current()
    members = {p: who.members(p) for p in profiles}
    of = {key: p for p, keys in members.items() for key in keys}
    found: dict[int, list[Named]] = {p: [] for p in profiles}
    for named in workspace.part(IdentifierIndex).named(of, workspace.store.snapshot):
        found[of[named.key]].append(named)
    return found


def languages_of(workspace: Workspace, profiles: Sequence[int]) -> dict[int, str]:
    """The language that profiles are known to read, of those of whom it is known."""
    return {p: v.strip()[:2].lower() for p, v in _trait(workspace, profiles, "language").items()}


def _trait(workspace: Workspace, profiles: Sequence[int], name: str) -> dict[int, str]:
    """What is known of a trait, of those profiles of whom it is."""
    column = workspace.part(TraitColumns).column(name)
    codes = column.of(np.array(profiles, np.uint64)).tolist()
    return {p: column.values[c] for p, c in zip(profiles, codes, strict=True) if c >= 0}
