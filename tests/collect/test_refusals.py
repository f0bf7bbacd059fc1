"""What cannot be taken is kept with the reason; what came with it is taken."""

from __future__ import annotations

import asyncio
import base64
import gzip
import logging
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

import msgspec
import pytest
from starlette.types import Receive

from polku.collect import store
from polku.collect.queries import Rejected
from polku.collect.receiving import COUNTED, KEPT, named_keys, receive_body
from polku.collect.refusal import Cut, Oversized
from polku.collect.replay import Replay
from polku.collect.sources import KnownSources
from polku.errors import Conflict, StorageFull
from polku.store import Overloaded
from tests.collect.conftest import Collecting
from tests.collect.test_protocol import track

WHAT_TO_DO = (
    f"Send at most 2500 events and 500 KB ({500 * 1024} bytes, unpacked) a request: "
    "share the events out over several requests"
)
AHEAD = f"{datetime.now(UTC) + timedelta(days=2):%Y-%m-%dT%H:%M:%SZ}"


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        (track(event=None), "no_name"),
        (track(event="  "), "no_name"),
        (track(userId=None), "no_identity"),
        (track(userId="null", anonymousId="unknown"), "no_identity"),
        (track(type="tracked"), "invalid_field"),
        (track(type=None), "invalid_field"),
        (track(userId=["u1"]), "invalid_field"),
        (track(userId=True), "invalid_field"),
        (track(userId="u" * 2000), "invalid_field"),
        (track(properties=[1]), "invalid_field"),
        (track(context="x"), "invalid_field"),
        (track(timestamp="yesterday"), "invalid_time"),
        (track(timestamp=True), "invalid_time"),
        (track(timestamp="1989-12-31T23:59:59Z"), "impossible_time"),
        (track(timestamp="1970-01-01T00:00:00Z"), "impossible_time"),
        (track(timestamp=0), "impossible_time"),
        (track(timestamp="9999-12-31T23:59:59Z"), "impossible_time"),
        (track(timestamp=AHEAD), "impossible_time"),
        (track(properties={"x": "y" * 33_000}), "event_too_large"),
        ({"type": "alias", "userId": "u1"}, "no_previous_id"),
        (track(event="Survey Responded", properties={"metric": "nps", "score": 11}), "invalid_score"),
        (track(event="Survey Responded", properties={"metric": "nps"}), "invalid_score"),
        (track(event="Survey Responded", properties={"metric": "smile", "score": 1}), "invalid_score"),
        (17, "not_an_object"),
        (None, "not_an_object"),
    ],
)
def test_one_bad_event_does_not_spoil_the_others(collecting: Collecting, event: Any, reason: str) -> None:
    answer = collecting.batch(track(messageId="before"), event, track(messageId="after"))
    assert answer.status_code == 200
    assert answer.json() == {"success": True, "rejected": 1}
    assert [e["event_id"] for e in collecting.events()] == ["before", "after"]
    (rejected,) = collecting.rejected()
    assert (rejected["reason"], rejected["source"]) == (reason, 1)
    assert rejected["detail"]
    kept = msgspec.json.decode(rejected["payload"])
    given = {k: v for k, v in event.items() if v is not None} if isinstance(event, dict) else event
    found = {k: v for k, v in kept.items() if v is not None} if isinstance(kept, dict) else kept
    assert found == given


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (b"NaN", "not_a_number"),
        (b"-Infinity", "not_a_number"),
        (b'"\xff"', "invalid_utf8"),
        (b'"\\ud800"', "invalid_utf8"),
    ],
)
def test_values_that_are_no_json_spoil_their_own_event_only(
    collecting: Collecting, value: bytes, reason: str
) -> None:
    good = msgspec.json.encode(track(properties={"name": "ä🥾"}))
    bad = b'{"type":"track","event":"E","userId":"u","properties":{"x":%b}}' % value
    assert collecting.post("batch", b'{"batch":[%b,%b]}' % (good, bad)).json()["rejected"] == 1
    assert collecting.event()["properties"] == {"name": "ä🥾"}
    assert collecting.reasons() == [reason]
    assert collecting.post("track", bad).json()["rejected"] == 1
    assert collecting.reasons() == [reason] * 2


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"{", "invalid_json"),
        (b"", "invalid_json"),
        (b'{"batch":', "invalid_json"),
        (b'{"batch":' + b"[" * 100_000, "invalid_json"),
        (b'"text"', "not_a_batch"),
        (b"\xff\xfe", "invalid_json"),
        (b"[]", "not_a_batch"),
        (b'{"batch":{}}', "not_a_batch"),
        (b'{"events":[]}', "not_a_batch"),
        (b"\x1f\x8bjunk", "invalid_gzip"),
        (gzip.compress(b'{"batch":[]}', mtime=0)[:-9], "invalid_gzip"),
    ],
)
def test_what_cannot_be_read_is_told_and_kept(collecting: Collecting, body: bytes, code: str) -> None:
    answer = collecting.post("batch", body)
    assert answer.status_code == 400
    assert answer.json()["code"] == code
    (rejected,) = collecting.rejected()
    assert rejected["reason"] == code
    assert rejected["payload"] == body


def test_a_bomb_is_not_unpacked(collecting: Collecting) -> None:
    bomb = gzip.compress(b" " * 20_000_000, mtime=0)
    answer = collecting.post("batch", bomb)
    assert answer.status_code == 413
    (rejected,) = collecting.rejected()
    assert (rejected["reason"], rejected["payload"]) == ("body_too_large", b" " * KEPT)
    assert rejected["detail"].startswith("it is more than ")


def test_sizes_at_their_limits(collecting: Collecting) -> None:
    assert collecting.post("batch", b" " * (500 * 1024 + 1)).status_code == 413
    many = [track(messageId=str(n)) for n in range(2501)]
    assert collecting.batch(*many[:2500]).status_code == 200
    assert collecting.batch(*many).status_code == 413
    filled = msgspec.json.encode(track(messageId="full", properties={"x": ""}))
    exact = track(messageId="full", properties={"x": "y" * (32 * 1024 - len(filled))})
    assert collecting.batch(exact, track(messageId="small")).json() == {"success": True}
    assert len(collecting.events()) == 2502


@pytest.mark.parametrize("packed", [False, True])
def test_ten_thousand_events_at_once_are_refused_together_and_lost_nowhere(
    collecting: Collecting, packed: bool
) -> None:
    events = [{"type": "track", "event": "E", "userId": f"u{n}"} for n in range(10_000)]
    plain = msgspec.json.encode({"batch": events})
    assert len(plain) <= 500 * 1024, "else it is refused for its size"
    answer = collecting.post("batch", gzip.compress(plain, mtime=0) if packed else plain)
    assert answer.status_code == 413
    assert answer.json()["code"] == "too_large"
    assert "it holds 10000 events" in answer.json()["message"]
    assert WHAT_TO_DO in answer.json()["message"]
    assert collecting.events() == []
    (rejected,) = collecting.rejected()
    assert (rejected["reason"], rejected["source"], rejected["payload"]) == ("batch_too_large", 1, plain)
    (group,) = Rejected().answer(collecting.workspace).groups
    assert "smaller batches" in group.advice
    assert collecting.workspace.part(Replay).replay("batch_too_large", 1).taken == 10_000
    assert {e["user_id"] for e in collecting.events()} == {e["userId"] for e in events}


def test_a_batch_of_501_kilobytes_is_refused_and_none_of_its_events_stored(collecting: Collecting) -> None:
    events = [track(messageId=str(n), properties={"x": "y" * 30_000}) for n in range(17)]
    empty = len(msgspec.json.encode({"batch": events}))
    events[-1]["properties"]["x"] += "y" * (501 * 1024 - empty)
    answer = collecting.batch(*events)
    assert answer.status_code == 413
    assert answer.json()["code"] == "too_large"
    assert f"it is {501 * 1024} bytes. {WHAT_TO_DO}" in answer.json()["message"]
    assert collecting.events() == []


def large(size: int, **common: Any) -> bytes:
    """A batch of this size."""
    empty = len(msgspec.json.encode({"batch": [track(properties={"x": ""})], **common}))
    body = msgspec.json.encode({"batch": [track(properties={"x": "y" * (size - empty)})], **common})
    assert len(body) == size
    return body


@pytest.mark.parametrize("named", ["header", "query", "body"])
def test_the_beginning_of_a_request_that_is_too_large_is_kept(collecting: Collecting, named: str) -> None:
    body = large(900_000, **({"writeKey": collecting.key} if named == "body" else {}))
    query = f"?writeKey={collecting.key}" if named == "query" else ""
    auth = (collecting.key, "") if named == "header" else None
    assert collecting.http.post(f"/v1/batch{query}", content=body, auth=auth).status_code == 413
    (rejected,) = collecting.rejected()
    assert (rejected["source"], rejected["reason"]) == (1, "body_too_large")
    assert rejected["payload"] == body[:KEPT]
    (group,) = Rejected().answer(collecting.workspace).groups
    assert group.cut == Cut(900_000, KEPT)
    assert not group.replayable
    with pytest.raises(Conflict, match="cannot be replayed"):
        collecting.workspace.part(Replay).replay("body_too_large", 1)


def test_what_is_too_large_is_not_read_for_ever() -> None:
    chunk, sent = b" " * 100_000, list[int]()

    def endless() -> Iterator[bytes]:
        for n in range(1_000):
            sent.append(n)
            yield chunk

    with pytest.raises(Oversized) as told:
        asyncio.run(receive_body(_receiving(endless())))
    assert len(sent) == COUNTED // len(chunk) + 1
    assert told.value.cut == Cut(len(sent) * len(chunk), KEPT, more=True)
    assert len(told.value.seen) < 700_000


def test_the_key_at_the_end_of_a_large_body_is_found_though_its_middle_is_forgotten() -> None:
    body = large(900_000, writeKey="k7")
    parts = iter([body[n : n + 65_536] for n in range(0, len(body), 65_536)])
    with pytest.raises(Oversized) as told:
        asyncio.run(receive_body(_receiving(parts, ends=len(body))))
    assert list(named_keys(told.value.seen)) == ["k7"]
    assert len(told.value.seen) < 700_000
    assert told.value.cut == Cut(900_000, KEPT)


def _receiving(parts: Iterator[bytes], ends: int = 1 << 40) -> Receive:
    """What a server hands over of a body that ends after so many bytes."""
    left = ends

    async def receive() -> dict[str, Any]:
        nonlocal left
        part = next(parts)
        left -= len(part)
        return {"type": "http.request", "body": part, "more_body": left > 0}

    return receive


def test_the_beginning_of_a_large_packed_request_is_kept_unpacked(collecting: Collecting) -> None:
    noise = base64.b64encode(random.Random(1).randbytes(900_000))
    body = b'{"writeKey":"%b","batch":["%b"]}' % (collecting.key.encode(), noise)
    packed = gzip.compress(body, 1, mtime=0)
    assert len(packed) > 600_000
    assert collecting.http.post("/v1/batch", content=packed).status_code == 413
    (rejected,) = collecting.rejected()
    assert rejected["payload"] == body[:KEPT]
    assert Cut.told(rejected["detail"]) == Cut(len(packed), KEPT)


@pytest.mark.parametrize(
    ("path", "body", "reason"),
    [
        ("batch?writeKey={key}", b"{", "invalid_json"),
        ("batch?writeKey={key}", b"\x1f\x8bjunk", "invalid_gzip"),
        ("batch?writeKey={key}", b'{"batch":{}}', "not_a_batch"),
        ("batch?writeKey={key}", b'{"batch":[%b]}' % b",".join([b"{}"] * 2501), "batch_too_large"),
        ("track?writeKey={key}", b"{", "invalid_json"),
        ("batch", b'{"writeKey":"{key}","batch":[', "invalid_json"),
        ("batch", b'{"batch":[{]}, "writeKey" : "{key}"}', "invalid_json"),
        ("batch", b'{"batch":{}, "writeKey":"{key}"}', "not_a_batch"),
        ("track", b'{"event":"E\xff","writeKey":"{key}",}', "invalid_utf8"),
    ],
)
def test_a_request_whose_key_is_not_in_its_headers_is_kept_when_refused(
    collecting: Collecting, path: str, body: bytes, reason: str
) -> None:
    body = body.replace(b"{key}", collecting.key.encode())
    answer = collecting.http.post(f"/v1/{path.format(key=collecting.key)}", content=body)
    assert answer.status_code == (413 if reason == "batch_too_large" else 400)
    (rejected,) = collecting.rejected()
    assert (rejected["source"], rejected["reason"], rejected["payload"]) == (1, reason, body)


def test_the_key_of_a_packed_body_that_ends_too_early_is_found(collecting: Collecting) -> None:
    packed = gzip.compress(b'{"writeKey":"%b","batch":[]}' % collecting.key.encode(), mtime=0)[:-9]
    assert collecting.http.post("/v1/batch", content=packed).json()["code"] == "invalid_gzip"
    (rejected,) = collecting.rejected()
    assert (rejected["source"], rejected["payload"]) == (1, packed)


@pytest.mark.parametrize("size", [10, 600_000])
def test_nothing_of_strangers_is_kept_however_they_name_a_key(collecting: Collecting, size: int) -> None:
    spoilt = b'{"batch":[{"x":"' + b"y" * size
    ends = (b"", b'","writeKey":"guess"')
    for body, query in product((spoilt + end for end in ends), ("", "?writeKey=guess")):
        answer = collecting.http.post(f"/v1/batch{query}", content=body)
        assert answer.status_code == (401 if query else 413 if size > 500 * 1024 else 400)
    known = collecting.workspace.part(KnownSources)
    with collecting.workspace.db.session() as session:
        store.set_enabled(session, 1, False)
    known.refresh()
    body = spoilt + b'","writeKey":"%b"' % collecting.key.encode()
    assert collecting.http.post("/v1/batch", content=body).status_code == 403
    assert collecting.rejected() == []


def test_strangers_are_turned_away_and_nothing_of_theirs_kept(
    collecting: Collecting, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, "polku.collect"):
        for _ in range(50):
            answer = collecting.batch(track(), key="secret-guess")
    assert answer.status_code == 401
    assert answer.json()["code"] == "unknown_write_key"
    assert collecting.http.post("/v1/batch", json={"batch": [track()]}).status_code == 401
    assert collecting.http.post("/v1/batch", content=b"{").status_code == 400
    assert collecting.events() == collecting.rejected() == []
    assert collecting.workspace.part(KnownSources).refused["unknown_write_key"] == 51
    assert [r.name for r in caplog.records].count("polku.collect") == 1
    assert "secret-guess" not in caplog.text


def test_a_disabled_source_takes_nothing_and_a_new_key_replaces_the_old(collecting: Collecting) -> None:
    known = collecting.workspace.part(KnownSources)
    with collecting.workspace.db.session() as session:
        store.set_enabled(session, 1, False)
    known.refresh()
    assert collecting.batch(track()).json()["code"] == "source_disabled"
    with collecting.workspace.db.session() as session:
        store.set_enabled(session, 1, True)
        new = store.rotate_key(session, 1).write_key
    known.refresh()
    assert collecting.batch(track()).status_code == 401
    assert collecting.batch(track(), key=new).status_code == 200


@pytest.mark.parametrize(
    ("error", "status"),
    [(Overloaded("More is coming in than can be stored."), 429), (StorageFull("The disk is full."), 503)],
)
def test_sdks_are_told_to_come_again(
    collecting: Collecting, monkeypatch: pytest.MonkeyPatch, error: Exception, status: int
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(type(collecting.workspace.store), "submit", refuse)
    answer = collecting.batch(track())
    assert answer.status_code == status
    assert int(answer.headers["retry-after"]) > 0
    assert set(answer.json()) == {"code", "message"}


def test_only_post_is_taken(collecting: Collecting) -> None:
    assert collecting.http.get("/v1/batch").status_code == 405


def test_a_number_beyond_all_bounds_does_no_harm(collecting: Collecting) -> None:
    event = (
        b'{"type":"track","event":"Order Completed","userId":"u","properties":{"revenue":1e999,"total":%b}}'
    )
    assert collecting.post("batch", b'{"batch":[%b]}' % (event % (b"9" * 400))).json() == {
        "success": True,
        "rejected": 1,
    }
    assert collecting.reasons() == ["invalid_json"]


def test_what_a_batch_says_for_all_is_kept_when_one_event_is_spoilt(collecting: Collecting) -> None:
    good = msgspec.json.encode(track())
    bad = b'{"type":"track","event":"E","userId":"u","properties":{"x":NaN}}'
    body = b'{"context":{"library":{"name":"x"}},"batch":[%b,%b]}' % (good, bad)
    assert collecting.post("batch", body).json()["rejected"] == 1
    assert collecting.event()["context"] == {"library": {"name": "x"}}


def test_a_batch_with_a_wrong_type_and_broken_json_behind_it(collecting: Collecting) -> None:
    assert collecting.post("batch", b'{"batch":[5,{"type":"track"').json()["code"] == "invalid_json"
    body = b'{"batch":[5,{"type":"track","event":"E","userId":"u","properties":{"x":NaN}}]}'
    assert collecting.post("batch", body).json()["rejected"] == 2
    assert sorted(collecting.reasons()) == ["invalid_json", "not_a_number", "not_an_object"]
