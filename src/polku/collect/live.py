"""Events as they come: the newest, and one as a whole."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import msgspec
import numpy as np

from polku.collect.sources import KnownSources
from polku.errors import NotFound
from polku.store import EVENTS, LABEL_TYPES, EventType
from polku.workspace import Workspace

SHOWN: Final = 50
LOOKED_AT: Final = 200_000
"""How many of the newest events are looked through: the live view is about now."""

_NEWEST: Final = """
SELECT seq, key, source, type, name, received_at, path, user_id, anonymous_id, identifiers
FROM events WHERE seq > $low AND ($source = 0 OR source = $source) AND ($name = '' OR name = $name)
ORDER BY seq DESC LIMIT $most
"""

_NAMES: Final = """
SELECT name FROM events WHERE seq > $low AND name <> '' GROUP BY name ORDER BY count(*) DESC, name LIMIT 50
"""


@dataclass(frozen=True, slots=True)
class LiveEvent:
    """An event in a line. `profile` leads to the page of whom it is about, `who` is what it calls them."""

    seq: int
    source: str
    type: str
    name: str
    received_at: datetime
    path: str | None
    who: str | None
    profile: str | None


def newest(workspace: Workspace, *, source: int = 0, name: str = "") -> list[LiveEvent]:
    """The newest events, the newest first; of one source (by its number) or name if given."""
    known = workspace.part(KnownSources)
    snapshot = workspace.store.snapshot
    low = _low(snapshot.next_seq)
    wanted = {"low": low, "source": source, "name": name, "most": SHOWN}
    rows = snapshot.after(low).sql(_NEWEST, wanted).to_pylist()
    return [_line(r, known) for r in rows]


def names(workspace: Workspace) -> list[str]:
    """Names among the newest events, the most frequent first."""
    snapshot = workspace.store.snapshot
    low = _low(snapshot.next_seq)
    found = snapshot.after(low).sql(_NAMES, {"low": low})["name"].to_pylist()
    return [str(n) for n in found]


def whole(workspace: Workspace, seq: int) -> tuple[LiveEvent, str]:
    """One event, in a line and with all its fields as JSON. Raises NotFound."""
    rows = workspace.store.snapshot.rows(np.array([seq]), EVENTS.names).to_pylist()
    if not rows:
        raise NotFound("There is no event with number %(seq)s.", seq=seq)
    row = rows[0]
    line = _line(row, workspace.part(KnownSources))
    fields: dict[str, Any] = {
        **{k: v for k, v in row.items() if k not in ("key", "id_hash") and v is not None},
        "type": line.type,
        "source": line.source,
    }
    for name in ("identifiers", "properties", "context", "extra"):
        if name in fields:
            fields[name] = msgspec.Raw(fields[name].encode())
    return line, msgspec.json.format(msgspec.json.encode(fields), indent=2).decode()


def _low(next_seq: int) -> int:
    return max(0, next_seq - 1 - LOOKED_AT)


def _line(row: dict[str, Any], known: KnownSources) -> LiveEvent:
    source = known.by_id(row["source"])
    return LiveEvent(
        seq=row["seq"],
        source=source.name if source else str(row["source"]),
        type=EventType(row["type"]).name.lower(),
        name=row["name"],
        received_at=row["received_at"],
        path=row["path"],
        who=_who(row),
        profile=f"{row['key']:016x}" if row["key"] else None,
    )


def _who(row: dict[str, Any]) -> str | None:
    """What an event calls the person: an address that people read rather than a browser's number."""
    if row["user_id"]:
        return str(row["user_id"])
    pairs: list[tuple[str, str]] = msgspec.json.decode(row["identifiers"]) if row["identifiers"] else []
    readable = next((value for type_, value in pairs if type_ not in LABEL_TYPES | {"previous_id"}), None)
    return readable or row["anonymous_id"]
