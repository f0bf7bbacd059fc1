"""One comment, and its text as the customer wrote it, for who may see it; each look is written down."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Literal

from polku import originals
from polku.errors import NotFound
from polku.feedback import search
from polku.feedback.comments import Comments
from polku.feedback.said import TEXTS
from polku.originals import Look
from polku.text import Kind
from polku.workspace import Workspace

log = logging.getLogger(__name__)

Where = Literal["apart", "event", "gone", "same"]
_PART: Final = 7


@dataclass(frozen=True, slots=True)
class Seen:
    """The texts as they were written, and who looked before, the latest first.

    `where` says where they are: kept apart; in the event, as programs send it; gone, since the time to keep them is
    over or they are not kept; or the same as the comment, since no personal data was found.
    """

    texts: tuple[str, ...]
    where: Where
    looks: tuple[Look, ...]


def look_at(workspace: Workspace, id: int, *, user_id: int, user_name: str) -> Seen:
    """The original of a comment, and note who looked. Raises NotFound."""
    with workspace.part(Comments).current().reading() as connection:
        found = search.rows(connection, [id])
    if not found:
        raise NotFound("There is no comment %(id)s.", id=id)
    row = found[0]
    event = _event(workspace, row["seq"])
    source, event_id = event["source"], event["event_id"]
    now = datetime.now(UTC)
    with workspace.db.session() as session:
        before = originals.looks(session, source, event_id)
        apart = originals.original(session, source, event_id)
        originals.note_look(session, source, event_id, user_id=user_id, user_name=user_name, now=now)
    log.info("original_seen user=%d source=%d event=%s", user_id, source, event_id)
    if apart:
        return Seen(tuple(dict.fromkeys(apart.values())), "apart", before)
    texts = _texts(event["properties"])
    text = texts[min(id & _PART, len(texts) - 1)] if texts else ""
    if text and originals.without(text)[1]:
        return Seen((text,), "event", before)
    return Seen((), "gone" if _has_marks(row["text"]) else "same", before)


def _event(workspace: Workspace, seq: int) -> dict[str, Any]:
    rows = workspace.store.snapshot.sql(
        "SELECT source, event_id, properties FROM events WHERE seq = $seq", {"seq": seq}
    ).to_pylist()
    if not rows:
        raise NotFound("The event of this comment is not here any more.")
    return dict(rows[0])


def _texts(properties: str | None) -> list[str]:
    about = json.loads(properties or "{}")
    texts = [about.get(name) for name in TEXTS]
    if isinstance(about.get("answers"), dict):
        texts += about["answers"].values()
    return list(dict.fromkeys(t.strip() for t in texts if isinstance(t, str) and t.strip()))


def _has_marks(text: str) -> bool:
    return any(f"[{kind}]" in text for kind in Kind)
