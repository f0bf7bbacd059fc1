"""Events for tests, in few words."""

from __future__ import annotations

import itertools
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from polku.profiles.identity import IdentityMap
from polku.store import INCOMING, EventStore, EventType

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
_numbers = itertools.count(1)


@dataclass
class Untold:
    """A resolution that knows who, and no touchpoint rules."""

    who: IdentityMap
    rules_version: str = ""
    columns: tuple[str, ...] = ()

    @property
    def identity(self) -> object:
        return self.who

    @property
    def identity_version(self) -> int:
        return self.who.version

    def profiles(self, keys: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
        return self.who.profiles(keys)

    def touchpoints(self, events: pa.Table) -> npt.NDArray[np.uint16]:
        return np.zeros(events.num_rows, np.uint16)


def event(
    name: str = "Product Viewed",
    *,
    user: str | None = None,
    anonymous: str | None = None,
    more: list[tuple[str, str]] | None = None,
    type: EventType = EventType.TRACK,
    ago: timedelta = timedelta(),
    source: int = 1,
    value: float | None = None,
    score: float | None = None,
    properties: dict[str, Any] | None = None,
) -> dict[str, Any]:
    return {
        "source": source,
        "event_id": f"e{next(_numbers)}",
        "type": int(type),
        "name": name if type in (EventType.TRACK, EventType.PAGE, EventType.SCREEN) else "",
        "received_at": NOW - ago,
        "occurred_at": NOW - ago,
        "user_id": user,
        "anonymous_id": anonymous,
        "identifiers": json.dumps(more) if more else None,
        "path": None,
        "value": value,
        "score": score,
        "properties": json.dumps(properties or {}),
        "context": None,
        "extra": None,
    }


def happen(store: EventStore, *events: dict[str, Any]) -> None:
    """Store events, to be read at once."""
    store.append(pa.Table.from_pylist(list(events), schema=INCOMING))
