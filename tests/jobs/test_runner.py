from __future__ import annotations

import logging
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta

import pytest

from polku.db import Database
from polku.errors import InvalidInput
from polku.jobs import Job, JobKind, Runner, cancel, schedule
from polku.jobs.store import claim, jobs

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


class Clock:
    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def plan(db: Database, kind: str, at: datetime, payload=None, **options) -> int:
    with db.session() as session:
        return schedule(session, kind, at, payload, **options)


def left(db: Database) -> list[tuple[str, datetime]]:
    with db.session(read_only=True) as session:
        return [(row.kind, row.due_at) for row in jobs(session)]


def test_jobs_are_done_once_and_in_the_order_of_their_times(tables, clock):
    done: list[Job] = []
    runner = Runner(tables, [JobKind("remind", done.append)], now=clock)
    for minutes in (3, 1, 2, 9):
        plan(tables, "remind", START + minutes * MINUTE, {"n": minutes, "word": "ääni"})
    assert runner.run_due() == 0
    clock.now += 5 * MINUTE
    assert runner.run_due() == 3
    assert [job.payload for job in done] == [{"n": n, "word": "ääni"} for n in (1, 2, 3)]
    assert runner.run_due() == 0
    assert left(tables) == [("remind", START + 9 * MINUTE)]


def test_a_job_of_a_key_is_there_once(tables, clock):
    done: list[Job] = []
    runner = Runner(tables, [JobKind("remind", done.append)], now=clock)
    first = plan(tables, "remind", START, {"n": 1}, key="a")
    assert plan(tables, "remind", START + MINUTE, {"n": 2}, key="a") == first
    assert plan(tables, "remind", START, key="b") != first
    clock.now += MINUTE
    runner.run_due()
    assert sorted((job.key, job.payload.get("n")) for job in done) == [("a", 2), ("b", None)]


def test_a_cancelled_job_is_not_done(tables, clock):
    runner = Runner(tables, [JobKind("remind", lambda job: pytest.fail("done"))], now=clock)
    plan(tables, "remind", START, key="a")
    with tables.session() as session:
        assert cancel(session, "remind", "a")
        assert not cancel(session, "remind", "a")
    assert runner.run_due() == 0


def test_one_that_fails_is_tried_again_after_growing_pauses_and_stops_no_other(tables, clock):
    tried: list[float] = []

    def fail(job: Job) -> None:
        tried.append((clock.now - START) / MINUTE)
        raise InvalidInput("No such thing.")

    done: list[Job] = []
    kinds = [JobKind("bad", fail, most_attempts=5), JobKind("good", done.append)]
    runner = Runner(tables, kinds, now=clock)
    plan(tables, "bad", START)
    plan(tables, "good", START)
    for _ in range(60):
        runner.run_due()
        clock.now += MINUTE
    assert tried == [0, 1, 3, 7, 15]
    assert len(done) == 1
    with tables.session(read_only=True) as session:
        [row] = jobs(session)
    assert (row.kind, row.error, row.attempts) == ("bad", "No such thing.", 5)
    assert row.failed_at == START + 15 * MINUTE


def test_a_job_that_was_given_up_can_be_scheduled_anew(tables, clock):
    answers = iter([ValueError(), None])

    def run(job: Job) -> None:
        if error := next(answers):
            raise error

    runner = Runner(tables, [JobKind("k", run, most_attempts=1)], now=clock)
    plan(tables, "k", START, key="a")
    runner.run_due()
    assert runner.run_due() == 0
    plan(tables, "k", START, key="a")
    assert runner.run_due() == 1
    assert left(tables) == []


def test_recurring_jobs_keep_their_rhythm_and_do_not_make_up_for_what_was_missed(tables, clock):
    at: list[float] = []
    kind = JobKind("sweep", lambda job: at.append((clock.now - START) / MINUTE), every=10 * MINUTE)
    runner = Runner(tables, [kind], now=clock)
    runner.prepare()
    for minutes in (0, 4, 10, 12, 20, 57, 58, 60):
        clock.now = START + minutes * MINUTE
        runner.run_due()
        runner.prepare()  # a restart changes nothing
    assert at == [0, 10, 20, 57, 60]


def test_a_recurring_job_is_never_given_up(tables, clock):
    def fail(job: Job) -> None:
        raise ValueError

    runner = Runner(tables, [JobKind("sweep", fail, every=MINUTE, most_attempts=2)], now=clock)
    runner.prepare()
    tried = 0
    for _ in range(40):
        tried += runner.run_due()
        clock.now += timedelta(hours=6)
    assert tried == 40


def test_a_job_scheduled_anew_while_it_is_done_is_done_again(tables, clock):
    runs: list[Job] = []

    def run(job: Job) -> None:
        runs.append(job)
        if len(runs) == 1:
            plan(tables, "k", START, {"again": True}, key="a")

    runner = Runner(tables, [JobKind("k", run)], now=clock)
    plan(tables, "k", START, key="a")
    assert runner.run_due() == 2
    assert [job.payload for job in runs] == [{}, {"again": True}]


def test_kinds_that_nobody_registered_are_left_alone(tables, clock):
    plan(tables, "of a newer Polku", START)
    assert Runner(tables, [JobKind("k", lambda job: None)], now=clock).run_due() == 0
    assert len(left(tables)) == 1


def test_a_lease_keeps_others_away_until_it_ends(tables, clock):
    kind = JobKind("k", lambda job: None, lease=10 * MINUTE)
    plan(tables, "k", START)
    with tables.session() as session:
        assert claim(session, [kind], START) is not None
        assert claim(session, [kind], START + 9 * MINUTE) is None
        again = claim(session, [kind], START + 10 * MINUTE)
    assert again is not None
    assert again.attempts == 2


def test_what_is_kept_and_logged_of_an_error_tells_nothing_personal(tables, clock, caplog):
    def fail(job: Job) -> None:
        raise KeyError("anna@example.fi")

    plan(tables, "k", START)
    with caplog.at_level(logging.INFO):
        Runner(tables, [JobKind("k", fail)], now=clock).run_due()
    with tables.session(read_only=True) as session:
        assert jobs(session)[0].error == "KeyError"
    assert "anna" not in "".join(r.getMessage() for r in caplog.records)


KILLED = """
import sys, time
from datetime import UTC, datetime
from polku.db import Database
from polku.jobs import JobKind, Runner

def work(job):
    print("at it", flush=True)
    time.sleep(60)

Runner(Database(sys.argv[1]), [JobKind("k", work)]).run_due()
"""


def test_what_a_killed_process_was_at_is_done_again_at_once(tables_url):
    db = Database(tables_url)
    plan(db, "k", datetime.now(UTC), {"n": 1})
    process = subprocess.Popen([sys.executable, "-c", KILLED, tables_url], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "at it\n"
    process.kill()
    process.wait()
    done: list[Job] = []
    runner = Runner(db, [JobKind("k", done.append)])
    assert runner.run_due() == 0, "leased"
    runner.prepare()
    assert runner.run_due() == 1
    assert (done[0].payload, done[0].attempts) == ({"n": 1}, 2)
    assert left(db) == []
    db.close()


def test_the_thread_waits_for_the_next_time_and_stops(tables):
    came = threading.Event()
    runner = Runner(tables, [JobKind("k", lambda job: came.set())])
    runner.start()
    plan(tables, "k", datetime.now(UTC))
    runner.wake()
    assert came.wait(5)
    began = time.monotonic()
    runner.stop()
    assert time.monotonic() - began < 5
    assert not runner._thread.is_alive()
