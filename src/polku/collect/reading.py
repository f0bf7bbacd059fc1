"""From a request's body to rows and refusals: quickly when all is well, field by field when something is not."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

import msgspec
from msgspec import Raw

from polku.collect import protocol
from polku.collect.mending import Message, read_broken
from polku.collect.protocol import LARGEST_EVENT, LONGEST_TEXT, MOST_EVENTS, Event
from polku.collect.refusal import Refusal, Refused, shown
from polku.collect.rows import Arrival, Row, row

_TEXTS: Final = frozenset(
    {"messageId", "event", "name", "userId", "anonymousId", "previousId", "groupId", "category"}
)
_TIMES: Final = frozenset({"timestamp", "originalTimestamp", "sentAt"})
_OBJECTS: Final = frozenset({"properties", "context", "traits", "integrations"})
_DROPPED: Final = frozenset({"writeKey", "receivedAt", "_metadata"})
_ROOM_FOR_NAMES: Final = 6 * 1024
"""What an event's ids and names may add to its objects before its size is measured exactly."""

_UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


def read_batch(body: bytes) -> Message:
    """A `{"batch": […]}`. Raises Refusal if there is nothing to be made of it, or too many events."""
    try:
        batch = protocol.BATCH.decode(body)
        if not body.isascii():
            body.decode()
    except msgspec.ValidationError:
        message = _read_loose(body)
    except _UNREADABLE as e:
        message = read_broken(body, e, batch=True)
    else:
        context, integrations = bytes(batch.context), bytes(batch.integrations)
        message = Message(batch.batch, [], [], batch.writeKey, batch.sentAt, context, integrations)
    events = len(message.events) + len(message.items) + len(message.refused)
    if events > MOST_EVENTS:
        raise Refusal("batch_too_large", f"it holds {events} events. Allowed: {MOST_EVENTS}")
    return message


def read_event(body: bytes) -> Message:
    """A single event. Raises Refusal if there is nothing to be made of it."""
    try:
        event = protocol.EVENT.decode(body)
        if not body.isascii():
            body.decode()
    except msgspec.ValidationError:
        return Message(items=[body], write_key=write_key(body))
    except _UNREADABLE as e:
        return read_broken(body, e, batch=False)
    return Message([event], write_key=_text(bytes(event.writeKey)))


def rows_of(message: Message, arrival: Arrival) -> tuple[list[Row], list[Refused]]:
    """Rows of the events that can be taken, and the others with the reason."""
    arrival = replace(
        arrival, sent_at=message.sent_at, context=message.context, integrations=message.integrations
    )
    rows: list[Row] = []
    refused = list(message.refused)
    for event in message.events:
        try:
            made = row(event, arrival)
            if len(made[12]) + len(made[13]) + len(made[14] or b"") > LARGEST_EVENT - _ROOM_FOR_NAMES:
                _check_size(len(msgspec.json.encode(event)))
            rows.append(made)
        except (
            msgspec.DecodeError
        ) as e:  # a number that no machine holds, in an object that had to be looked into
            refused.append(Refused("invalid_json", str(e), _with_common(msgspec.json.encode(event), arrival)))
        except Refusal as e:
            refused.append(Refused(e.reason, e.detail, _with_common(msgspec.json.encode(event), arrival)))
    for item in message.items:
        try:
            rows.append(row_of_text(item, arrival))
        except msgspec.DecodeError as e:  # as above
            refused.append(Refused("invalid_json", str(e), item))
        except Refusal as e:
            refused.append(Refused(e.reason, e.detail, _with_common(item, arrival)))
    return rows, refused


def row_of_text(item: bytes, arrival: Arrival) -> Row:
    """One event's text as a row, read field by field. Raises Refusal."""
    _check_size(len(item))
    try:
        item.decode()
        fields = protocol.FIELDS.decode(item)
    except msgspec.ValidationError:
        raise Refusal("not_an_object", f"the event is {shown(item.decode())}. Allowed: an object") from None
    except UnicodeDecodeError as e:
        raise Refusal("invalid_utf8", f"byte {e.start} is not UTF-8") from None
    except (msgspec.DecodeError, RecursionError) as e:
        raise Refusal("invalid_json", str(e)) from None
    known: dict[str, Any] = {}
    other: dict[str, Raw] = {}
    for name, raw in fields.items():
        if name in _TEXTS:
            known[name] = _checked_text(name, raw)
        elif name in _TIMES:
            known[name] = _checked_time(name, raw)
        elif name in _OBJECTS:
            known[name] = raw
        elif name == "type":
            known[name] = _checked_type(raw)
        elif name not in _DROPPED:
            other[name] = raw
    try:
        return row(Event(**known), arrival, other)
    except msgspec.DecodeError as e:
        raise Refusal("invalid_json", str(e)) from None


def _check_size(size: int) -> None:
    if size > LARGEST_EVENT:
        raise Refusal("event_too_large", f"it is {size} bytes. Allowed: {LARGEST_EVENT}")


def _checked_text(name: str, raw: Raw) -> str | None:
    value = msgspec.json.decode(raw)
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = bytes(raw).decode()  # as it was written: 1e3 and 007 are someone's ids
    if value is not None and not isinstance(value, str):
        raise Refusal("invalid_field", f"{name} is {shown(bytes(raw).decode())}. Allowed: text")
    if value is not None and len(value) > LONGEST_TEXT:
        raise Refusal("invalid_field", f"{name} has {len(value)} letters. Allowed: {LONGEST_TEXT}")
    return value


def _checked_type(raw: Raw) -> str | None:
    value = msgspec.json.decode(raw)
    lowered = value.lower() if isinstance(value, str) else value
    if lowered is not None and (not isinstance(lowered, str) or lowered not in protocol.TYPES):
        raise Refusal("invalid_field", f"type is {shown(value)}. Allowed: {', '.join(protocol.TYPES)}")
    return lowered


def _checked_time(name: str, raw: Raw) -> datetime | None:
    value = msgspec.json.decode(raw)
    try:
        if value is None:
            return None
        if isinstance(value, str):
            return datetime.fromisoformat(value)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return datetime.fromtimestamp(value / 1000 if abs(value) > 1e11 else value, UTC)
    except (ValueError, OverflowError, OSError):
        pass
    raise Refusal(
        "invalid_time",
        f"{name} is {shown(bytes(raw).decode())}. Allowed: ISO 8601, or seconds or milliseconds since 1970",
    )


def _with_common(item: bytes, arrival: Arrival) -> bytes:
    """An event with what its batch said for all, so that it can be read again alone."""
    common: dict[str, Raw] = {}
    if arrival.sent_at is not None:
        common["sentAt"] = Raw(msgspec.json.encode(arrival.sent_at))
    if arrival.type is not None:
        common["type"] = Raw(msgspec.json.encode(arrival.type))
    for name, value in (("context", arrival.context), ("integrations", arrival.integrations)):
        if value:
            common[name] = Raw(value)
    if not common:
        return item
    try:
        fields = protocol.FIELDS.decode(item)
    except (*_UNREADABLE, msgspec.ValidationError):
        return item
    missing = {n: v for n, v in common.items() if n not in fields}
    return msgspec.json.encode(fields | missing) if missing else item


def _read_loose(body: bytes) -> Message:
    try:
        loose = protocol.LOOSE_BATCH.decode(body)
        if not body.isascii():
            body.decode()
    except msgspec.ValidationError as e:
        raise Refusal("not_a_batch", f'{e}. Allowed: {{"batch": [events]}}') from None
    except _UNREADABLE as e:
        return read_broken(body, e, batch=True)
    items = [bytes(i) for i in loose.batch]
    raw_time = bytes(loose.sentAt)
    try:
        sent_at = _checked_time("sentAt", loose.sentAt) if raw_time else None
    except (Refusal, *_UNREADABLE):
        sent_at = None
    return Message([], items, [], loose.writeKey, sent_at, bytes(loose.context), bytes(loose.integrations))


def write_key(body: bytes) -> str | None:
    """The write key that a body names, if it can be read."""
    try:
        return protocol.KEYED.decode(body).writeKey
    except (*_UNREADABLE, msgspec.ValidationError):
        return None


def _text(raw: bytes) -> str | None:
    value = msgspec.json.decode(raw) if raw else None
    return value if isinstance(value, str) else None
