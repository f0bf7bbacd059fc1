"""Bodies read all at once are as those read event by event, whatever is in them."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from polku.collect.bodies import Delivery, encode_bodies
from polku.collect.encoding import encode_events, encode_rejected
from polku.collect.reading import read_batch, read_event, rows_of
from polku.collect.refusal import Refusal
from polku.collect.rows import Arrival
from polku.store import INCOMING, REJECTED
from polku.store.kernels import compile_all

_WRITTEN_ANEW = ("timestamp", "originalTimestamp", "sentAt")
NOW = 1_780_000_000_123_456
TIMES = (
    "2026-05-28T20:26:40.123456Z", "2026-05-28T20:26:40Z", "2026-05-28T23:26:40.1+03:00", "2024-02-29T00:00:00Z",
    "2026-02-29T00:00:00Z", "1970-01-01T00:00:00Z", "2126-05-28T20:26:40Z", "2026-05-28T20:26:40",
    "2026-05-28 20:26:40Z", "2026-05-28T20:26:40.1234567Z", "2026-05-28T24:00:00Z", "2026-13-01T00:00:00Z",
    "2026-05-28T20:26:60Z", "2026-05-28T20:26:40-23:59", "2026-05-28T20:26:40+2:000", "1998-12-31T23:59:59.999999Z",
    "2026-05-28T20:26:40.Z", "0001-01-01T00:00:00Z", "２026-05-28T20:26:40Z", "",
)  # fmt: skip
IDS = (
    "u1",
    "u1",
    "anonymous",
    "0-0",
    "NULL",
    " u",
    "ä",
    "aä9",
    "x" * 1025,
    "ä" * 600,
    "",
    "[object Object]",
    "\u00a0",
    'q"',
    7,
)
PATHS = (
    "/p/1",
    "/",
    "//x.fi/y",
    "/a?b#c",
    "https://x.fi/k?l",
    "x",
    "",
    "/ä",
    "/" + "a" * 2001,
    None,
    3,
    "/a\\b",
)
NAMES = (
    "Product Viewed",
    "Order Completed",
    "Survey Responded",
    "Tilaus",
    " ",
    "\u00a0",
    "",
    "Ä",
    "\u3000",
    "Order Refunded",
)

json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.floats(allow_nan=False)
    | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=5,
)
pages = st.fixed_dictionaries({}, optional={"path": st.sampled_from(PATHS), "title": json_values})
contexts = st.fixed_dictionaries(
    {},
    optional={
        "page": pages | json_values,
        "locale": st.just("fi-FI"),
        "externalIds": st.just([{"type": "card", "id": "7"}]),
        "other": json_values,
    },
)
money = st.sampled_from([12.5, "19,90", -3, "x", None, 1e300])
properties = st.fixed_dictionaries(
    {},
    optional={
        "revenue": money, "total": money, "value": money, "path": st.sampled_from(PATHS),
        "url": st.sampled_from(PATHS), "metric": st.sampled_from(["nps", "CSAT", "x"]),
        "score": st.sampled_from([0, 9, 11, "5"]), "other": json_values,
    },
)  # fmt: skip
ids = st.sampled_from(IDS)
times = st.sampled_from(TIMES)
events = st.fixed_dictionaries(
    {"messageId": ids},
    optional={
        "type": st.sampled_from(["track", "page", "screen", "identify", "alias", "Track", "x", None]),
        "event": st.sampled_from(NAMES), "name": st.sampled_from(NAMES), "userId": ids, "anonymousId": ids,
        "timestamp": times, "originalTimestamp": times, "sentAt": times, "properties": properties | json_values,
        "context": contexts | json_values, "integrations": st.sampled_from([{}, None, {"All": True}, []]),
        "_metadata": json_values, "writeKey": st.just("k"), "category": st.just("c"), "unknown": json_values,
    },
)  # fmt: skip
plain_events = st.fixed_dictionaries(
    {
        "type": st.sampled_from(["track", "track", "page"]), "messageId": st.text(min_size=1, max_size=8),
        "userId": st.sampled_from(["u1", "u2"]), "timestamp": st.sampled_from(TIMES[:4]),
        "properties": properties, "context": contexts,
    },
    optional={"event": st.sampled_from(NAMES[:4])},
)  # fmt: skip
batches = st.fixed_dictionaries(
    {"batch": st.lists(events | plain_events, max_size=4)},
    optional={
        "sentAt": times | st.none() | st.just(5), "writeKey": st.just("k"), "context": contexts | st.none(),
        "integrations": st.just({}), "more": json_values,
    },
)  # fmt: skip
written = st.sampled_from([
    lambda v: json.dumps(v), lambda v: json.dumps(v, ensure_ascii=False), lambda v: json.dumps(v, indent=1),
    lambda v: json.dumps(v, separators=(",", ":")),
])  # fmt: skip


class _Faults(logging.Handler):
    """Defects of ours, which a server survives and tells its log."""

    def emit(self, record: logging.LogRecord) -> None:
        raise AssertionError(record.getMessage()) from (record.exc_info or (None, None))[1]


stray = st.binary(max_size=3) | st.sampled_from([b'"', b"{", b"]", b","])


@pytest.fixture(autouse=True, scope="module")
def _ready() -> Iterator[None]:
    compile_all()
    handler, log = _Faults(logging.ERROR), logging.getLogger("polku.collect")
    log.addHandler(handler)
    yield
    log.removeHandler(handler)


def slowly(body: bytes, arrival: Arrival) -> list[pa.Table]:
    """The same by the other way."""
    message = read_batch(body) if arrival.type is None else read_event(body)
    rows, refused = rows_of(message, arrival)
    return [
        *(encode_events([rows]) if rows else [INCOMING.empty_table()]),
        *(
            encode_rejected([(_when(arrival), arrival.source, refused)])
            if refused
            else [REJECTED.empty_table()]
        ),
    ]


def _when(arrival: Arrival) -> datetime:
    return datetime.fromtimestamp(arrival.received_us / 1e6, UTC)


def at_once(bodies: Sequence[bytes], arrival: Arrival) -> tuple[list[Delivery], list[pa.Table]]:
    deliveries = [Delivery(b, arrival) for b in bodies]
    tables = encode_bodies(deliveries)
    events = [t for t in tables if t.schema.equals(INCOMING)] or [INCOMING.empty_table()]
    rejected = [t for t in tables if t.schema.equals(REJECTED)] or [REJECTED.empty_table()]
    return deliveries, [*events, *rejected]


def taken(tables: Iterable[pa.Table]) -> list[Any]:
    """Events; when a batch was sent as a moment, in whichever zone it is told."""
    rows = [r for t in tables for r in t.to_pylist()]
    for row in rows:
        extra = json.loads(row["extra"] or "{}")
        if "sentAt" in extra:
            extra["sentAt"] = datetime.fromisoformat(extra["sentAt"]).astimezone(UTC).isoformat()
        row["extra"] = extra
    return rows


def refusals(tables: Iterable[pa.Table]) -> list[Any]:
    """What was refused and why, and the event but for how its times and what is empty are written."""
    rows = [r for t in tables for r in t.to_pylist()]
    for row in rows:
        event = json.loads(row["payload"])
        if isinstance(event, dict):
            event = {k: v for k, v in event.items() if k not in _WRITTEN_ANEW and v not in (None, {})}
        row["payload"] = json.dumps(event, sort_keys=True)
    return sorted((r["reason"], r["detail"], r["payload"]) for r in rows)


def same(bodies: Sequence[bytes], type_: str | None) -> list[Delivery]:
    arrival = Arrival(3, False, NOW, type=type_, repeatable=True)
    deliveries, (events, rejected) = at_once(bodies, arrival)
    expected = [slowly(d.body, arrival) for d in deliveries if not d.careful]
    if not expected:
        assert not events.num_rows
        assert not rejected.num_rows
        return deliveries
    assert taken([events]) == taken(t[0] for t in expected)
    assert refusals([rejected]) == refusals(t[1] for t in expected)
    assert sum(d.refused for d in deliveries) == rejected.num_rows
    return deliveries


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(batches, written), max_size=3))
def test_batches(bodies: list[tuple[Any, Any]]) -> None:
    same([write(body).encode("utf-8", "surrogatepass") for body, write in bodies], None)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(events | plain_events, written), max_size=3),
    st.sampled_from(["track", "page", "identify"]),
)
def test_single_events(bodies: list[tuple[Any, Any]], type_: str) -> None:
    same([write(body).encode("utf-8", "surrogatepass") for body, write in bodies], type_)


@settings(max_examples=150, deadline=None)
@given(
    batches,
    st.integers(0, 10**6),
    st.integers(0, 4),
    st.binary(max_size=3) | st.sampled_from([b'"', b"{", b"]", b","]),
)
@example({"batch": []}, 0, 0, b"")
def test_spoilt_bytes(body: Any, at: int, cut: int, put: bytes) -> None:
    text = json.dumps(body, ensure_ascii=False).encode("utf-8", "surrogatepass")
    at %= len(text) + 1
    spoilt = text[:at] + put + text[at + cut :]
    try:
        same([text, spoilt, text], None)
    except Refusal:
        raise AssertionError(f"taken at once, but refused by itself: {spoilt!r}") from None


JSON = [
    b"0", b"-0", b"01", b"-", b"1.", b".5", b"1e5", b"1E+", b"1e-05", b"1.5e", b"+1", b"true", b"tru", b"nulll",
    b"falsey", b'"a"', b'"\\u00e4"', b'"\\ud83d\\ude00"', b'"\\ud83d"', b'"\\x"', b'"\\u12g4"', b'"\x01"',
    b'"\x7f"', b'"\xc3\xa4"', b'"\xc3"', b'"\xc0\x80"', b'"\xe0\x80\x80"', b'"\xed\xa0\x80"',
    b'"\xf4\x90\x80\x80"', b'"\xf0\x9f\x98\x80"', b'"\xff"', b"[]", b"[,]", b"[1,]", b"[1 2]", b"[1,2]",
    b"[[[]]]", b"[", b"]", b"{}", b'{"a"}', b'{"a":}', b'{"a":1,}', b'{,}', b'{"a":1 "b":2}',
    b'{"a":[1,{"b":[]}]}', b"{1:2}", b'{"a":1}}', b"[" * 59 + b"]" * 59, b"[" * 61 + b"]" * 61, b"NaN",
    b"Infinity", b"", b" ", b"\x00", b"\xef\xbb\xbf1", b"'a'", b"/**/1", b"1 1",
]  # fmt: skip


@pytest.mark.parametrize("value", JSON)
def test_json_is_read_as_strictly_as_the_standard_says(value: bytes) -> None:
    body = (
        b'{"batch":[{"type":"track","messageId":"m","event":"E","userId":"u","properties":{"x":%s}}]}' % value
    )
    try:
        parsed = json.loads(body, parse_constant=lambda _: pytest.fail("not JSON"))
        valid = "\\ud83d" not in body.decode() and str(parsed).count("[") < 60
    except (ValueError, UnicodeDecodeError, pytest.fail.Exception):
        valid = False
    assert [d.careful for d in same([body], None)] == [not valid]


def test_what_sdks_send_is_read_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else the fast way would be there and never taken."""

    def never(*_: Any) -> None:
        raise AssertionError("read event by event")

    monkeypatch.setattr("polku.collect.bodies.read_event", never)
    event = {
        "type": "track", "messageId": "m", "event": "Cart Viewed", "userId": None, "anonymousId": "3f2c",
        "timestamp": "2026-05-28T20:26:39.000Z", "properties": {"ä": [1, {"b": None}]}, "integrations": {},
        "context": {"page": {"path": "/kori", "title": "Kori – €"}}, "_metadata": {"bundled": []}, "writeKey": "k",
    }  # fmt: skip
    body = json.dumps({"batch": [event], "sentAt": "2026-05-28T20:26:40.000Z", "writeKey": "k"}).encode()
    deliveries, (events, _) = at_once([body], Arrival(1, True, NOW))
    assert not deliveries[0].careful
    assert events.to_pylist()[0]["path"] == "/kori"


def test_an_event_without_id_gets_the_same_one_whichever_way_it_is_read() -> None:
    """A spoilt neighbour makes a batch be read field by field; what each sending sets anew is no part of an id."""
    event = {"type": "track", "event": "Product Viewed", "userId": "u1", "timestamp": "2026-05-28T20:00:00Z"}
    addressed = event | {"writeKey": "k", "receivedAt": "2026-05-28T20:01:00Z"}
    spoilt = {"type": "track", "messageId": "m", "unknown": None}
    alone, beside = (json.dumps({"batch": b}).encode() for b in ([event], [spoilt, addressed]))
    arrival = Arrival(3, False, NOW, type=None)
    ids = [t.column("event_id").to_pylist() for t in (slowly(alone, arrival)[0], slowly(beside, arrival)[0])]
    _, (quick, _) = at_once([json.dumps({"batch": [addressed]}).encode()], arrival)
    assert ids[0] == ids[1] == quick.column("event_id").to_pylist()
