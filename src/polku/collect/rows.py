"""An event of the protocol as a row of the store."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
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
_VIEWS, _ABOUT_WHO = (_PAGE, _SCREEN), (_IDENTIFY, _GROUP)
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
    repeatable: bool = False  # read again later: an event without an id must get the same one each time


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
    user, anonymous = _ids(event)
    raw = event.traits if code in _ABOUT_WHO else event.properties
    properties = b"{}" if raw is NOTHING else bytes(raw)
    if properties[:1] != b"{":
        properties = _object("traits" if code in _ABOUT_WHO else "properties", properties)
    context = (arrival.context or b"{}") if event.context is NOTHING else bytes(event.context)
    if context[:1] != b"{":
        context = _object("context", context)
    name = _name(event, code)
    skew = _skew(event.sentAt or arrival.sent_at, arrival)
    occurred = occurred_at(event, arrival, skew)
    path, who = _of_context(context, code) if len(context) > 2 else (None, None)
    value = score = None
    if len(properties) > 2:
        if code <= _SCREEN:
            path, value, score = of_properties(code, name, properties, path)
        elif code == _IDENTIFY:
            who = [*identifiers.of_traits(_ANY.decode(properties)), *(who or ())]
    if code == _ALIAS:
        who = [_previous(event.previousId, arrival.public), *(who or ())]
    return (
        arrival.source,
        event.messageId or _made_id(event, arrival),
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
        _extra(event, arrival, code, (user, anonymous), skew, other),
    )


def occurred_at(event: Event, arrival: Arrival, skew: int) -> int:
    """When it happened, by our clock: received − (sent − happened by the sender's clock), in microseconds.

    `skew` is received − sent. Without `sentAt` the sender's clock is believed; without `timestamp` it happened
    when it came. Raises Refusal for times that cannot be.
    """
    happened = event.originalTimestamp or event.timestamp
    if happened is None:
        return arrival.received_us
    at = _microseconds(happened) + skew
    if at < EARLIEST or at > arrival.received_us + arrival.ahead_us:
        raise Refusal(
            "impossible_time", f"it would have happened at {_shown_time(at)} (timestamp {happened})"
        )
    return at


def _name(event: Event, code: int) -> str:
    if code != _TRACK:
        return (event.name or "") if code in _VIEWS else ""
    if not event.event or event.event.isspace():
        raise Refusal("no_name", f"event is {shown(event.event)}. A track call needs a name.")
    return event.event


def _ids(event: Event) -> tuple[str | None, str | None]:
    user, anonymous = event.userId, event.anonymousId
    if user is not None and is_blocked(user):
        user = None
    if anonymous is not None and is_blocked(anonymous):
        anonymous = None
    if user is None and anonymous is None:
        raise Refusal(
            "no_identity", f"userId is {shown(event.userId)}, anonymousId is {shown(event.anonymousId)}"
        )
    return user, anonymous


def _skew(sent: datetime | None, arrival: Arrival) -> int:
    """How far the sender's clock is behind ours, in microseconds; 0 if that may be the request's own time."""
    if sent is None:
        return 0
    skew = arrival.received_us - _microseconds(sent)
    return skew if skew > LEAST_SKEW_US or skew < -LEAST_SKEW_US else 0


def moment(us: int) -> datetime:
    """A time in microseconds since 1970 as one in UTC."""
    return datetime.fromtimestamp(us / 1e6, UTC)


def _microseconds(when: datetime) -> int:
    if when.tzinfo is None:
        when = when.replace(tzinfo=UTC)
    return int(when.timestamp() * 1e6 + 0.5)


def _shown_time(at: int) -> str:
    try:
        return datetime.fromtimestamp(at / 1e6, UTC).isoformat(timespec="seconds")
    except (ValueError, OverflowError, OSError):
        return "a year out of range"


def _object(field: str, raw: bytes) -> bytes:
    if raw in _EMPTY:
        return b"{}"
    raise Refusal("invalid_field", f"{field} is {shown(raw.decode())}. Allowed: an object")


def _of_context(context: bytes, code: int) -> tuple[str | None, list[tuple[str, str]] | None]:
    """Path and identifiers in a context, whatever shape it has."""
    try:
        known = _CONTEXT.decode(context)
        path = known.page.path if known.page is not None else None
    except msgspec.ValidationError:
        fields = msgspec.json.decode(context, type=dict[str, Raw])  # its page is of another shape
        known = _Context(None, fields.get("externalIds", NOTHING), fields.get("traits", NOTHING))
        path = None
    path = page_path(path) if path else None
    if known.externalIds is NOTHING and code != _IDENTIFY:
        return path, None
    who: list[tuple[str, str]] = []
    if code == _IDENTIFY and (traits := bytes(known.traits))[:1] == b"{":
        who.extend(identifiers.of_traits(_ANY.decode(traits)))
    if (external := bytes(known.externalIds)) not in _EMPTY:
        who.extend(identifiers.of_external_ids(_ANY.decode(external)))
    return path, who


@lru_cache(maxsize=16_384)
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


def of_properties(
    code: int, name: str, properties: bytes, path: str | None
) -> tuple[str | None, float | None, float | None]:
    """Path, value and score that an event's properties give. Raises Refusal for a score that cannot be."""
    paid = responded = False
    if code == _TRACK:
        responded = name == figures.SURVEY_RESPONDED
        money = figures.money_of(name)
        paid = bool(money.fields) and (len(money.fields) > 1 or b'"revenue"' in properties)
    elsewhere = path is None and (b'"path"' in properties or b'"url"' in properties)
    if not (paid or responded or elsewhere):
        return path, None, None
    given = _ANY.decode(properties)
    for field in ("path", "url") if elsewhere else ():
        if path is None and isinstance(given.get(field), str):
            path = page_path(given[field])
    value = money.amount(given) if paid else None
    return path, value, figures.score(given) if responded else None


def _previous(previous: str | None, public: bool) -> tuple[str, str]:
    if previous is None or is_blocked(previous):
        raise Refusal(
            "no_previous_id", f"previousId is {shown(previous)}. An alias call needs the earlier id."
        )
    # Anyone can write what a public key sends: as an anonymous id it can never join two known users.
    return ("anonymous_id" if public else "previous_id"), previous


def _made_id(event: Event, arrival: Arrival) -> str:
    """An id for an event that came without: of its content, if that says when it happened, so that the same
    event sent twice is stored once. What is set anew at each sending, or read elsewhere, is no part of it."""
    timed = event.timestamp is not None or event.originalTimestamp is not None
    if not timed and not arrival.repeatable:
        return f"polku-{uuid.uuid4().hex}"
    itself = msgspec.structs.replace(
        event, sentAt=None, writeKey=NOTHING, receivedAt=NOTHING, metadata=NOTHING
    )
    content = msgspec.json.encode(itself)
    came = b"" if timed else b"%d" % arrival.received_us
    return f"polku-{xxhash.xxh3_128_hexdigest(content + came)}"


def _extra(
    event: Event,
    arrival: Arrival,
    code: int,
    ids: tuple[str | None, str | None],
    skew: int,
    other: dict[str, Raw] | None,
) -> bytes | None:
    """What has no column of its own, so that nothing of a call is lost."""
    integrations = arrival.integrations if event.integrations is NOTHING else bytes(event.integrations)
    if (
        code == _TRACK
        and not skew
        and not other
        and event.category is event.groupId is event.previousId is event.name is None
        and event.traits is NOTHING
        and event.userId is ids[0]
        and event.anonymousId is ids[1]
        and integrations in _EMPTY
    ):
        return None  # nearly always, and this is the path that must be fast
    return _whole_extra(event, arrival, code, ids, skew, integrations, other)


def _whole_extra(
    event: Event,
    arrival: Arrival,
    code: int,
    ids: tuple[str | None, str | None],
    skew: int,
    integrations: bytes,
    other: dict[str, Raw] | None,
) -> bytes | None:
    extra: dict[str, Any] = {
        "previousId": event.previousId,
        "groupId": event.groupId,
        "category": event.category,
        "userId": None if event.userId is ids[0] else event.userId,
        "anonymousId": None if event.anonymousId is ids[1] else event.anonymousId,
        "event": None if code == _TRACK else event.event,
        "name": None if code in _VIEWS else event.name,
        "integrations": None if integrations in _EMPTY else Raw(integrations),
    }
    spare, raw = ("properties", event.properties) if code in _ABOUT_WHO else ("traits", event.traits)
    extra[spare] = None if bytes(raw) in _EMPTY else raw
    happened = event.originalTimestamp or event.timestamp
    if skew and happened is not None:  # the clock was corrected: keep what it said
        extra |= {"timestamp": happened, "sentAt": event.sentAt or arrival.sent_at}
    said = {k: v for k, v in extra.items() if v is not None} | (other or {})
    return msgspec.json.encode(said) if said else None
