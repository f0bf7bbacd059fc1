"""Lists that are worked through a part at a time, also by a process that is stopped in between."""

from __future__ import annotations

import os
import random
import sqlite3
import subprocess
import sys
import time
import tracemalloc
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polku.errors import InvalidInput
from polku.library import open_workspace
from polku.settings import read_settings
from polku.surveys import store as surveys
from polku.surveys.distribution import lists, store, working
from polku.surveys.distribution.addresses import Entry, Fault, entries, phone_number, typed_rows
from polku.surveys.distribution.rules import AskingRules, write_rules
from polku.surveys.distribution.working import examples, forget, part, take_list, work
from polku.surveys.inviting.ledger import counts, invitations
from polku.surveys.inviting.texts import checked_words, invitation_text, pieces
from polku.surveys.ready import ready_survey
from polku.workspace import Workspace
from tests.folders import empty_folder

PROGRAM = Path(__file__).parent / "working_through.py"
KILLS = int(os.environ.get("POLKU_FAULT_ROUNDS", "10"))
ALWAYS = AskingRules(0, 0, 0, 0, 3650, 0, 24, True, 14, 5, 1)


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    with open_workspace(read_settings(empty_folder(tmp_path))) as workspace:
        with workspace.db.session() as session:
            write_rules(session, ALWAYS)
        yield workspace


def asked_of(workspace: Workspace, lines: Iterator[str], *, state: str = "looking") -> store.Mailing:
    now = datetime.now(UTC)
    with workspace.db.session() as session:
        key = surveys.create(
            session, name="NPS", definition=dict(ready_survey("nps").json), tags={}, anonymous=False,
            touchpoint="", by="T", now=now,
        ).key  # fmt: skip
        surveys.publish(session, key, by="T", now=now)
        mailing = store.add_mailing(session, survey=key, name="a", by="T", now=now, state="new")
    mailing = take_list(workspace, mailing, typed_rows(lines))
    if state == "sending":
        work(workspace, now, seconds=60, only=mailing.id)
        with workspace.db.session() as session:
            mailing = store.begin_sending(session, mailing.id, key, now)
    return mailing


def asked_times(workspace: Workspace) -> Counter[str]:
    with workspace.db.session(read_only=True) as session:
        return Counter(i.profile for i in invitations(session, limit=1_000_000))


def test_a_list_is_looked_through_and_then_decided_on_in_parts(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(working, "A_PART", 10)
    now = datetime.now(UTC)
    lines = (f"a{n}@example.fi\n" if n != 12 else "broken@\n" for n in range(35))
    mailing = asked_of(workspace, lines)
    assert (mailing.total, mailing.told["bad"], mailing.told["faults"]) == (34, 1, [[13, "broken@"]])
    assert len(examples(workspace, mailing, now)) == 34
    assert part(workspace, mailing, now) == 10
    assert part(workspace, mailing, now) == 0, "what somebody else did is not done once more"
    work(workspace, now, seconds=60)
    with workspace.db.session() as session:
        found = store.mailing(session, mailing.id)
        assert (found.state, found.told["sent"], found.told["bad"]) == ("planned", 34, 1)
        assert counts(session, found.survey)["waiting"] == 0, "nobody has been asked"
        store.begin_sending(session, mailing.id, found.survey, now)
    work(workspace, now, seconds=60)
    with workspace.db.session(read_only=True) as session:
        assert store.mailing(session, mailing.id).state == "done"
    assert sorted(asked_times(workspace).values()) == [1] * 34
    assert not lists.path_of(workspace, str(mailing.id)).exists(), "addresses are forgotten"


def test_a_part_that_fails_is_not_there_at_all(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(working, "A_PART", 10)
    mailing = asked_of(workspace, (f"a{n}@example.fi\n" for n in range(30)), state="sending")
    keep, calls = working.keep_recipients, [0]

    def stop(*args: object) -> None:
        calls[0] += 1
        if calls[0] == 2:
            raise KeyboardInterrupt  # as if stopped at the end of the second part
        keep(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(working, "keep_recipients", stop)
    with pytest.raises(KeyboardInterrupt):
        work(workspace, datetime.now(UTC), seconds=60)
    assert len(asked_times(workspace)) == 10
    work(workspace, datetime.now(UTC), seconds=60, only=mailing.id)
    assert sorted(asked_times(workspace).values()) == [1] * 30


def _rows(folder: Path) -> int:
    """How many have been decided on, as another program sees it."""
    with closing(sqlite3.connect(folder / "polku.db")) as connection:
        return int(connection.execute("SELECT count(*) FROM invitation").fetchone()[0])


@pytest.mark.fault
def test_killed_at_any_moment_nobody_is_asked_twice_or_forgotten(tmp_path: Path) -> None:
    folder, number = empty_folder(tmp_path), 3_000 * KILLS
    with open_workspace(read_settings(folder)) as workspace:
        with workspace.db.session() as session:
            write_rules(session, ALWAYS)
        mailing = asked_of(workspace, (f"a{n}@example.fi\n" for n in range(number)), state="sending")
    rng, stopped_at = random.Random(7), []
    for _ in range(KILLS):
        command = [sys.executable, str(PROGRAM), str(folder), str(mailing.id)]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        assert process.stdout.readline() == "started\n"
        before = _rows(folder)
        while _rows(folder) == before and process.poll() is None:  # however slow the machine is
            time.sleep(0.01)
        time.sleep(rng.uniform(0, 0.3))
        process.kill()
        process.wait()
        with open_workspace(read_settings(folder)) as workspace:
            stopped_at.append(len(asked_times(workspace)))
    assert 0 < stopped_at[-1] < number, "the test would show little"
    with open_workspace(read_settings(folder)) as workspace:
        work(workspace, datetime.now(UTC), seconds=600, only=mailing.id)
        times = asked_times(workspace)
    assert (len(times), set(times.values())) == (number, {1})


def test_a_large_list_takes_no_more_memory_than_a_small_one(workspace: Workspace) -> None:
    peaks = []
    for size in (1_000, 9_000):
        tracemalloc.start()
        mailing = asked_of(workspace, (f"nobody{n}@example.fi\n" for n in range(size)))
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        assert mailing.total == size
        forget(workspace, mailing)
    assert peaks[1] < peaks[0] + 2_000_000  # hashes of those that have been: 8,000 numbers


def test_a_list_without_an_address_is_no_mailing(workspace: Workspace) -> None:
    with pytest.raises(InvalidInput):
        asked_of(workspace, iter(["broken@\n", "\n"]))
    with workspace.db.session(read_only=True) as session:
        assert store.mailings(session, "nps") == []
    assert list((workspace.settings.folder / "mailings").iterdir()) == []


@given(st.lists(st.sampled_from(["a@x.fi", "b@x.fi", "A@x.fi ", "bad@", "", "c@x.fi"]), max_size=30))
def test_each_address_once_each_broken_line_told(lines: list[str]) -> None:
    found = list(entries(typed_rows(line + "\n" for line in lines)))
    good = list(dict.fromkeys(x.strip().lower() for x in lines if x and x != "bad@"))
    assert [e.address for e in found if isinstance(e, Entry)] == good
    assert sum(isinstance(e, Fault) for e in found) == lines.count("bad@")


@pytest.mark.parametrize(
    ("given_", "number"),
    [
        ("040 123 4567", "+358401234567"), ("+358 (0)40 1234567", "+358401234567"), ("0046701234567", "+46701234567"),
        ("12345", None), ("anna", None), ("", None), ("+358401234567890123", None),
    ],
)  # fmt: skip
def test_phone_numbers(given_: str, number: str | None) -> None:
    assert phone_number(given_) == number


@pytest.mark.parametrize(
    ("text", "encoding", "count"),
    [
        ("", "GSM-7", 1), ("a" * 160, "GSM-7", 1), ("a" * 161, "GSM-7", 2), ("a" * 306, "GSM-7", 2),
        ("ä" * 307, "GSM-7", 3), ("€" * 80, "GSM-7", 1), ("€" * 81, "GSM-7", 2),
        ("a" * 152 + "€" + "a" * 152, "GSM-7", 3),
        ("Ł" * 70, "UCS-2", 1), ("Ł" * 71, "UCS-2", 2), ("Ł" * 134, "UCS-2", 2), ("Ł" * 135, "UCS-2", 3),
        ("😀" * 35, "UCS-2", 1), ("😀" * 36, "UCS-2", 2), ("😀" * 66, "UCS-2", 2), ("😀" * 67, "UCS-2", 3),
    ],
)  # fmt: skip
def test_pieces_of_text_messages(text: str, encoding: str, count: int) -> None:
    """Counted by hand by 3GPP TS 23.038: 153 = 1 + 152 leaves no room for a pair, nor does 67 = 2·33 + 1."""
    assert (pieces(text).encoding, pieces(text).count) == (encoding, count)


@pytest.mark.parametrize("language", ["fi", "en"])
def test_our_own_words_fit_one_piece(language: str) -> None:
    link = f"https://polku.example.fi/s/nps/i/{'x' * 22}"
    for reminder in (False, True):
        text = invitation_text(language=language, company="Kävelykauppa", link=link, reminder=reminder)
        assert pieces(text).count == 1, text
        assert "{" not in text
    for bad in ("no link {stop}", "{link} no way out", "{link}{stop}" + "x" * 600):
        with pytest.raises(InvalidInput):
            checked_words(bad)
