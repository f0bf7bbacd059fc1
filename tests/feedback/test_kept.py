"""Answers that are kept: as of now where that is quick, of a moment ago where it is not and somebody keeps them up."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from polku.feedback import CommentKeeper, Comments, FeedbackComments, FeedbackPains, FeedbackThemes, kept
from polku.feedback.file import FILE, Read
from polku.feedback.kept import KeptAnswers
from polku.feedback.said import Said
from polku.library import open_workspace
from polku.settings import read_settings
from polku.text import analyzed
from polku.workspace import Workspace
from tests.folders import empty_folder


class Clock:
    now = 1_000.0

    def __call__(self) -> float:
        return self.now


class Question:
    """Takes so many seconds of the clock, and answers how often it was worked out."""

    def __init__(self, clock: Clock, seconds: float) -> None:
        self.clock, self.seconds, self.times = clock, seconds, 0

    def __call__(self) -> int:
        self.times += 1
        self.clock.now += self.seconds
        return self.times


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    with open_workspace(read_settings(empty_folder(tmp_path / "data"))) as workspace:
        workspace.part(Comments).current()
        yield workspace


def add(workspace: Workspace, nth: int, text: str = "Toimitus oli myöhässä.") -> None:
    said = Said(nth, 0, nth, 1_780_000_000 + nth, "", None, None, text)
    workspace.part(Comments).file.add([Read(said, analyzed([text], expected="fi")[0])], seq=0)


def test_the_same_is_worked_out_once_and_anew_when_others_come(workspace: Workspace) -> None:
    answers, clock = KeptAnswers(workspace, clock := Clock()), clock
    question = Question(clock, 5)
    assert [answers.answer("a", question) for _ in range(3)] == [(1, False)] * 3
    add(workspace, 1)
    assert answers.answer("a", question) == (2, False)  # nobody keeps them up


def test_what_takes_long_is_told_as_it_was_while_a_keeper_works_on_it(workspace: Workspace) -> None:
    clock = Clock()
    answers, slow, quick = KeptAnswers(workspace, clock), Question(clock, 2), Question(clock, 0.02)
    workspace.part(Comments).kept = True
    answers.answer("slow", slow), answers.answer("quick", quick)
    add(workspace, 1)
    assert answers.answer("slow", slow) == (1, True)
    assert answers.answer("quick", quick) == (2, False)
    answers.renew()
    assert answers.answer("slow", slow) == (2, False)


def test_a_keeper_takes_a_tenth_of_a_processor(workspace: Workspace) -> None:
    clock = Clock()
    answers, slow = KeptAnswers(workspace, clock), Question(clock, 2)
    workspace.part(Comments).kept = True
    answers.answer("slow", slow)
    for nth in range(1, 61):
        add(workspace, nth)
        clock.now += 1
        answers.renew()
    assert 3 <= slow.times <= 5


def test_what_is_old_or_told_otherwise_now_is_worked_out_while_one_waits(workspace: Workspace) -> None:
    clock = Clock()
    answers, slow, comments = KeptAnswers(workspace, clock), Question(clock, 2), workspace.part(Comments)
    comments.kept = True
    answers.answer("slow", slow)
    comments.file.note({"corrected": "1"})
    assert answers.answer("slow", slow) == (2, False)
    add(workspace, 1)
    clock.now += kept.OLDEST_S
    assert answers.answer("slow", slow) == (3, False)


def test_many_who_ask_at_once_wait_for_one(workspace: Workspace) -> None:
    answers, begun, go = KeptAnswers(workspace), threading.Barrier(5), threading.Event()
    times = []

    def work() -> int:
        times.append(1)
        go.wait(5)
        return len(times)

    def ask() -> tuple[int, bool]:
        begun.wait(5)
        return answers.answer("a", work)

    with ThreadPoolExecutor(4) as pool:
        asked = [pool.submit(ask) for _ in range(4)]
        begun.wait(5)
        assert answers.answer("another", lambda: 7) == (7, False)  # nobody else waits
        go.set()
        assert {one.result(5) for one in asked} == {(1, False)}


def test_only_so_many_are_kept(workspace: Workspace) -> None:
    answers, clock = KeptAnswers(workspace), Clock()
    first = Question(clock, 1)
    answers.answer("first", first)
    for nth in range(kept.MOST_KEPT):
        answers.answer(nth, lambda: 0)
    assert answers.answer("first", first) == (2, False)


def test_a_keeper_works_ahead_what_the_page_asks_first(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("polku.feedback.keeper.LOOKS_EVERY_S", 0.02)
    monkeypatch.setattr("polku.feedback.keeper.MOST_READ", 3)
    for nth in range(5):
        add(workspace, nth + 1)
    asked: list[object] = []
    answers = workspace.part(KeptAnswers)
    done, real = threading.Event(), answers.answer

    def answer(what: object, work: object) -> object:
        asked.append(what)
        try:
            return real(what, work)  # type: ignore[arg-type]  # as it came
        finally:
            if len(asked) == 2:
                done.set()

    monkeypatch.setattr(answers, "answer", answer)
    keeper = CommentKeeper(workspace)
    keeper.start()
    assert done.wait(10)
    keeper.stop()
    FeedbackThemes().answer(workspace), FeedbackPains().answer(workspace)
    assert asked[2:4] == asked[:2]


def test_a_file_of_before_gets_its_index(workspace: Workspace) -> None:
    comments = workspace.part(Comments)
    add(workspace, 1)
    with comments.file.writing() as connection:
        connection.execute("DROP INDEX comment_language")
    assert comments.file.path.name == FILE
    comments.file.prepare(2)
    assert FeedbackComments().answer(workspace).total == 1
    assert FeedbackThemes(language="fi").answer(workspace).comments == 1
