"""A process that is killed while it sends: nothing is lost, nothing goes twice, what nobody knows is told."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from polku.db import Database
from polku.mail import Postman
from polku.mail.outbox import counts, messages, put
from tests.mail.postoffice import SENDER, PostOffice, letter_to, open_office, wait_for

PROGRAM = Path(__file__).parent / "sending.py"
KILLS = int(os.environ.get("POLKU_FAULT_ROUNDS", "10"))
LETTERS = 100 * KILLS


@pytest.fixture
def db(tables_url: str):
    database = Database(tables_url)
    yield database
    database.close()


def sending(url: str, port: int) -> subprocess.Popen[str]:
    command = [sys.executable, str(PROGRAM), url, str(port)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "started\n"
    return process


def queue(db: Database, number: int) -> None:
    now = datetime.now(UTC)
    with db.session() as session:
        for i in range(number):
            put(session, letter_to(f"a{i}@example.fi"), SENDER, kind="invitation", now=now)


@pytest.mark.fault
def test_killed_at_any_moment(db: Database, tables_url: str) -> None:
    queue(db, LETTERS)
    rng = random.Random(7)
    with open_office() as office:
        for _ in range(KILLS):
            before = len(office.taken)
            process = sending(tables_url, office.port)
            wait_for(lambda before=before: len(office.taken) > before, 10)
            time.sleep(rng.uniform(0, 0.05))
            process.kill()
            process.wait()
        at_the_kills = len(office.taken)
        last = Postman(db, office.server, SENDER.address)
        last.deliver()
        last.close()
    assert at_the_kills < LETTERS, "all had gone before the last kill: the test would show little"
    with db.session(read_only=True) as session:
        found = {m.recipient: m.state for m in messages(session, limit=LETTERS)}
        number = counts(session)
    assert max(office.times.values()) == 1, "a letter went twice"
    sent = {to for to, state in found.items() if state == "sent"}
    assert sent <= set(office.times), "a letter is called sent that is not"
    assert set(office.times) - sent <= {to for to, state in found.items() if state == "uncertain"}
    assert number["sent"] + number["uncertain"] == LETTERS
    assert number["uncertain"] <= KILLS


def test_killed_while_the_server_thinks(db: Database, tables_url: str) -> None:
    """After the end of the letter, before the answer: the one moment of which SMTP cannot tell."""
    queue(db, 2)
    office = PostOffice(slow_s=5)
    with open_office(office):
        process = sending(tables_url, office.port)
        wait_for(lambda: office.taken, 10)
        process.kill()
        process.wait()
        office.slow_s = 0
        last = Postman(db, office.server, SENDER.address)
        last.deliver()
        last.close()
    with db.session(read_only=True) as session:
        found = {m.recipient: (m.state, m.reason) for m in messages(session)}
    assert found == {"a0@example.fi": ("uncertain", "stopped"), "a1@example.fi": ("sent", "")}
    assert office.times == {"a0@example.fi": 1, "a1@example.fi": 1}


def test_killed_before_the_end_of_a_letter(db: Database, tables_url: str) -> None:
    """The server cannot have delivered it: it is sent, and not called uncertain."""
    queue(db, 1)
    office = PostOffice(slow_at_rcpt_s=4)
    with open_office(office):
        process = sending(tables_url, office.port)
        wait_for(lambda: office.asked, 10)
        process.kill()
        process.wait()
        office.slow_at_rcpt_s = 0
        last = Postman(db, office.server, SENDER.address)
        last.deliver()
        last.close()
    with db.session(read_only=True) as session:
        assert [m.state for m in messages(session)] == ["sent"]
    assert office.times == {"a0@example.fi": 1}
