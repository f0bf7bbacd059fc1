"""Who does not want to be asked."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime
from itertools import islice
from typing import Final, Literal

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from polku.security import hash_token
from polku.surveys.inviting.tables import OptOut

How = Literal["link", "one_click", "staff", "reply"]
_A_QUERY: Final = 5_000


def profile_key(profile: int) -> str:
    """A profile's key as the tables have it: databases have no unsigned 64 bits."""
    return f"{profile:016x}"


def address_hash(address: str) -> str:
    """What is kept of an address: enough to know it again, case and spaces around it aside.

    It hides the address from who reads the table, not from who tries addresses that they know.
    """
    return hash_token(address.strip().casefold(), "opt-out") if address else ""


def opt_out(
    session: Session, *, how: How, now: datetime, profile: int | None = None, address: str = ""
) -> None:
    """Note that a profile or an address wants no questions; once is enough. Raises ValueError if neither is given."""
    key = "" if profile is None else profile_key(profile)
    note_opt_out(session, key, address_hash(address), how, now)


def note_opt_out(session: Session, profile: str, hashed: str, how: How, now: datetime) -> None:
    """As `opt_out`, by what the tables have."""
    if not profile and not hashed:
        raise ValueError("An opt-out needs a profile or an address.")
    known = session.scalar(
        select(OptOut.id).where(OptOut.profile == profile, OptOut.address_hash == hashed).limit(1)
    )
    if known is None:
        session.add(OptOut(profile=profile, address_hash=hashed, how=how, at=now))
        session.flush()


def opt_in(session: Session, *, profile: int | None = None, address: str = "") -> None:
    """The person asked to be asked again."""
    key, hashed = "" if profile is None else profile_key(profile), address_hash(address)
    if key:
        session.execute(delete(OptOut).where(OptOut.profile == key))
    if hashed:
        session.execute(delete(OptOut).where(OptOut.address_hash == hashed))


def opted_out(session: Session, profiles: Collection[str], hashes: Collection[str]) -> set[str]:
    """Which of these profile keys and address hashes are of somebody who wants no questions."""
    found: set[str] = set()
    for column, wanted in ((OptOut.profile, profiles), (OptOut.address_hash, hashes)):
        for part in parts(filter(None, wanted)):
            found |= set(session.scalars(select(column).where(column.in_(part))))
    return found


def wants_none(session: Session, profile: str, hashed: str) -> bool:
    """Whether somebody wants no questions, by profile or by address."""
    same = [OptOut.profile == profile] if profile else []
    if hashed:
        same.append(OptOut.address_hash == hashed)
    return session.scalar(select(OptOut.id).where(or_(*same)).limit(1)) is not None


def parts(wanted: Iterator[str]) -> Iterator[list[str]]:
    """No more at once than a query takes."""
    rest = iter(dict.fromkeys(wanted))
    while part := list(islice(rest, _A_QUERY)):
        yield part
