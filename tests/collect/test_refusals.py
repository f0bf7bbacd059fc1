"""What cannot be taken is kept with the reason; what came with it is taken."""

from __future__ import annotations

import gzip
import logging
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from polku.collect import store
from polku.collect.queries import Rejected
from polku.collect.replay import Replay
from polku.collect.sources import KnownSources
from polku.errors import StorageFull
from polku.store import Overloaded
from tests.collect.conftest import Collecting
from tests.collect.test_protocol import track

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
    assert collecting.reasons() == ["batch_too_large"]


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
    assert "2500" in answer.json()["message"]
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
    assert f"over {500 * 1024} bytes" in answer.json()["message"]
    assert "Send fewer events" in answer.json()["message"]
    assert collecting.events() == []


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
