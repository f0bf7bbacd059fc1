"""All six calls arrive whole, at every address of the protocol."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from tests.collect.conftest import Collecting

TRACK = {"type": "track", "event": "Product Viewed", "userId": "u1", "messageId": "m1"}


def track(**fields: Any) -> dict[str, Any]:
    return {**TRACK, **fields}


CALLS: dict[str, dict[str, Any]] = {
    "track": {
        "event": "Order Completed",
        "userId": "u1",
        "properties": {"revenue": 12.5, "deep": {"a": [1, "ä"]}},
    },
    "page": {
        "name": "Boots",
        "category": "Shop",
        "anonymousId": "a1",
        "properties": {"url": "https://x.fi/b?c=1#d"},
    },
    "screen": {"name": "Home", "userId": "u1", "properties": {"tab": 2}},
    "identify": {
        "userId": "u1",
        "anonymousId": "a1",
        "traits": {"email": " Anna@Example.FI", "plan": "gold"},
    },
    "group": {"userId": "u1", "groupId": "g9", "traits": {"employees": 12}},
    "alias": {"userId": "u1", "previousId": "old"},
}
CODES = dict(zip(("track", "page", "screen", "identify", "group", "alias"), range(1, 7), strict=True))


@pytest.mark.parametrize("call", CALLS)
def test_each_call_is_kept_whole_at_its_short_and_long_address(collecting: Collecting, call: str) -> None:
    for path in (call, call[0]):
        sent = CALLS[call] | {"messageId": path, "context": {"locale": "fi"}, "integrations": {"X": False}}
        assert collecting.post(path, sent).json() == {"success": True}
    for event in collecting.events():
        assert event["type"] == CODES[call]
        assert event["context"] == {"locale": "fi"}
        assert event["properties"] == (CALLS[call].get("traits") or CALLS[call].get("properties") or {})
        assert event["user_id"] == CALLS[call].get("userId")
        assert event["anonymous_id"] == CALLS[call].get("anonymousId")
        kept = {k: CALLS[call][k] for k in ("groupId", "previousId", "category") if k in CALLS[call]}
        assert event["extra"] == kept | {"integrations": {"X": False}}


@pytest.mark.parametrize("path", ["batch", "b", "import"])
def test_a_batch_is_taken_and_what_it_says_for_all_counts(collecting: Collecting, path: str) -> None:
    events = [track(messageId=str(n)) for n in range(3)]
    collecting.post(path, {"batch": events, "context": {"ip": "0.0.0.0"}, "integrations": {"All": False}})
    assert [e["context"] for e in collecting.events()] == [{"ip": "0.0.0.0"}] * 3
    assert collecting.events()[0]["extra"] == {"integrations": {"All": False}}


def test_who_is_read_from_traits_and_external_ids(collecting: Collecting) -> None:
    external = [
        {"type": "loyalty-card", "id": "77"},
        {"type": "email", "id": "B@b.fi"},
        {"type": "x", "id": "null"},
    ]
    traits = {"email": "A@b.fi", "phone": "+358 (0)40-123 4567", "firstName": "Anna", "lastName": "Aalto"}
    collecting.batch(
        {"type": "identify", "userId": "u1", "traits": traits, "context": {"externalIds": external}},
        track(context={"externalIds": external[:1]}),
    )
    first, second = collecting.events()
    assert first["identifiers"] == [
        ["email", "a@b.fi"], ["phone", "+358401234567"], ["name", "Anna Aalto"],
        ["loyalty_card", "77"], ["email", "b@b.fi"],
    ]  # fmt: skip
    assert second["identifiers"] == [["loyalty_card", "77"]]


def test_identify_of_other_sdks_has_its_traits_in_the_context(collecting: Collecting) -> None:
    collecting.batch({"type": "identify", "userId": "u1", "context": {"traits": {"email": "a@b.fi"}}})
    assert collecting.event()["identifiers"] == [["email", "a@b.fi"]]


@pytest.mark.parametrize(
    "value", ["null", " Anonymous", "0000-00", "-1", "", "n/a", "00000000-0000-0000-0000-000000000000"]
)
def test_ids_that_stand_for_nobody_join_nobody(collecting: Collecting, value: str) -> None:
    collecting.batch(track(anonymousId="a1", userId=value))
    assert collecting.event()["user_id"] is None
    assert collecting.event()["extra"] == {"userId": value}


def test_a_public_key_cannot_say_that_two_known_users_are_one(collecting: Collecting) -> None:
    collecting.batch(track(userId="victim"))
    alias = {"type": "alias", "userId": "thief", "previousId": "victim"}
    collecting.batch(alias, key=collecting.public_key)
    collecting.batch(alias)
    public, private = collecting.events()[1:]
    assert public["identifiers"] == [["anonymous_id", "victim"]]
    assert private["identifiers"] == [["previous_id", "victim"]]


@pytest.mark.parametrize(
    ("name", "properties", "value"),
    [
        ("Order Completed", {"revenue": 10, "total": 12}, 10),
        ("Order Completed", {"total": "12,50"}, 12.5),
        ("Purchase", {"value": " 1 200.5 "}, 1200.5),
        ("Subscribed", {"revenue": 5}, 5),
        ("Subscribed", {"value": 5}, None),
        ("Checkout Started", {"revenue": 10}, None),
        ("Order Refunded", {"total": 3}, -3),
        ("Order Cancelled", {"revenue": 10}, None),
        ("Order Completed", {"revenue": "much"}, None),
    ],
)
def test_money_of_orders(
    collecting: Collecting, name: str, properties: dict[str, Any], value: float | None
) -> None:
    collecting.batch(track(event=name, properties=properties))
    assert collecting.event()["value"] == value


@pytest.mark.parametrize(
    ("metric", "score", "kept"),
    [("nps", 10, 100), ("nps", 0, -100), ("CSAT", 3, 0), ("ces", "7", 100), ("nps", 9, 80)],
)
def test_a_response_has_its_score(collecting: Collecting, metric: str, score: object, kept: float) -> None:
    properties = {"survey": "s", "metric": metric, "score": score}
    collecting.batch(track(event="Survey Responded", properties=properties))
    assert collecting.event()["score"] == kept


@pytest.mark.parametrize(
    ("context", "properties", "path"),
    [
        ({"page": {"path": "/a?b"}}, {"path": "/c"}, "/a"),
        ({"page": "/a"}, {"path": "/c#d"}, "/c"),
        ({}, {"url": "https://shop.fi/e?f=1"}, "/e"),
        ({}, {"url": "https://shop.fi"}, "/"),
        ({}, {"url": "mailto:x"}, None),
        ({"page": {"path": 5}}, {}, None),
    ],
)
def test_path_of_the_page(
    collecting: Collecting, context: object, properties: object, path: str | None
) -> None:
    collecting.batch(track(context=context, properties=properties))
    assert collecting.event()["path"] == path


def test_a_wrong_clock_is_corrected_and_what_it_said_kept(collecting: Collecting) -> None:
    now = datetime.now(UTC)
    wrong = now - timedelta(days=400)
    sent, happened = wrong.isoformat(), (wrong - timedelta(minutes=5)).isoformat()
    collecting.batch(track(timestamp=happened), sentAt=sent)
    event = collecting.event()
    assert abs(event["occurred_at"] - (now - timedelta(minutes=5))) < timedelta(seconds=5)
    assert datetime.fromisoformat(event["extra"]["timestamp"]) == wrong - timedelta(minutes=5)


def test_a_clock_that_is_right_is_left_alone(collecting: Collecting) -> None:
    now = datetime.now(UTC)
    happened = now - timedelta(days=3)
    collecting.batch(track(timestamp=happened.isoformat(), sentAt=now.isoformat()))
    assert collecting.event()["occurred_at"] == happened
    assert collecting.event()["extra"] is None


@pytest.mark.parametrize(
    "written",
    [
        "2026-03-29T01:30:00",
        "2026-03-29 03:30:00+02:00",
        "2026-03-29T01:30:00.000Z",
        1774747800,
        1774747800000,
    ],
)
def test_times_without_zone_are_utc_and_offsets_honoured(collecting: Collecting, written: object) -> None:
    collecting.batch(track(timestamp=written))
    assert collecting.event()["occurred_at"] == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)


def test_unknown_fields_and_ids_that_are_numbers_are_kept(collecting: Collecting) -> None:
    collecting.batch(track(userId=42, channel="server", version=2), track(messageId="m2", type="TRACK"))
    first, second = collecting.events()
    assert first["user_id"] == "42"
    assert first["extra"] == {"channel": "server", "version": 2}
    assert second["type"] == 1


def test_the_same_event_twice_is_stored_once(collecting: Collecting) -> None:
    nameless = {"type": "track", "event": "E", "userId": "u", "timestamp": "2026-01-01T00:00:00Z"}
    for sent in ("2026-01-01T00:00:01Z", "2026-01-01T00:00:01.5Z"):
        collecting.batch(track(), nameless | {"sentAt": sent, "timestamp": "2026-01-01T00:00:00Z"})
    assert [e["name"] for e in collecting.events()] == ["Product Viewed", "E"]


def test_gzip_is_seen_by_its_content(collecting: Collecting) -> None:
    body = gzip.compress(msgspec.json.encode({"batch": [track()]}))
    kind = "application/x-www-form-urlencoded"
    assert collecting.post("batch", body, **{"Content-Type": kind}).status_code == 200
    plain = msgspec.json.encode({"batch": [track(messageId="m2")]})
    assert collecting.post("batch", plain, **{"Content-Encoding": "gzip"}).status_code == 200
    assert len(collecting.events()) == 2


@pytest.mark.parametrize("how", ["body", "query", "header"])
def test_the_write_key_is_found_where_sdks_put_it(collecting: Collecting, how: str) -> None:
    body: dict[str, Any] = {"batch": [track()]}
    if how == "header":
        answer = collecting.batch(track())
    elif how == "body":
        answer = collecting.http.post("/v1/batch", json=body | {"writeKey": collecting.key})
    else:
        answer = collecting.http.post(f"/v1/batch?writeKey={collecting.key}", json=body)
    assert answer.status_code == 200
    assert collecting.event()["source"] == 1


def test_browsers_of_any_site_may_send(collecting: Collecting) -> None:
    asked = {"Origin": "https://shop.example", "Access-Control-Request-Headers": "authorization,rsa-x"}
    answer = collecting.http.options("/v1/t", headers=asked)
    assert answer.status_code == 204
    assert answer.headers["access-control-allow-origin"] == "https://shop.example"
    assert answer.headers["access-control-allow-headers"] == "authorization,rsa-x"
    posted = collecting.post("t", track(), Origin="https://shop.example")
    assert posted.headers["access-control-allow-origin"] == "https://shop.example"


def test_settings_for_the_browser_name_us_alone(collecting: Collecting) -> None:
    settings = collecting.http.get(f"/v1/projects/{collecting.public_key}/settings").json()
    ours = {"apiKey": collecting.public_key, "apiHost": "testserver/v1", "protocol": "http"}
    assert settings["integrations"] == {"Segment.io": ours}
    assert settings["metrics"] == {"sampleRate": 0}
    assert collecting.http.get("/v1/projects/nobody/settings").status_code == 404
    assert collecting.post("m", {"series": []}).json() == {"success": True}
