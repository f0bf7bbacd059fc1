"""Comments from elsewhere become events: of reviews, e-mails, chats, calls, posts and interviews.

The event has the text without personal data; the text as it was written is kept apart (`polku.originals`).
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import Any, Final

import msgspec
import xxhash
from starlette.concurrency import run_in_threadpool

from polku import originals
from polku.collect import Collector, KnownSources, Row, ensure_source
from polku.feedback.files import Brought
from polku.feedback.files.repeated import Repeated
from polku.originals import Original
from polku.store import EventType
from polku.workspace import Workspace

SOURCE: Final = "Feedback"
"""The source of the events that comments brought here become."""
NAME: Final = "Feedback Given"
ROWS_AT_ONCE: Final = 2_000
_EARLIEST: Final = datetime(1990, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Batch:
    """Events, and the texts that had personal data in them."""

    rows: list[Row]
    originals: list[Original]


async def bring(workspace: Workspace, brought: Iterable[Brought | None]) -> int:
    """Store comments, some at a time, and return how many; all are durable then.

    The same comment gets the same event: what is brought twice is stored once. So if reading fails in the middle, the
    same file may be brought again.
    """
    count = 0
    each = batches(workspace, brought)
    while (batch := await run_in_threadpool(next, each, None)) is not None:
        await run_in_threadpool(originals.keep, workspace, batch.originals)
        await workspace.part(Collector).append(batch.rows)
        count += len(batch.rows)
    return count


def batches(workspace: Workspace, brought: Iterable[Brought | None]) -> Iterator[Batch]:
    """Comments as events, ROWS_AT_ONCE at a time; how often each has come is kept on disk."""
    source, received_us = source_of(workspace), time.time_ns() // 1000
    each = (one for one in brought if one is not None)
    with Repeated() as repeated:
        while some := list(islice(each, ROWS_AT_ONCE)):
            batch = Batch([], [])
            for one in some:
                id = _event_id(one, repeated)
                text, personal = originals.without(one.text)
                batch.rows.append(_row(source, id, received_us, one, text))
                if personal:
                    batch.originals.append(Original(source, id, "", one.text))
            yield batch


def known(workspace: Workspace, brought: Iterable[Brought | None], *, most: int) -> int | None:
    """How many of the comments are stored already; None if there are more than `most` to look for."""
    with Repeated() as repeated:
        ids = []
        for one in brought:
            if one is not None:
                ids.append(_event_id(one, repeated))
            if len(ids) > most:
                return None
    source = source_of(workspace)
    found = workspace.store.snapshot.sql(
        "SELECT count(*) AS n FROM events WHERE source = $source AND event_id IN (SELECT unnest($ids))",
        {"source": source, "ids": ids},
    )
    return int(found["n"][0].as_py())


def source_of(workspace: Workspace) -> int:
    """The number of the source; it is made when first needed."""
    with workspace.db.session() as session:
        id = ensure_source(session, name=SOURCE, kind="server", channel="other").id
    workspace.part(KnownSources).refresh()
    return id


def _event_id(one: Brought, repeated: Repeated) -> str:
    """Of what was brought, and of how often the same came before it in the same file."""
    content = msgspec.json.encode([one.text, one.at, one.user_id, one.email, one.score, one.touchpoint])
    times = repeated.times(content)
    return xxhash.xxh3_128_hexdigest(content + str(times).encode())


def _row(source: int, id: str, received_us: int, one: Brought, text: str) -> Row:
    at = one.at if one.at and one.at >= _EARLIEST else None
    said: dict[str, Any] = {"comment": text}
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
