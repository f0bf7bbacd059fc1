"""Low scores open cases: each once, whenever and however often it is looked, and wherever Polku stops."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from polku.cases import opening
from polku.cases.history import history
from polku.cases.opening import Opening
from polku.cases.ruling import save_rule, turn_off, turn_on
from polku.cases.tables import CaseAlertRow
from polku.collect import ensure_source
from polku.library import open_workspace
from polku.profiles import Identities
from polku.settings import read_settings
from polku.store.keys import identifier_key
from polku.surveys.known import KnownSurveys
from polku.web.store import user_by_id
from polku.workspace import Workspace
from tests.cases.conftest import (
    MONDAY,
    all_answers,
    all_cases,
    answered,
    beside,
    catch_up,
    ruled,
    user,
)
from tests.folders import empty_folder


def test_a_low_score_opens_a_case(workspace: Workspace) -> None:
    rule = ruled(workspace)
    assert catch_up(workspace) == 0
    said = "Soittakaa 040 123 4567, paketti oli märkä."
    answered(workspace, rule, 2, minutes=5, user_id="anna", said={"comment": said, "touchpoint": "delivery"})
    answered(workspace, rule, 9, minutes=6, user_id="ville")
    assert catch_up(workspace) == 1
    (case,) = all_cases(workspace)
    assert (case.status, case.owner_id, case.opened_at) == ("open", None, MONDAY + timedelta(minutes=5))
    assert case.due_at == MONDAY + timedelta(days=2, minutes=5)
    assert (
        case.profile
        == f"{workspace.part(Identities).current().profile(identifier_key('user_id', 'anna')):016x}"
    )
    (answer,) = all_answers(workspace)
    assert (answer.metric, answer.score) == ("nps", 2)
    assert answer.comment == "Soittakaa [phone], paketti oli märkä."
    with workspace.db.session(read_only=True) as session:
        assert [e.kind for e in history(session, case.id)] == ["opened"]


def test_nothing_opens_until_a_rule_is_on_and_of_answers_before_it(workspace: Workspace) -> None:
    rule = ruled(workspace, since=MONDAY + timedelta(hours=1))
    with workspace.db.session() as session:
        turn_off(session, rule.id)
    answered(workspace, rule, minutes=70)
    assert catch_up(workspace) == 0
    with workspace.db.session() as session:
        turn_on(
            session, rule.id, since=MONDAY + timedelta(hours=2), seq=workspace.store.snapshot.next_seq - 1
        )
    late = answered(workspace, rule, minutes=119)  # answered before, came after
    now = answered(workspace, rule, minutes=121)
    assert catch_up(workspace) == 1
    assert [a.response for a in all_answers(workspace)] == [now] != [late]


def test_an_answer_that_comes_late_from_a_kiosk_opens_a_case_when_it_comes(workspace: Workspace) -> None:
    rule = ruled(workspace)
    came = MONDAY + timedelta(days=4)
    answered(workspace, rule, minutes=5, received_at=came)
    assert catch_up(workspace) == 1
    (case,) = all_cases(workspace)
    assert (case.opened_at, case.due_at) == (came, MONDAY + timedelta(days=8))


def test_the_same_response_sent_again_changes_nothing(workspace: Workspace) -> None:
    rule = ruled(workspace)
    response = answered(workspace, rule, 2)
    assert catch_up(workspace) == 1
    for score in (2, 0, 10):
        answered(workspace, rule, score, event_id=response)
    assert catch_up(workspace) == 0
    assert len(all_cases(workspace)) == len(all_answers(workspace)) == 1
    assert all_answers(workspace)[0].score == 2


def test_another_rule_that_is_turned_on_looks_at_no_answer_twice(workspace: Workspace) -> None:
    rule = ruled(workspace)
    answered(workspace, rule, 2, minutes=1)
    assert catch_up(workspace) == 1
    other = ruled(workspace, survey=rule.survey, question="")
    answered(workspace, rule, 1, minutes=2)
    assert catch_up(workspace) == 1
    assert [c.rule_id for c in all_cases(workspace)] == [rule.id, rule.id]
    assert other.id != rule.id


def test_a_rule_turned_on_while_answers_are_looked_at_misses_none(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second rule is turned on after the rules were read, and an answer to it is among those looked at."""
    first, second = ruled(workspace), ruled(workspace)
    with workspace.db.session() as session:
        turn_off(session, second.id)
    catch_up(workspace)
    before = workspace.store.snapshot.next_seq - 1
    answered(workspace, second, minutes=5)
    answered(workspace, first, minutes=5)
    read, turned = opening.answers_after, []

    def reading(*given: object) -> object:
        if not turned:
            turned.append(1)
            with workspace.db.session() as session:
                turn_on(session, second.id, since=MONDAY, seq=before)
        return read(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(opening, "answers_after", reading)
    assert catch_up(workspace) + catch_up(workspace) == 2
    assert {c.rule_id for c in all_cases(workspace)} == {first.id, second.id}


@pytest.mark.parametrize("stops_in", ["alert_all", "announce", "note", "next_owner"])
def test_what_fails_halfway_is_done_whole_the_next_time(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, stops_in: str
) -> None:
    rule = ruled(workspace, owners=(user(workspace, "Aino"),))
    for i in range(3):
        answered(workspace, rule, i, minutes=i)
    real: Callable[..., object] = getattr(opening, stops_in)
    calls: list[int] = []

    def failing(*given: object, **named: object) -> object:
        calls.append(1)
        if len(calls) == 2:
            raise RuntimeError("power cut")
        return real(*given, **named)

    monkeypatch.setattr(opening, stops_in, failing)
    with pytest.raises(RuntimeError):
        catch_up(workspace)
    assert all_cases(workspace) == []
    assert catch_up(workspace) == 3
    assert len(all_cases(workspace)) == len(all_answers(workspace)) == 3
    with workspace.db.session(read_only=True) as session:
        assert session.query(CaseAlertRow).count() == 3


def test_many_who_look_at_once_open_each_case_once(opened: Workspace, workspace: Workspace) -> None:
    workspace.part(KnownSurveys).source()  # a process has made it long before
    rule = ruled(workspace)
    for i in range(20):
        answered(workspace, rule, 1, minutes=i, user_id=f"many{i}")
    lookers = [Opening(beside(opened, workspace.db)) for _ in range(4)]
    begin, found, failed = threading.Barrier(4), [], []

    def look(one: Opening) -> None:
        begin.wait()
        try:
            found.append(one.catch_up())
        except Exception as e:
            failed.append(e)

    threads = [threading.Thread(target=look, args=(one,)) for one in lookers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    assert sum(found) == 20
    assert len(all_cases(workspace)) == len(all_answers(workspace)) == 20


def test_killed_within_the_unit_of_work_nothing_is_lost(tmp_path: Path) -> None:
    """The process is ended by the system, as by kill -9, while the second of three cases is being opened."""
    folder = empty_folder(tmp_path / "data")
    with open_workspace(read_settings(folder)) as workspace:
        rule = ruled(workspace)
        for i in range(3):
            answered(workspace, rule, i, minutes=i)
    program = """
import os, sys
from polku.cases import opening
from polku.library import open_workspace
from polku.settings import read_settings
real, calls = opening.announce, []
def stop(*given):
    calls.append(1)
    if len(calls) == 2:
        os._exit(9)
    return real(*given)
opening.announce = stop
with open_workspace(read_settings(sys.argv[1])) as workspace:
    workspace.part(opening.Opening).catch_up()
"""
    ended = subprocess.run([sys.executable, "-c", program, str(folder)], env=dict(os.environ), check=False)
    assert ended.returncode == 9
    with open_workspace(read_settings(folder)) as workspace:
        assert all_cases(workspace) == []
        assert catch_up(workspace) == 3
        assert catch_up(workspace) == 0
        assert len(all_cases(workspace)) == len(all_answers(workspace)) == 3


def test_an_open_case_of_the_customer_takes_the_next_answer(workspace: Workspace) -> None:
    owner = user(workspace, "Aino")
    rule = ruled(workspace, owners=(owner,))
    answered(workspace, rule, 3, minutes=1, user_id="again")
    assert catch_up(workspace) == 1
    answered(workspace, rule, 0, minutes=2, user_id="again")
    answered(workspace, rule, 5, minutes=3, user_id="again")
    answered(workspace, rule, 5, minutes=3, user_id="somebody-else")
    assert catch_up(workspace) == 1
    first, second = all_cases(workspace)
    assert [a.case_id for a in all_answers(workspace)] == [first.id, first.id, first.id, second.id]
    with workspace.db.session(read_only=True) as session:
        kinds = [e.kind for e in history(session, first.id)]
        alerts = [(a.case_id, a.kind) for a in session.query(CaseAlertRow).order_by(CaseAlertRow.id)]
    assert kinds == ["answer", "answer", "opened"]
    assert alerts == [(first.id, "opened"), (first.id, "answer"), (first.id, "answer"), (second.id, "opened")]


def test_customers_that_were_joined_have_one_case(workspace: Workspace) -> None:
    """The case is of a profile by the identifier of then; joined with another one it is still the customer's."""
    rule = ruled(workspace)
    answered(workspace, rule, 3, minutes=1, user_id="joined")
    assert catch_up(workspace) == 1
    answered(workspace, rule, 3, minutes=2, user_id="joined", identifiers=[["email", "joined@example.fi"]])
    answered(workspace, rule, 3, minutes=3, identifiers=[["email", "joined@example.fi"]])
    assert catch_up(workspace) == 0
    assert len(all_cases(workspace)) == 1


def test_nobody_known_opens_a_case_each_time_unless_only_known_ones_do(workspace: Workspace) -> None:
    rule = ruled(workspace)
    known = ruled(workspace, survey=rule.survey, question="", known_only=True)
    with workspace.db.session() as session:
        turn_off(session, rule.id)
    answered(workspace, rule, minutes=1)
    answered(workspace, rule, minutes=2, anonymous_id="a-browser")
    assert catch_up(workspace) == 0
    answered(workspace, rule, minutes=3, identifiers=[["email", "known@example.fi"]])
    assert catch_up(workspace) == 1
    with workspace.db.session() as session:
        turn_off(session, known.id)
        turn_on(session, rule.id, since=MONDAY, seq=workspace.store.snapshot.next_seq - 1)
    answered(workspace, rule, minutes=4)
    answered(workspace, rule, minutes=5)
    assert catch_up(workspace) == 2
    assert [c.profile for c in all_cases(workspace)][1:] == ["", ""]


def test_owners_take_turns_and_one_who_left_gets_none(workspace: Workspace) -> None:
    aino, ville, left = (user(workspace, name) for name in ("Aino", "Ville", "Left"))
    with workspace.db.session() as session:
        user_by_id(session, left).closed_at = MONDAY
    rule = ruled(workspace, owners=(aino, left, ville))
    for i in range(4):
        answered(workspace, rule, 1, minutes=i, user_id=f"turn{i}")
    assert catch_up(workspace) == 4
    assert [c.owner_id for c in all_cases(workspace)] == [aino, ville, aino, ville]


def test_answers_of_public_sources_open_nothing(workspace: Workspace) -> None:
    """The write key of a site is in the site: anybody could send low scores with it."""
    rule = ruled(workspace)
    with workspace.db.session() as session:
        site = ensure_source(session, name="Site", kind="web", channel="web", public=True).id
    answered(workspace, rule, source=site)
    assert catch_up(workspace) == 0


def test_a_rule_that_is_changed_stays_on_and_counts_from_when_it_was_turned_on(workspace: Workspace) -> None:
    rule = ruled(workspace)
    with workspace.db.session() as session:
        changed = save_rule(session, replace(rule, threshold=1.0), by="Anna", now=MONDAY)
    assert (changed.on, changed.on_since) == (True, MONDAY)
    answered(workspace, rule, 2, minutes=1)
    answered(workspace, rule, 1, minutes=2)
    assert catch_up(workspace) == 1
    assert [a.score for a in all_answers(workspace)] == [1]


def test_many_are_taken_part_by_part_and_what_fails_in_the_middle_goes_on_from_there(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "A_TIME", 3)
    rule = ruled(workspace)
    for i in range(10):
        answered(workspace, rule, 1, minutes=i, user_id=f"part{i}")
        answered(workspace, rule, 9, minutes=i)
    real, calls = opening.note, []

    def failing(*given: object, **named: object) -> object:
        calls.append(1)
        if len(calls) == 5:
            raise RuntimeError("power cut")
        return real(*given, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(opening, "note", failing)
    with pytest.raises(RuntimeError):
        catch_up(workspace)
    assert len(all_cases(workspace)) == 3
    assert catch_up(workspace) == 7
    assert catch_up(workspace) == 0
    assert len(all_cases(workspace)) == len(all_answers(workspace)) == 10
