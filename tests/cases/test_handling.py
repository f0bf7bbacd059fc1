"""What people do with a case: its history, two at once, letters and their fate, closing and opening again."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.orm import Session

from polku.cases import handling
from polku.cases.handling import Actor, CaseChanged, Wish
from polku.cases.history import Entry, history
from polku.cases.letters import customer_letter
from polku.cases.tables import CaseAlertRow, CaseRow
from polku.cases.working_time import WorkingDays
from polku.errors import Conflict, InvalidInput, NotFound
from polku.mail import Ended, InvalidAddress, Sender
from polku.mail.outbox import messages
from polku.workspace import Workspace
from tests.cases.conftest import MONDAY, all_cases, answered, catch_up, ruled, user

HELSINKI = WorkingDays(ZoneInfo("Europe/Helsinki"), "FI")
LATER = MONDAY + timedelta(hours=3)
SENDER = Sender("palvelu@example.fi")


@pytest.fixture
def case(workspace: Workspace) -> CaseRow:
    answered(workspace, ruled(workspace), 2)
    assert catch_up(workspace) == 1
    return all_cases(workspace)[0]


@pytest.fixture
def aino(workspace: Workspace) -> Actor:
    return Actor(user(workspace, "Aino"), "Aino")


def lines(workspace: Workspace, case: CaseRow) -> list[Entry]:
    with workspace.db.session(read_only=True) as session:
        return list(history(session, case.id))


def now_of(workspace: Workspace, case: CaseRow) -> CaseRow:
    return next(c for c in all_cases(workspace) if c.id == case.id)


def wish_of(case: CaseRow) -> Wish:
    return Wish(case.status, case.owner_id, case.due_at, case.priority)  # type: ignore[arg-type]


def change(session: Session, case: CaseRow, wish: Wish, by: Actor) -> bool:
    return handling.change(session, case.id, case.version, wish, by=by, now=LATER, working=HELSINKI)


def test_every_change_leaves_a_line_with_who_and_when(
    workspace: Workspace, case: CaseRow, aino: Actor
) -> None:
    ville = user(workspace, "Ville")
    wish = Wish("waiting", ville, MONDAY + timedelta(days=7), "high")
    with workspace.db.session() as session:
        assert change(session, case, wish, aino)
    found = lines(workspace, case)
    assert [e.kind for e in found] == ["priority", "due", "status", "owner", "opened"]
    assert {(e.by, e.at) for e in found[:4]} == {("Aino", LATER)}
    assert found[3].about == {"from": "", "to": "Ville"}
    assert wish_of(now_of(workspace, case)) == wish
    with workspace.db.session() as session:
        assert not change(session, now_of(workspace, case), wish, aino), "nothing has changed"
        assert [(a.user_id, a.kind) for a in session.query(CaseAlertRow)] == [(ville, "given")]


def test_the_second_of_two_who_change_it_is_told_and_changes_nothing(
    workspace: Workspace, case: CaseRow, aino: Actor
) -> None:
    with workspace.db.session() as session:
        change(session, case, replace(wish_of(case), priority="high"), aino)
    with pytest.raises(CaseChanged), workspace.db.session() as session:
        change(session, case, replace(wish_of(case), status="waiting"), Actor(None, "Ville"))
    with pytest.raises(CaseChanged), workspace.db.session() as session:
        handling.close(
            session, case.id, case.version, outcome="solved", words="", satisfied=None, by=aino, now=LATER
        )
    assert now_of(workspace, case).status == "open"


def test_only_one_of_many_who_change_it_at_once_does(
    workspace: Workspace, case: CaseRow, aino: Actor
) -> None:
    begin, done = threading.Barrier(4), []

    def work(number: int) -> None:
        begin.wait()
        try:
            with workspace.db.session() as session:
                wish = replace(wish_of(case), due_at=MONDAY + timedelta(days=5 + number))
                done.append(change(session, case, wish, aino))
        except CaseChanged:
            done.append(False)

    threads = [threading.Thread(target=work, args=(i,)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(done) == [False, False, False, True]
    assert [e.kind for e in lines(workspace, case)] == ["due", "opened"]


def test_only_one_of_two_takes_it(workspace: Workspace, case: CaseRow, aino: Actor) -> None:
    ville = Actor(user(workspace, "Ville"), "Ville")
    with workspace.db.session() as session:
        assert handling.take_over(session, case.id, by=aino, now=LATER)
    with workspace.db.session() as session:
        assert not handling.take_over(session, case.id, by=ville, now=LATER)
    assert now_of(workspace, case).owner_id == aino.id


@pytest.mark.parametrize(
    ("kind", "reached", "status"),
    [
        ("note", False, "open"),
        ("missed_call", False, "in_progress"),
        ("call", True, "in_progress"),
        ("meeting", True, "in_progress"),
        ("message", True, "in_progress"),
    ],
)
def test_being_in_touch_is_noted_beside_what_others_do(
    workspace: Workspace, case: CaseRow, aino: Actor, kind: str, reached: bool, status: str
) -> None:
    for form in ("a" * 32, "a" * 32):  # a double click
        with workspace.db.session() as session:
            handling.add_note(session, case.id, kind, "Sovittiin", form=form, by=aino, now=LATER)
    assert [e.kind for e in lines(workspace, case)].count(kind) == 1
    row = now_of(workspace, case)
    assert (row.status, row.first_contact_at) == (status, LATER if reached else None)
    with workspace.db.session() as session:
        handling.add_note(
            session, case.id, "call", "", form="b" * 32, by=aino, now=LATER + timedelta(hours=1)
        )
    again = now_of(workspace, case).first_contact_at
    assert again == (LATER if reached else LATER + timedelta(hours=1)), "the first contact stays the first"


def test_a_letter_goes_once_and_what_became_of_it_is_in_the_history(
    workspace: Workspace, case: CaseRow, aino: Actor
) -> None:
    letter = customer_letter(
        "asiakas@example.fi", subject="Anteeksi", said="Hei <b>!\n\nPahoittelut.", language="fi", reply_to=""
    )
    for _ in range(2):
        with workspace.db.session() as session:
            handling.write_letter(
                session, case.id, letter, SENDER, said="Hei", form="c" * 32, by=aino, now=LATER
            )
    with workspace.db.session() as session:
        (sent,) = messages(session)
        assert (sent.kind, sent.recipient) == ("case", "asiakas@example.fi")
    entry = next(e for e in lines(workspace, case) if e.kind == "letter")
    assert (entry.text, entry.about, entry.ended) == ("Hei", {"subject": "Anteeksi"}, "")
    assert now_of(workspace, case).first_contact_at is None, "it has not gone yet"
    for state, told in (("failed", "letter_failed"), ("sent", "letter_sent")):  # sent again by a person
        with workspace.db.session() as session:
            handling.note_outcome(session, Ended(sent.id, sent.key, "case", state, "refused", LATER))
        assert next(e for e in lines(workspace, case) if e.kind == "letter").ended == told
    assert now_of(workspace, case).first_contact_at == LATER
    with workspace.db.session() as session:  # of others
        for key in (None, "invitation:1:0", "case-letter:999999", "case-letter:x"):
            handling.note_outcome(session, Ended(1, key, "invitation", "sent", "", LATER))


def test_what_the_agent_wrote_is_text_in_the_letter() -> None:
    letter = customer_letter(
        "asiakas@example.fi", subject="{{ secret }}", said="<script>1 < 2\nToinen", language="fi", reply_to=""
    )
    assert letter.words.subject == "{{ secret }}"
    assert "<script>" not in letter.words.html
    assert "&lt;script&gt;1 &lt; 2<br" in letter.words.html
    assert "<script>1 < 2\nToinen" in letter.words.text


def test_a_letter_that_cannot_be_addressed_leaves_nothing(
    workspace: Workspace, case: CaseRow, aino: Actor
) -> None:
    letter = customer_letter("rikki@@example", subject="A", said="B", language="fi", reply_to="")
    with pytest.raises(InvalidAddress), workspace.db.session() as session:
        handling.write_letter(session, case.id, letter, SENDER, said="B", form="d" * 32, by=aino, now=LATER)
    assert [e.kind for e in lines(workspace, case)] == ["opened"]


def close(workspace: Workspace, case: CaseRow, by: Actor, **given: object) -> None:
    asked = {"outcome": "solved", "words": "", "satisfied": True} | given
    with workspace.db.session() as session:
        handling.close(session, case.id, now_of(workspace, case).version, by=by, now=LATER, **asked)  # type: ignore[arg-type]


def test_a_case_is_closed_with_an_outcome_and_opened_again(
    workspace: Workspace, case: CaseRow, aino: Actor
) -> None:
    for wrong in ({"outcome": "forgotten"}, {"outcome": "other", "words": " "}):
        with pytest.raises(InvalidInput):
            close(workspace, case, aino, **wrong)
    close(workspace, case, aino, outcome="other", words="Lähti kilpailijalle", satisfied=False)
    row = now_of(workspace, case)
    assert (row.status, row.closed_at, row.outcome, row.satisfied) == ("closed", LATER, "other", False)
    assert lines(workspace, case)[0].text == "Lähti kilpailijalle"
    with pytest.raises(Conflict, match="Reopen it first"), workspace.db.session() as session:
        change(session, row, replace(wish_of(row), status="open"), aino)
    with pytest.raises(Conflict):
        close(workspace, case, aino)
    friday = datetime(2026, 3, 6, 10, tzinfo=UTC)
    for _ in range(2):
        with workspace.db.session() as session:
            handling.reopen(session, case.id, by=aino, now=friday, working=HELSINKI)
    row = now_of(workspace, case)
    assert (row.status, row.closed_at, row.outcome, row.satisfied) == ("in_progress", None, "", None)
    assert row.due_at == datetime(2026, 3, 10, 10, tzinfo=UTC)
    assert [e.kind for e in lines(workspace, case)] == ["reopened", "closed", "opened"]


def test_what_cannot_be_done_is_refused(workspace: Workspace, case: CaseRow, aino: Actor) -> None:
    with workspace.db.session() as session:
        with pytest.raises(InvalidInput, match="cannot log in"):
            change(session, case, replace(wish_of(case), owner_id=4711), aino)
        with pytest.raises(InvalidInput, match="by its outcome"):
            change(session, case, replace(wish_of(case), status="closed"), aino)
        with pytest.raises(InvalidInput, match="needs words"):
            handling.add_note(session, case.id, "note", "  ", form="e" * 32, by=aino, now=LATER)
        with pytest.raises(NotFound):
            handling.case_of(session, 4711)
