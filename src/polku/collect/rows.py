"""An event of the protocol as a row of the store."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit

import msgspec
import xxhash
from msgspec import Raw

from polku.collect import figures, identifiers
from polku.collect.identifiers import is_blocked
from polku.collect.protocol import NOTHING, TYPES, Event
from polku.collect.refusal import Refusal, shown
from polku.store import EventType

Row = tuple[Any, ...]
"""In the order of store.INCOMING; times in microseconds since 1970, JSON as bytes."""

EARLIEST: Final = int(datetime(1990, 1, 1, tzinfo=UTC).timestamp() * 1e6)
LATEST_AHEAD: Final = timedelta(days=1)
LEAST_SKEW_US: Final = 1_000_000
"""A difference of clocks below this is the time that a request takes, and left alone."""

_TRACK, _PAGE, _SCREEN = int(EventType.TRACK), int(EventType.PAGE), int(EventType.SCREEN)
_IDENTIFY, _GROUP, _ALIAS = int(EventType.IDENTIFY), int(EventType.GROUP), int(EventType.ALIAS)
_CODES = {name: int(code) for name, code in TYPES.items()}
_EMPTY = (b"", b"{}", b"null")


@dataclass(frozen=True, slots=True)
class Arrival:
    """What is the same for all events of a request."""

    source: int
    public: bool  # its write key is known to anyone
    received_us: int
    ahead_us: int = int(LATEST_AHEAD.total_seconds() * 1e6)
    sent_at: datetime | None = None
    context: bytes = b""
    integrations: bytes = b""
    type: str | None = None  # of events that do not say it: the route's


class _Page(msgspec.Struct, gc=False):
    path: str | None = None


class _Context(msgspec.Struct, gc=False):
    page: _Page | None = None
    externalIds: Raw = NOTHING  # noqa: N815  Segment's name
    traits: Raw = NOTHING


_CONTEXT = msgspec.json.Decoder(_Context)
_ANY = msgspec.json.Decoder()


def row(event: Event, arrival: Arrival, other: dict[str, Raw] | None = None) -> Row:
    """The event as a row; `other` are fields that the protocol does not know. Raises Refusal."""
    type_ = event.type or arrival.type
    if type_ is None:
        raise Refusal("invalid_field", f"type is missing. Allowed: {', '.join(TYPES)}")
    code = _CODES[type_]
    user, anonymous = event.userId, event.anonymousId
    if user is not None and is_blocked(user):
        user = None
    if anonymous is not None and is_blocked(anonymous):
        anonymous = None
    if user is None and anonymous is None:
        raise Refusal(
            "no_identity", f"userId is {shown(event.userId)}, anonymousId is {shown(event.anonymousId)}"
        )
    traits = bytes(event.traits)
    about_who = code == _IDENTIFY or code == _GROUP
    properties = traits if about_who else bytes(event.properties)
    if properties[:1] != b"{":
        properties = _object("traits" if about_who else "properties", properties)
    context = bytes(event.context) or arrival.context
    if context[:1] != b"{":
        context = _object("context", context)
    name = ""
    if code == _TRACK:
        name = event.event or ""
        if not name.strip():
            raise Refusal("no_name", f"event is {shown(event.event)}. A track call needs a name.")
    elif code == _PAGE or code == _SCREEN:
        name = event.name or ""
    occurred = occurred_at(event, arrival)
    path, who = _of_context(context, code)
    value = score = None
    if code <= _SCREEN and len(properties) > 2:
        path, value, score = _of_properties(code, name, properties, path)
    if code == _IDENTIFY and len(properties) > 2:
        who = [*identifiers.of_traits(_ANY.decode(properties)), *who]
    if code == _ALIAS:
        who = [_previous(event.previousId, arrival.public), *who]
    return (
        arrival.source,
        event.messageId or _made_id(event),
        code,
        name,
        arrival.received_us,
        occurred,
        user,
        anonymous,
        msgspec.json.encode(list(dict.fromkeys(who))) if who else None,
        path,
        value,
        score,
        properties,
        context,
        _extra(event, arrival, code, (user, anonymous), occurred, other),
    )


def occurred_at(event: Event, arrival: Arrival) -> int:
    """When it happened, by our clock: received − (sent − happened by the sender's clock).

    Without `sentAt` the sender's clock is believed; without `timestamp` it happened when it came. Raises Refusal
    for times that cannot be.
    """
    happened = event.originalTimestamp or event.timestamp
    if happened is None:
        return arrival.received_us
    at = _microseconds(happened)
    sent = event.sentAt or arrival.sent_at
    if sent is not None:
        skew = arrival.received_us - _microseconds(sent)
        if skew > LEAST_SKEW_US or skew < -LEAST_SKEW_US:
            at += skew
    if at < EARLIEST or at > arrival.received_us + arrival.ahead_us:
        raise Refusal(
            "impossible_time", f"it would have happened at {_shown_time(at)} (timestamp {happened})"
        )
    return at


def _microseconds(when: datetime) -> int:
    if when.tzinfo is None:
        when = when.replace(tzinfo=UTC)
    return round(when.timestamp() * 1e6)


def _shown_time(at: int) -> str:
    try:
        return datetime.fromtimestamp(at / 1e6, UTC).isoformat(timespec="seconds")
    except (ValueError, OverflowError, OSError):
        return "a year out of range"


def _object(field: str, raw: bytes) -> bytes:
    if raw in _EMPTY:
        return b"{}"
    raise Refusal("invalid_field", f"{field} is {shown(raw.decode())}. Allowed: an object")


def _of_context(context: bytes, code: int) -> tuple[str | None, list[tuple[str, str]]]:
    """Path and identifiers in a context, whatever shape it has."""
    if len(context) == 2:
        return None, []
    try:
        known = _CONTEXT.decode(context)
        path = known.page.path if known.page is not None else None
    except msgspec.ValidationError:
        fields = msgspec.json.decode(context, type=dict[str, Raw])  # its page is of another shape
        known = _Context(None, fields.get("externalIds", NOTHING), fields.get("traits", NOTHING))
        path = None
    who: list[tuple[str, str]] = []
    if code == _IDENTIFY and (traits := bytes(known.traits))[:1] == b"{":
        who.extend(identifiers.of_traits(_ANY.decode(traits)))
    if (external := bytes(known.externalIds)) not in _EMPTY:
        who.extend(identifiers.of_external_ids(_ANY.decode(external)))
    return (page_path(path) if path else None), who


def page_path(text: str) -> str | None:
    """The path of a page's address, without host, query and fragment."""
    if text[:1] != "/" or text[:2] == "//":
        try:
            parts = urlsplit(text)
        except ValueError:
            return None
        if not parts.netloc:
            return None
        text = parts.path or "/"
    return text.partition("?")[0].partition("#")[0][:2000]


def _of_properties(
    code: int, name: str, properties: bytes, path: str | None
) -> tuple[str | None, float | None, float | None]:
    """Path, value and score that an event's properties give. Raises Refusal for a score that cannot be."""
    fields, sign = figures.money_fields(name) if code == _TRACK else ((), 1)
    responded = code == _TRACK and name == figures.SURVEY_RESPONDED
    paid = any(b'"%b"' % f.encode() in properties for f in fields)
    elsewhere = path is None and (b'"path"' in properties or b'"url"' in properties)
    if not (paid or responded or elsewhere):
        return path, None, None
    given = _ANY.decode(properties)
    for field in ("path", "url") if elsewhere else ():
        if path is None and isinstance(given.get(field), str):
            path = page_path(given[field])
    value = figures.money(given, fields, sign) if paid else None
    return path, value, figures.score(given) if responded else None


def _previous(previous: str | None, public: bool) -> tuple[str, str]:
    if previous is None or is_blocked(previous):
        raise Refusal(
            "no_previous_id", f"previousId is {shown(previous)}. An alias call needs the earlier id."
        )
    # Anyone can write what a public key sends: as an anonymous id it can never join two known users.
    return ("anonymous_id" if public else "previous_id"), previous


def _made_id(event: Event) -> str:
    """An id for an event that came without: of its content, if that says when it happened, so that the same
    event sent twice is stored once."""
    if event.timestamp is None and event.originalTimestamp is None:
        return f"polku-{uuid.uuid4().hex}"
    content = msgspec.structs.replace(event, sentAt=None)
    return f"polku-{xxhash.xxh3_128_hexdigest(msgspec.json.encode(content))}"


def _extra(
    event: Event,
    arrival: Arrival,
    code: int,
    ids: tuple[str | None, str | None],
    occurred: int,
    other: dict[str, Raw] | None,
) -> bytes | None:
    """What has no column of its own, so that nothing of a call is lost."""
    extra: dict[str, Any] = {}
    if event.previousId is not None:
        extra["previousId"] = event.previousId
    if event.groupId is not None:
        extra["groupId"] = event.groupId
    if event.category is not None:
        extra["category"] = event.category
    if (integrations := bytes(event.integrations) or arrival.integrations) not in _EMPTY:
        extra["integrations"] = Raw(integrations)
    if event.userId is not ids[0]:
        extra["userId"] = event.userId
    if event.anonymousId is not ids[1]:
        extra["anonymousId"] = event.anonymousId
    if code != _TRACK and event.event is not None:
        extra["event"] = event.event
    if code != _PAGE and code != _SCREEN and event.name is not None:
        extra["name"] = event.name
    spare = ("properties", event.properties) if code in (_IDENTIFY, _GROUP) else ("traits", event.traits)
    if (raw := bytes(spare[1])) not in _EMPTY:
        extra[spare[0]] = Raw(raw)
    happened = event.originalTimestamp or event.timestamp
    if happened is not None and occurred != _microseconds(
        happened
    ):  # the clock was corrected: keep what it said
        extra["timestamp"] = happened
        extra["sentAt"] = event.sentAt or arrival.sent_at
    if other:
        extra |= other
    return msgspec.json.encode(extra) if extra else None
