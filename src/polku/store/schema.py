"""The shapes of what is stored: events as they come in, as they are kept, and what is rejected."""

from __future__ import annotations

from enum import IntEnum
from typing import Final

import pyarrow as pa


class EventType(IntEnum):
    """The kind of call an event came as; Segment's six."""

    TRACK = 1
    PAGE = 2
    SCREEN = 3
    IDENTIFY = 4
    GROUP = 5
    ALIAS = 6


_UTC = pa.timestamp("us", tz="UTC")

INCOMING: Final = pa.schema(
    [
        pa.field("source", pa.int16(), nullable=False),  # id of the operational table `source`
        pa.field("event_id", pa.string(), nullable=False),  # unique within a source (Segment: messageId)
        pa.field("type", pa.uint8(), nullable=False),  # EventType
        pa.field("name", pa.string(), nullable=False),  # 'Order Completed'; '' for identify, group, alias
        pa.field("received_at", _UTC, nullable=False),
        pa.field("occurred_at", _UTC, nullable=False),
        pa.field("user_id", pa.string()),
        pa.field("anonymous_id", pa.string()),
        pa.field("identifiers", pa.string()),  # JSON [[type, value], …] beyond the two above, or null
        pa.field("path", pa.string()),  # of the page, without host and query
        pa.field("value", pa.float64()),  # money, in the event's own currency
        pa.field("score", pa.float32()),  # a response's score on −100…100
        pa.field("properties", pa.string()),  # JSON object: properties, or traits of identify and group
        pa.field("context", pa.string()),  # JSON object
        pa.field("extra", pa.string()),  # JSON object: previousId, groupId, category, integrations; or null
    ]
)
"""What a collector hands to `EventStore.submit`."""

EVENTS: Final = pa.schema(
    [
        pa.field("seq", pa.int64(), nullable=False),  # order of arrival, no gaps within a segment file
        pa.field("key", pa.uint64(), nullable=False),  # of the event's foremost identifier; 0: none
        pa.field("id_hash", pa.uint64(), nullable=False),  # of (source, event_id)
        *INCOMING,
    ]
)
"""What is kept."""

IDENTIFIERS: Final = pa.schema(
    [
        pa.field(
            "key", pa.uint64(), nullable=False
        ),  # identifier_key(type, value); of a label: the event's key
        pa.field("type", pa.string(), nullable=False),  # user_id, anonymous_id, email, phone, …; label: name
        pa.field("value", pa.string(), nullable=False),
        pa.field("seq", pa.int64(), nullable=False),  # the event that first showed it
    ]
)

EDGES: Final = pa.schema(
    [
        pa.field("a", pa.uint64(), nullable=False),  # key of the foremost identifier
        pa.field("b", pa.uint64(), nullable=False),  # key of the other
        pa.field("kind", pa.uint8(), nullable=False),  # EventType of the event that says they belong together
        pa.field("seq", pa.int64(), nullable=False),  # that event
    ]
)

REJECTED: Final = pa.schema(
    [
        pa.field("received_at", _UTC, nullable=False),
        pa.field("source", pa.int16(), nullable=False),  # 0: unknown write key
        pa.field("reason", pa.string(), nullable=False),  # a stable code, e.g. event_too_large
        pa.field("detail", pa.string(), nullable=False),  # what, which value, what is allowed
        pa.field("payload", pa.binary(), nullable=False),  # as it came
    ]
)

LABEL_TYPES: Final = frozenset({"name"})
"""Identifier types that help to find a profile but never join two."""
