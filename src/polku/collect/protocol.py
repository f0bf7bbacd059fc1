"""Segment's messages as they come over the wire."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Raw

from polku.store import EventType

LARGEST_EVENT: Final = 32 * 1024
LARGEST_BODY: Final = 500 * 1024
MOST_EVENTS: Final = 2_500
LONGEST_TEXT: Final = 1_024
"""Letters in an id or a name."""

NOTHING: Final = Raw(b"")
TYPES: Final = {t.name.lower(): t for t in EventType}

Type = Literal["track", "page", "screen", "identify", "group", "alias"]
Text = Annotated[str, msgspec.Meta(max_length=LONGEST_TEXT)]


class Event(msgspec.Struct, gc=False, forbid_unknown_fields=True, omit_defaults=True):
    """One of the six calls. `properties`, `traits` and `context` stay as they were written.

    `writeKey` and `receivedAt` are read elsewhere or set anew; `_metadata` is what a browser's SDK says of its own
    plugins.
    """

    type: Type | None = None
    messageId: Text | None = None  # noqa: N815  Segment's names
    event: Text | None = None
    name: Text | None = None
    userId: Text | None = None  # noqa: N815
    anonymousId: Text | None = None  # noqa: N815
    timestamp: datetime | None = None
    originalTimestamp: datetime | None = None  # noqa: N815
    sentAt: datetime | None = None  # noqa: N815
    properties: Raw = NOTHING
    context: Raw = NOTHING
    traits: Raw = NOTHING
    integrations: Raw = NOTHING
    previousId: Text | None = None  # noqa: N815
    groupId: Text | None = None  # noqa: N815
    category: Text | None = None
    writeKey: Raw = NOTHING  # noqa: N815
    receivedAt: Raw = NOTHING  # noqa: N815
    metadata: Raw = msgspec.field(name="_metadata", default=NOTHING)


class Batch(msgspec.Struct):
    """Several events; `context` and `integrations` are for those that have none of their own."""

    batch: list[Event]
    writeKey: str | None = None  # noqa: N815
    sentAt: datetime | None = None  # noqa: N815
    context: Raw = NOTHING
    integrations: Raw = NOTHING


class LooseBatch(msgspec.Struct):
    """A batch whose events are still to be read one by one."""

    batch: list[Raw]
    writeKey: str | None = None  # noqa: N815
    sentAt: Raw = NOTHING  # noqa: N815
    context: Raw = NOTHING
    integrations: Raw = NOTHING


class Keyed(msgspec.Struct):
    """Only the write key of a body."""

    writeKey: str | None = None  # noqa: N815


BATCH: Final = msgspec.json.Decoder(Batch)
LOOSE_BATCH: Final = msgspec.json.Decoder(LooseBatch)
EVENT: Final = msgspec.json.Decoder(Event)
FIELDS: Final = msgspec.json.Decoder(dict[str, Raw])
KEYED: Final = msgspec.json.Decoder(Keyed)
