"""Events for tests, as a collector would hand them in."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa

from polku.store import INCOMING, EventType

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
_DEFAULTS: Mapping[str, Any] = {
    "source": 1,
    "type": EventType.TRACK,
    "name": "Product Viewed",
    "received_at": START,
    "occurred_at": START,
    "properties": "{}",
    "context": "{}",
}


def incoming(rows: Iterable[Mapping[str, Any]]) -> pa.Table:
    """A table of INCOMING; what a row leaves out is filled in. `minute` is short for occurred_at."""
    filled = []
    for number, row in enumerate(rows):
        event = dict(_DEFAULTS) | {"event_id": f"e{number}"} | dict(row)
        if "minute" in event:
            event["occurred_at"] = START + timedelta(minutes=event.pop("minute"))
        for name in ("identifiers", "properties", "extra"):
            if not isinstance(event.get(name), str | None):
                event[name] = json.dumps(event[name])
        event["type"] = int(event["type"])
        filled.append({n: event.get(n) for n in INCOMING.names})
    return pa.Table.from_pylist(filled, schema=INCOMING)


def visits(profiles: int, each: int, first: int = 0) -> pa.Table:
    """`each` events of each of `profiles` users, numbered from `first`."""
    return incoming(
        {
            "event_id": f"e{first + i}",
            "user_id": f"u{i % profiles}",
            "minute": (i * 7) % 5000,
            "name": f"n{i % 5}",
        }
        for i in range(profiles * each)
    )
