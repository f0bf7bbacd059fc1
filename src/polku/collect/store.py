"""Operational tables of collecting: sources and their write keys."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from polku.collect.tables import ReplayedEvent, Source
from polku.errors import Conflict, InvalidInput, NotFound
from polku.web.channels import CHANNELS

KINDS: Final = ("web", "app", "server", "file")

LONGEST_NAME: Final = 80
MARKS_A_QUERY: Final = 5_000
MOST_SOURCES: Final = 32_000
"""Events hold their source in 16 bits."""


def sources(session: Session) -> Sequence[Source]:
    """All sources, by name."""
    return session.scalars(select(Source).order_by(func.lower(Source.name), Source.id)).all()


def source(session: Session, id: int) -> Source:
    """Raises NotFound."""
    found = session.get(Source, id)
    if found is None:
        raise NotFound("There is no source with number %(source)s. See: polku sources list", source=id)
    return found


def ensure_source(
    session: Session, *, name: str, kind: str, channel: str = "web", public: bool = False
) -> Source:
    """The source called `name`, made now if there is none; one that exists is returned as it is.

    A source of kind `file` gets no write key: nothing can be sent to it. Raises InvalidInput.
    """
    name = _checked_name(name)
    found = session.scalar(select(Source).where(Source.name == name))
    return found or _added(session, name, kind, channel, public)


def create_source(
    session: Session, *, name: str, kind: str, channel: str = "web", public: bool = False
) -> Source:
    """A new source. Raises InvalidInput, and Conflict if the name is taken."""
    name = _checked_name(name)
    if session.scalar(select(Source.id).where(Source.name == name)) is not None:
        raise Conflict(
            "A source called '%(name)s' exists already. Choose another name.", name=name, field="name"
        )
    return _added(session, name, kind, channel, public)


def rotate_key(session: Session, id: int) -> Source:
    """Give a source a new write key; the old one stops working at once.

    Raises NotFound, and Conflict for a source that takes no requests.
    """
    found = source(session, id)
    if found.write_key is None:
        raise Conflict("Source '%(name)s' is for files and has no write key to change.", name=found.name)
    found.write_key = _new_key()
    return found


def set_enabled(session: Session, id: int, enabled: bool) -> Source:
    """Take a source's requests, or refuse them; its events stay either way. Raises NotFound."""
    found = source(session, id)
    if enabled:
        found.disabled_at = None
    elif found.disabled_at is None:
        found.disabled_at = datetime.now(UTC)
    return found


def _added(session: Session, name: str, kind: str, channel: str, public: bool) -> Source:
    if kind not in KINDS:
        raise InvalidInput(
            "Unknown kind of source '%(kind)s'. Allowed: %(allowed)s",
            kind=kind,
            allowed=", ".join(KINDS),
            field="kind",
        )
    if channel not in CHANNELS:
        raise InvalidInput(
            "Unknown channel '%(channel)s'. Allowed: %(allowed)s",
            channel=channel,
            allowed=", ".join(CHANNELS),
            field="channel",
        )
    if (session.scalar(select(func.max(Source.id))) or 0) >= MOST_SOURCES:
        raise InvalidInput(
            "There can be at most %(most)s sources. Use one you have.", most=MOST_SOURCES, field="name"
        )
    made = Source(
        name=name,
        kind=kind,
        channel=channel,
        public=public,
        write_key=None if kind == "file" else _new_key(),
        created_at=datetime.now(UTC),
    )
    session.add(made)
    session.flush()
    return made


def _checked_name(name: str) -> str:
    name = " ".join(name.split())
    if not 1 <= len(name) <= LONGEST_NAME:
        raise InvalidInput(
            "A source needs a name of 1 to %(most)s letters; this has %(count)s.",
            most=LONGEST_NAME,
            count=len(name),
            field="name",
        )
    return name


def _new_key() -> str:
    return secrets.token_hex(16)  # letters and digits only: it is pasted into pages, URLs and shells


def replayed_marks(session: Session) -> list[str]:
    """Marks of all rejected events that were taken later."""
    return list(session.scalars(select(ReplayedEvent.mark)))


def mark_replayed(session: Session, marks: Sequence[str], *, now: datetime) -> None:
    """Note that these rejected events were taken; those noted before stay as they are."""
    for start in range(0, len(marks), MARKS_A_QUERY):
        wanted = dict.fromkeys(marks[start : start + MARKS_A_QUERY])
        known = set(session.scalars(select(ReplayedEvent.mark).where(ReplayedEvent.mark.in_(wanted))))
        new = [{"mark": m, "replayed_at": now} for m in wanted if m not in known]
        if new:
            session.execute(insert(ReplayedEvent), new)
