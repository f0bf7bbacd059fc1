"""What was rejected, read again by today's rules: an event, or all the events of a batch that was refused whole."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import msgspec

from polku.collect.mending import Message, read_broken
from polku.collect.protocol import FIELDS, LOOSE_BATCH, MOST_EVENTS
from polku.collect.reading import read_batch, rows_of
from polku.collect.refusal import Refusal, Refused
from polku.collect.rows import Arrival, Row
from polku.store import INCOMING

_UNREADABLE: Final = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


@dataclass(frozen=True, slots=True)
class Reread:
    """What became of one rejected payload: rows that can be stored now, and what is still refused."""

    rows: list[Row]
    refused: list[Refused]

    def is_as_before(self, reason: str, payload: bytes) -> bool:
        return not self.rows and [(r.reason, r.payload) for r in self.refused] == [(reason, payload)]


def read_again(payload: bytes, reason: str, source: int, public: bool, received_at: datetime) -> Reread:
    """Read what was rejected for `reason`; never raises for what it holds."""
    if reason == "not_applied":
        return Reread([_stored_row(payload)], [])
    # repeatable: events without an id get the same one each time they are read again
    arrival = Arrival(source, public, round(received_at.timestamp() * 1e6), repeatable=True)
    done = Reread([], [])
    try:
        messages = list(_messages(payload))
    except Refusal:
        messages = [Message(items=[payload])]
    for message in messages:
        rows, refused = rows_of(message, arrival)
        done.rows.extend(rows)
        done.refused.extend(refused)
    return done


def _messages(payload: bytes) -> Iterator[Message]:
    """What a request with this body would have brought, in as many requests as it takes. Raises Refusal."""
    try:
        loose = LOOSE_BATCH.decode(payload)
        payload.decode()
    except msgspec.ValidationError:
        yield Message(items=[payload])  # a single event, or what reading it as one will tell
        return
    except _UNREADABLE as e:
        yield _broken(payload, e)
        return
    common = FIELDS.decode(payload)
    for start in range(0, len(loose.batch), MOST_EVENTS):
        part = msgspec.Raw(msgspec.json.encode(loose.batch[start : start + MOST_EVENTS]))
        yield read_batch(msgspec.json.encode(common | {"batch": part}))


def _broken(payload: bytes, error: Exception) -> Message:
    """Raises Refusal."""
    try:
        return read_broken(payload, error, batch=True)
    except Refusal as e:
        if e.reason != "not_a_batch":
            raise
    return read_broken(payload, error, batch=False)


def _stored_row(payload: bytes) -> Row:
    """A row that the store set aside, as it was."""
    fields: dict[str, Any] = msgspec.json.decode(payload)
    for name in ("received_at", "occurred_at"):
        fields[name] = round(datetime.fromisoformat(fields[name]).timestamp() * 1e6)
    for name in ("identifiers", "properties", "context", "extra"):
        fields[name] = None if fields[name] is None else fields[name].encode()
    return tuple(fields[f.name] for f in INCOMING)
