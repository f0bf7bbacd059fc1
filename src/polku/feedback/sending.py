"""Comments from elsewhere become events: of reviews, e-mails, chats, calls, posts and interviews."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

import msgspec
import xxhash

from polku.collect import Collector, KnownSources, Row, ensure_source
from polku.errors import InvalidInput
from polku.feedback.file import MOST_LETTERS
from polku.feedback.files import Brought, read_comments
from polku.store import EventType
from polku.workspace import Workspace

SOURCE: Final = "Feedback"
"""The source of the events that comments brought here become."""
NAME: Final = "Feedback Given"
LARGEST_FILE: Final = 64 << 20
ROWS_AT_ONCE: Final = 2_000
_EARLIEST: Final = datetime(1990, 1, 1, tzinfo=UTC)


def event_rows(workspace: Workspace, brought: Sequence[Brought]) -> list[Row]:
    """An event for each comment. The same comment gets the same event: what is brought twice is stored once.

    Raises InvalidInput for a text that is too long, naming which.
    """
    for nth, one in enumerate(brought, start=1):
        if len(one.text) > MOST_LETTERS:
            raise InvalidInput(
                "Comment %(nth)s has %(length)s characters; at most %(most)s are taken. Divide it.",
                nth=nth,
                length=len(one.text),
                most=MOST_LETTERS,
            )
    source, received_us = source_of(workspace), time.time_ns() // 1000
    times: Counter[bytes] = Counter()
    rows = []
    for one in brought:
        content = msgspec.json.encode([one.text, one.at, one.user_id, one.email, one.score, one.touchpoint])
        times[content] += 1
        id = xxhash.xxh3_128_hexdigest(content + str(times[content]).encode())
        rows.append(_row(source, id, received_us, one))
    return rows


def read_file(workspace: Workspace, content: bytes, name: str, *, column: str = "") -> list[Brought]:
    """Comments of a file. Raises InvalidInput for one that is too large, cannot be read or has none."""
    if len(content) > LARGEST_FILE:
        raise InvalidInput(
            "The file is larger than %(most)s MB. Divide it, or import it with a mapping: polku import",
            most=LARGEST_FILE >> 20,
        )
    brought = read_comments(content, name, column=column, zone=ZoneInfo(workspace.settings.timezone))
    if not brought:
        raise InvalidInput("There is no comment in the file '%(name)s'.", name=name)
    return brought


async def append(workspace: Workspace, rows: Sequence[Row]) -> None:
    """Store events, some at a time; returns when all are durable."""
    for start in range(0, len(rows), ROWS_AT_ONCE):
        await workspace.part(Collector).append(rows[start : start + ROWS_AT_ONCE])


def source_of(workspace: Workspace) -> int:
    """The number of the source; it is made when first needed."""
    with workspace.db.session() as session:
        id = ensure_source(session, name=SOURCE, kind="server", channel="other").id
    workspace.part(KnownSources).refresh()
    return id


def _row(source: int, id: str, received_us: int, one: Brought) -> Row:
    at = one.at if one.at and one.at >= _EARLIEST else None
    said: dict[str, Any] = {"comment": one.text}
    said |= {"kind": one.kind} if one.kind else {}
    said |= {"touchpoint": one.touchpoint} if one.touchpoint else {}
    said |= {"language": one.language} if one.language else {}
    said |= {"score": one.score} if one.score is not None else {}
    identifiers = msgspec.json.encode([["email", one.email]]) if one.email else None
    return (
        source,
        id,
        int(EventType.TRACK),
        NAME,
        received_us,
        min(int(at.timestamp() * 1e6), received_us) if at else received_us,
        one.user_id or None,
        None,
        identifiers,
        None,
        None,
        one.score,
        msgspec.json.encode(said),
        b"{}",
        None,
    )
