"""Sending by a real mail server that misbehaves in every way we know."""

from __future__ import annotations

import itertools
import logging
import socket
from datetime import UTC, datetime, timedelta

import pytest

from polku.db import Database
from polku.errors import Conflict, NotFound
from polku.mail import Ended, Postman, Server
from polku.mail.outbox import (
    GIVE_UP_AFTER,
    counts,
    erase,
    forget,
    messages,
    put,
    send_again,
    withdraw,
)
from tests.mail.postoffice import SENDER, PostOffice, letter_to, open_office, raw_server, wait_for

START = datetime(2026, 3, 2, 9, tzinfo=UTC)


class Clock:
    def __init__(self) -> None:
        self.now = START
        self.slept = 0.0

    def __call__(self) -> datetime:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept += seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


def queue(db: Database, *addresses: str, **options) -> None:
    with db.session() as session:
        for address in addresses:
            put(session, letter_to(address), SENDER, kind="invitation", now=START, **options)


def states(db: Database) -> dict[str, str]:
    with db.session(read_only=True) as session:
        return {m.recipient: m.state for m in messages(session)}


def only(db: Database):
    with db.session(read_only=True) as session:
        [message] = messages(session)
        return message


def postman(db: Database, office: PostOffice | Server, clock: Clock, **options) -> Postman:
    server = office if isinstance(office, Server) else office.server
    return Postman(db, server, SENDER.address, now=clock, sleep=clock.sleep, **options)


def test_letters_arrive_over_one_connection_and_their_words_are_kept_no_longer(tables, clock):
    queue(tables, "a@example.fi", "b@example.fi", "c@example.fi")
    with open_office() as office:
        assert postman(tables, office, clock).deliver() == 3
    assert office.times == {"a@example.fi": 1, "b@example.fi": 1, "c@example.fi": 1}
    arrived = office.letter("a@example.fi")
    assert arrived["From"] == "Kävelykauppa <asiakas@kauppa.example.fi>"
    with tables.session(read_only=True) as session:
        assert {(m.state, m.content) for m in messages(session)} == {("sent", None)}
        assert counts(session)["sent"] == 3


def test_one_broken_address_does_not_stop_the_others(tables, clock):
    queue(tables, "a@example.fi", "gone@example.fi", "b@example.fi", "rejected@example.fi", "c@example.fi")
    office = PostOffice(
        at_rcpt=lambda to: "550 5.1.1 No such user" if to.startswith("gone") else None,
        at_end=lambda to: "554 5.7.1 Looks like spam" if to.startswith("rejected") else None,
    )
    with open_office(office):
        postman(tables, office, clock).deliver()
    assert sorted(office.times) == ["a@example.fi", "b@example.fi", "c@example.fi"]
    with tables.session(read_only=True) as session:
        failed = {m.recipient: (m.reason, m.status, m.said) for m in messages(session, state="failed")}
    assert failed == {
        "gone@example.fi": ("refused", 550, "5.1.1 No such user"),
        "rejected@example.fi": ("refused", 554, "5.7.1 Looks like spam"),
    }


def test_greylisted_letters_are_tried_again_after_growing_pauses(tables, clock):
    tries: list[timedelta] = []

    def greylist(to: str) -> str | None:
        tries.append(clock.now - START)
        return "451 4.7.1 Greylisted" if len(tries) < 5 else None

    queue(tables, "a@example.fi")
    office = PostOffice(at_rcpt=greylist)
    with open_office(office):
        sender = postman(tables, office, clock)
        for _ in range(200):
            sender.deliver()
            clock.now += timedelta(minutes=1)
    minutes = [t.total_seconds() / 60 for t in tries]
    assert [b - a for a, b in itertools.pairwise(minutes)] == [5, 10, 20, 40]
    assert office.times == {"a@example.fi": 1}
    assert only(tables).attempts == 5


def test_what_is_never_taken_is_given_up_and_told(tables, clock):
    queue(tables, "a@example.fi")
    office = PostOffice(at_rcpt=lambda to: "451 4.7.1 Greylisted")
    ended: list[Ended] = []
    with open_office(office):
        sender = postman(tables, office, clock, notify=lambda session, e: ended.append(e))
        while not ended:
            assert clock.now < START + 2 * GIVE_UP_AFTER
            sender.deliver()
            clock.now += timedelta(hours=1)
    assert (ended[0].state, ended[0].reason) == ("failed", "given_up")
    assert clock.now - START >= GIVE_UP_AFTER
    assert only(tables).said == "4.7.1 Greylisted"


def test_a_server_that_is_down_loses_nothing_and_uses_up_no_attempt(tables, clock):
    office = PostOffice()
    with open_office(office):
        pass  # the port is known, and nobody listens
    queue(tables, "a@example.fi", "b@example.fi")
    sender = postman(tables, office, clock)
    for _ in range(30):
        assert sender.deliver() == 0
        clock.now += timedelta(hours=8)  # ten days in all: longer than a letter would be tried
    assert sender.trouble is not None
    assert sender.trouble.reason == "server_unreachable"
    assert states(tables) == {"a@example.fi": "queued", "b@example.fi": "queued"}
    with open_office(office):
        assert sender.deliver() == 2
    assert sender.trouble is None
    assert len(office.taken) == 2


def test_it_rests_longer_and_longer_while_the_server_is_down(tables, clock):
    office = PostOffice()
    with open_office(office):
        pass
    queue(tables, "a@example.fi")
    sender, rests = postman(tables, office, clock), []
    for _ in range(7):
        sender.deliver()
        assert sender.trouble is not None
        rests.append((sender.trouble.until - clock.now).total_seconds())
        clock.now = sender.trouble.until
    assert rests == [30, 60, 120, 240, 480, 900, 900]


@pytest.mark.parametrize(
    ("answer", "state", "arrived"),
    [("drop", "uncertain", 0), ("take and drop", "uncertain", 1)],
)
def test_a_connection_that_breaks_after_the_end_is_told_as_uncertain(tables, clock, answer, state, arrived):
    queue(tables, "a@example.fi")
    office = PostOffice(at_end=lambda to: answer)
    with open_office(office):
        sender = postman(tables, office, clock)
        for _ in range(5):
            sender.deliver()
            clock.now += timedelta(days=1)
    assert states(tables) == {"a@example.fi": state}
    assert len(office.taken) == arrived


def test_what_may_come_twice_is_repeated_when_it_is_uncertain(tables, clock):
    queue(tables, "a@example.fi", repeats=True)
    answers = iter(["drop", None])
    office = PostOffice(at_end=lambda to: next(answers))
    with open_office(office):
        sender = postman(tables, office, clock)
        sender.deliver()
        assert states(tables) == {"a@example.fi": "deferred"}
        clock.now += timedelta(minutes=5)
        sender.deliver()
    assert states(tables) == {"a@example.fi": "sent"}


def test_a_connection_that_breaks_before_the_end_is_tried_again(tables, clock):
    queue(tables, "a@example.fi", "b@example.fi")
    answers = {"a@example.fi": iter(["drop", None])}
    office = PostOffice(at_rcpt=lambda to: next(answers[to]) if to in answers else None)
    with open_office(office):
        sender = postman(tables, office, clock)
        sender.deliver()
        assert states(tables) == {"a@example.fi": "deferred", "b@example.fi": "sent"}
        clock.now += timedelta(minutes=5)
        sender.deliver()
    assert office.times == {"a@example.fi": 1, "b@example.fi": 1}


def test_a_server_that_says_nothing_does_not_hold_the_queue_for_long(tables, clock):
    def talk(connection: socket.socket) -> None:
        connection.recv(1000)  # until the other side gives up

    queue(tables, "a@example.fi")
    with raw_server(talk) as port:
        sender = postman(tables, Server("127.0.0.1", port, "none", "", "", answers_s=0.2), clock)
        assert sender.deliver() == 0
    assert sender.trouble is not None
    assert sender.trouble.reason == "server_silent"
    assert states(tables) == {"a@example.fi": "queued"}


def test_a_server_that_dribbles_is_cut_off(tables, clock):
    """Each byte comes before the time for an answer is over, the answer never does."""

    def talk(connection: socket.socket) -> None:
        connection.sendall(b"220 hello\r\n")
        connection.recv(1000)
        connection.sendall(b"250 ok\r\n")
        connection.recv(1000)
        for _ in range(100):
            connection.sendall(b"2")
            connection.settimeout(0.05)
            try:
                if not connection.recv(100):
                    return
            except TimeoutError:
                pass

    queue(tables, "a@example.fi")
    with raw_server(talk) as port:
        server = Server("127.0.0.1", port, "none", "", "", answers_s=1, message_s=0.3)
        postman(tables, server, clock).deliver()
    assert only(tables).reason == "dropped"


def test_a_slow_server_is_waited_for(tables, clock):
    queue(tables, "a@example.fi")
    with open_office(PostOffice(slow_s=0.3)) as office:
        postman(tables, office, clock).deliver()
    assert states(tables) == {"a@example.fi": "sent"}


def test_too_slow_an_answer_to_a_whole_letter_is_uncertain(tables, clock):
    queue(tables, "a@example.fi")
    with open_office(PostOffice(slow_s=1.0)) as office:
        server = Server("127.0.0.1", office.port, "none", "", "", answers_s=2, accepts_s=0.1)
        postman(tables, server, clock).deliver()
    assert office.times == {"a@example.fi": 1}
    assert states(tables) == {"a@example.fi": "uncertain"}


def test_a_sender_that_the_server_does_not_accept_costs_no_letter(tables, clock):
    queue(tables, "a@example.fi", "b@example.fi")
    office = PostOffice(at_mail=lambda _: "550 5.7.1 Sender not allowed")
    with open_office(office):
        sender = postman(tables, office, clock)
        sender.deliver()
        assert sender.trouble is not None
        assert (sender.trouble.reason, sender.trouble.status) == ("sender_refused", 550)
        assert set(states(tables).values()) == {"queued"}
        office.at_mail = lambda _: None
        clock.now += timedelta(hours=1)
        sender.deliver()
    assert set(states(tables).values()) == {"sent"}


def test_a_server_that_refuses_everybody_is_soon_left_in_peace(tables, clock):
    queue(tables, *(f"a{i}@example.fi" for i in range(100)))
    office = PostOffice(at_rcpt=lambda _: "554 5.7.1 Relay access denied")
    with open_office(office):
        sender = postman(tables, office, clock)
        assert sender.deliver() == 20
        assert sender.trouble is not None
        assert sender.trouble.reason == "refuses_all"
        office.at_rcpt = lambda _: None
        clock.now += timedelta(hours=1)
        with tables.session() as session:
            for message in messages(session, state="failed"):
                send_again(session, message.id, clock.now)
        sender.deliver()
    assert len(office.times) == 100
    assert set(office.times.values()) == {1}


def test_urgent_letters_go_first(tables, clock):
    queue(tables, "a@example.fi")
    queue(tables, "urgent@example.fi", urgent=True)
    with open_office() as office:
        postman(tables, office, clock).deliver()
    assert [to for to, _ in office.taken] == ["urgent@example.fi", "a@example.fi"]


def test_no_more_a_minute_than_is_allowed(tables, clock):
    queue(tables, *(f"a{i}@example.fi" for i in range(10)))
    with open_office() as office:
        postman(tables, office, clock, per_minute=30).deliver()
    assert 19 < clock.slept <= 20


def test_a_letter_waits_for_its_time_and_ends_when_it_is_of_no_use(tables, clock):
    queue(tables, "later@example.fi", due_at=START + timedelta(hours=2))
    queue(tables, "late@example.fi", expires_at=START + timedelta(hours=1), due_at=START + timedelta(hours=1))
    with open_office() as office:
        sender = postman(tables, office, clock)
        assert sender.deliver() == 0
        clock.now += timedelta(hours=2)
        assert sender.deliver() == 1
    assert states(tables) == {"later@example.fi": "sent", "late@example.fi": "failed"}


def test_the_same_key_goes_out_once(tables, clock):
    queue(tables, "a@example.fi", key="invitation:1:0")
    queue(tables, "a@example.fi", key="invitation:1:0")
    with open_office() as office:
        postman(tables, office, clock).deliver()
        queue(tables, "a@example.fi", key="invitation:1:0")
        postman(tables, office, clock).deliver()
    assert office.times == {"a@example.fi": 1}


def test_who_asked_is_told_in_the_same_unit_of_work(tables, clock):
    """What the listener fails at is not noted either; the letter is then uncertain, not sent twice."""

    def fail(session, ended):
        raise ZeroDivisionError

    queue(tables, "a@example.fi")
    with open_office() as office:
        sender = postman(tables, office, clock, notify=fail)
        with pytest.raises(ZeroDivisionError):
            sender.deliver()
        assert states(tables) == {"a@example.fi": "handed_over"}
        postman(tables, office, clock).deliver()
    assert office.times == {"a@example.fi": 1}
    assert states(tables) == {"a@example.fi": "uncertain"}


def test_a_connection_that_the_server_closed_meanwhile_is_opened_anew(tables, clock):
    queue(tables, "a@example.fi")
    with open_office(timeout=1) as office:
        sender = postman(tables, office, clock)
        sender.deliver()
        wait_for(lambda: sender._connection._smtp.sock.recv(100) != b"" or True, 3)
        sender._connection._used_at -= 60  # it was quiet for a minute
        queue(tables, "b@example.fi")
        sender.deliver()
    assert states(tables) == {"a@example.fi": "sent", "b@example.fi": "sent"}


def test_the_thread_sends_what_is_put_in_and_stops(tables):
    with open_office() as office:
        sender = Postman(tables, office.server, SENDER.address)
        sender.start()
        queue(tables, "a@example.fi")
        sender.wake()
        wait_for(lambda: office.taken)
        wait_for(lambda: states(tables) == {"a@example.fi": "sent"})
        sender.stop()
    assert not sender._thread.is_alive()


def test_encryption_that_is_wanted_and_not_offered_sends_nothing(tables, clock):
    queue(tables, "a@example.fi")
    with open_office() as office:
        server = Server("127.0.0.1", office.port, "starttls", "polku", "secret", answers_s=2)
        sender = postman(tables, server, clock)
        sender.deliver()
    assert sender.trouble is not None
    assert sender.trouble.reason == "no_starttls"
    assert office.taken == []


def test_logs_tell_no_address_and_no_password(tables, clock, caplog):
    caplog.set_level(logging.DEBUG)
    queue(tables, "anna@example.fi", "bertta@example.fi")
    office = PostOffice(at_rcpt=lambda to: f"550 no such user {to}" if to.startswith("bertta") else None)
    with open_office(office):
        postman(tables, office, clock).deliver()
    ours = "\n".join(r.getMessage() for r in caplog.records if r.name.startswith("polku"))
    assert "letter id=" in ours
    assert "anna" not in ours
    assert "bertta" not in ours
    assert "secret" not in repr(Server("h", 25, "none", "u", "secret"))


def test_a_person_sends_again_erases_and_forgets(tables, clock):
    queue(tables, "a@example.fi", "b@example.fi")
    queue(tables, "c@example.fi", key="k", due_at=START + timedelta(days=1))
    office = PostOffice(at_rcpt=lambda to: "550 no" if to[0] == "b" else None)
    with open_office(office):
        postman(tables, office, clock).deliver()
    with tables.session() as session:
        sent = messages(session, state="sent")[0].id
        with pytest.raises(Conflict):
            send_again(session, sent, START)
        with pytest.raises(NotFound):
            send_again(session, 99, START)
        assert withdraw(session, "k")
        assert not withdraw(session, "k")
        assert erase(session, "B@example.fi".replace("B", "b")) == 1
        assert forget(session, before=START) == 0
        assert forget(session, before=START + timedelta(days=1)) == 1
        assert messages(session) == []
