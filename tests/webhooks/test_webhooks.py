"""Calls arrive signed, once unless doubted, in spite of a receiver that is down; and nothing is called that is off."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest

from polku.db import Database
from polku.errors import Conflict, InvalidInput
from polku.webhooks import Caller, Ended, Timing, add, posting, send
from polku.webhooks.calls import calls, forget, make_again, turn_off
from polku.webhooks.posting import signature
from polku.webhooks.store import checked_url, webhooks
from tests.ports import free_port
from tests.webhooks.receiver import Receiver, receiving

START = datetime(2026, 3, 2, 9, tzinfo=UTC)


class Clock:
    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as one:
        yield one


def hook(db: Database, url: str, *kinds: str, authorization: str = "") -> int:
    with db.session() as session:
        return add(session, "Till", url, kinds or ("case.opened",), START, authorization=authorization).id


def say(db: Database, clock: Clock, n: int, kind: str = "case.opened", key: str | None = None) -> int:
    with db.session() as session:
        return send(session, kind, {"n": n, "word": "ääni"}, clock.now, key=key)


def states(db: Database) -> list[tuple[str, str, int]]:
    with db.session(read_only=True) as session:
        return [(call.state, call.reason, call.attempts) for call in reversed(calls(session))]


def test_the_signature_is_that_of_the_standard():
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    of_standard = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    body = b'{"test": 2432232314}'
    assert signature(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, body) == of_standard


def test_calls_arrive_in_order_signed_and_tell_who_asked(tables, clock, receiver):
    told: list[Ended] = []
    hook(tables, receiver.url, "case.opened", "case.closed", authorization="Bearer abc")
    for n in range(3):
        assert say(tables, clock, n, key=f"case:{n}") == 1
    assert say(tables, clock, 9, kind="theme.new") == 0
    caller = Caller(tables, now=clock, notify=lambda session, ended: told.append(ended))
    assert caller.make_due() == 3
    assert [b["data"] for b in receiver.bodies()] == [{"n": n, "word": "ääni"} for n in range(3)]
    assert receiver.bodies()[0] == {
        "type": "case.opened",
        "timestamp": START.isoformat(),
        "data": {"n": 0, "word": "ääni"},
    }
    with tables.session(read_only=True) as session:
        secret = webhooks(session)[0].secret
    for headers, body in receiver.calls:
        at = int(headers["webhook-timestamp"])
        assert at == START.timestamp()
        assert headers["webhook-signature"] == signature(secret, headers["webhook-id"], at, body)
        assert headers["authorization"] == "Bearer abc"
    assert [(one.key, one.state) for one in told] == [(f"case:{n}", "made") for n in range(3)]
    assert caller.make_due() == 0
    with tables.session(read_only=True) as session:
        assert [call.body for call in calls(session)] == [None] * 3
    caller.close()


def test_the_same_key_calls_each_webhook_once(tables, clock, receiver):
    hook(tables, receiver.url)
    hook(tables, receiver.url)
    assert say(tables, clock, 1, key="case:1") == 2
    assert say(tables, clock, 1, key="case:1") == 2
    assert Caller(tables, now=clock).make_due() == 2


def test_what_was_rolled_back_is_not_called(tables, clock, receiver):
    hook(tables, receiver.url)

    with suppress(Conflict), tables.session() as session:
        send(session, "case.opened", {}, clock.now)
        raise Conflict("No.")
    assert Caller(tables, now=clock).make_due() == 0


def test_a_receiver_that_is_down_is_asked_once_a_pause_and_gets_all_when_it_is_back(tables, clock, receiver):
    hook(tables, receiver.url)
    for n in range(5):
        say(tables, clock, n)
    receiver.answers = [503, 500]
    caller = Caller(tables, now=clock)
    assert caller.make_due() == 1
    assert caller.make_due() == 0
    clock.now += timedelta(seconds=31)
    assert caller.make_due() == 1
    clock.now += timedelta(seconds=31)
    assert caller.make_due() == 0  # the second pause is longer
    clock.now += timedelta(seconds=31)
    assert caller.make_due() == 5
    assert [b["data"]["n"] for b in receiver.bodies()] == [0, 0, 0, 1, 2, 3, 4]
    ids = [headers["webhook-id"] for headers, _ in receiver.calls]
    assert ids[0] == ids[1] == ids[2]
    assert len(set(ids)) == 5


def test_one_that_is_refused_does_not_hold_the_others_up(tables, clock, receiver):
    hook(tables, receiver.url)
    for n in range(3):
        say(tables, clock, n)
    receiver.answers = [400]
    caller = Caller(tables, now=clock)
    assert caller.make_due() == 3
    assert states(tables) == [("deferred", "receiver_refuses", 1), ("made", "", 1), ("made", "", 1)]
    clock.now += timedelta(minutes=1)
    assert caller.make_due() == 1
    assert states(tables)[0] == ("made", "", 2)


def test_nobody_is_there_and_after_days_what_waited_is_given_up(tables, clock):
    hook(tables, f"http://127.0.0.1:{free_port()}/")
    for n in range(3):
        say(tables, clock, n)
    caller = Caller(tables, now=clock)
    tried = 0
    while any(state == "deferred" or state == "queued" for state, _, _ in states(tables)):
        tried += caller.make_due()
        clock.now += timedelta(hours=1)
    assert {(state, reason) for state, reason, _ in states(tables)} == {("failed", "receiver_given_up")}
    assert timedelta(days=3) <= clock.now - START < timedelta(days=3, hours=6)
    assert tried < 30


def test_a_slow_receiver_is_left_and_another_gets_its_calls_meanwhile(tables, clock, receiver, monkeypatch):
    monkeypatch.setattr(posting, "TIMEOUT", posting.httpx.Timeout(0.2))
    with receiving() as slow:
        slow.slow_s = 0.6
        hook(tables, slow.url)
        hook(tables, receiver.url)
        say(tables, clock, 1)
        assert Caller(tables, now=clock).make_due() == 2
    assert [state for state, _, _ in states(tables)] == ["deferred", "made"]
    assert states(tables)[0][1] == "receiver_silent"


def test_too_many_requests_are_heeded(tables, clock, receiver):
    hook(tables, receiver.url)
    say(tables, clock, 1)
    receiver.answers, receiver.headers = [429], {"Retry-After": "600"}
    caller = Caller(tables, now=clock)
    assert caller.make_due() == 1
    clock.now += timedelta(seconds=590)
    assert caller.make_due() == 0
    clock.now += timedelta(seconds=11)
    assert caller.make_due() == 1
    assert states(tables) == [("made", "", 2)]


def test_pointers_to_elsewhere_are_not_followed(tables, clock, receiver):
    with receiving() as elsewhere:
        hook(tables, receiver.url)
        say(tables, clock, 1)
        receiver.answers, receiver.headers = [307], {"Location": elsewhere.url}
        Caller(tables, now=clock).make_due()
        assert states(tables) == [("deferred", "receiver_moved", 1)]
        assert elsewhere.calls == []


def test_one_that_is_gone_is_turned_off_with_what_waits(tables, clock, receiver):
    hook(tables, receiver.url)
    for n in range(3):
        say(tables, clock, n)
    receiver.answers = [410]
    assert Caller(tables, now=clock).make_due() == 1
    assert states(tables)[0] == ("failed", "receiver_gone", 1)
    assert {reason for _, reason, _ in states(tables)[1:]} == {"webhook_off"}
    assert say(tables, clock, 4) == 0


def test_a_failed_call_is_made_again_by_hand_only_where_its_webhook_is_on(tables, clock, receiver):
    id = hook(tables, receiver.url)
    say(tables, clock, 1)
    with tables.session() as session:
        turn_off(session, webhooks(session)[0], clock.now)
    with tables.session() as session:
        failed = calls(session)[0].id
        with pytest.raises(Conflict):
            make_again(session, failed, clock.now)
        session.get(type(webhooks(session)[0]), id).turned_off_at = None
        make_again(session, failed, clock.now)
    assert Caller(tables, now=clock).make_due() == 1
    assert states(tables) == [("made", "", 1)]
    with tables.session() as session:
        assert forget(session, before=clock.now) == 0
        assert forget(session, before=clock.now + timedelta(seconds=1)) == 1


@pytest.mark.parametrize(
    "url",
    ["", "polku", "ftp://example.fi/", "https://", "http://example.fi/hook", "https://a:b@example.fi/",
     "http://169.254.169.254/latest", "https://[fe80::1]/", "https://example.fi/" + "a" * 2_000, "http://[::1"],
)  # fmt: skip
def test_addresses_that_cannot_be_called_are_refused(url):
    with pytest.raises(InvalidInput):
        checked_url(url)


@pytest.mark.parametrize(
    "url", ["https://example.fi/hook?a=1", "http://localhost:5678/", "http://10.0.0.5/x", "http://n8n:5678/x"]
)
def test_addresses_of_others_and_of_one_s_own_network_are_taken(url):
    assert checked_url(url) == url


def test_what_may_not_go_now_waits_and_holds_nothing_else_up(tables, clock, receiver):
    hook(tables, receiver.url, "case.opened", "theme.new")
    opens = START + timedelta(hours=8)
    timing = Timing(
        "case.opened",
        may=lambda session, now: now == START or now >= opens,
        told=lambda session, now, data: {**data, "now": now.isoformat()},
    )
    caller = Caller(tables, now=clock, timings=[timing])
    receiver.answers.append(503)  # the first try is in time, and the receiver rests
    for n in range(3):
        say(tables, clock, n)
    assert caller.make_due() == 1
    clock.now = START + timedelta(minutes=5)
    say(tables, clock, 9, kind="theme.new")
    assert caller.make_due() == 1, "only what may go, though others wait for longer"
    clock.now = opens - timedelta(seconds=1)
    assert caller.make_due() == 0
    clock.now = opens
    assert caller.make_due() == 3
    told = [b["data"] for b in receiver.bodies()]
    assert [t["n"] for t in told] == [0, 9, 0, 1, 2]
    assert [t.get("now") for t in told] == [START.isoformat(), None, *[opens.isoformat()] * 3]
    ids = [headers["webhook-id"] for headers, _ in receiver.calls]
    assert ids[0] == ids[2]
    assert {state for state, _, _ in states(tables)} == {"made"}
