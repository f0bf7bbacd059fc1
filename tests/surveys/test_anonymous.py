"""An anonymous survey keeps no link between who was asked and what was answered: looked at in every table there is.

The ledger may know that somebody answered, and on which day. Shown in three ways: no table of responses can be joined
with the ledger by a reference, answering hands out nothing that a response could keep, and answering changes nothing
in the whole database but a state and a day.
"""

from __future__ import annotations

from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

from sqlalchemy import MetaData, inspect

import polku
from polku.db import Base, Database
from polku.surveys.inviting import Visit, answer, look, make_link, note_opened
from polku.surveys.inviting.ledger import mark
from tests.surveys.asking import HELSINKI, NOW, ask, candidate

PACKAGE = Path(polku.__file__).parent
LEDGER = {"invitation", "invitation_link", "survey_opt_out"}
MAILINGS = {"survey_mailing", "survey_recipient", "asking_rules"}
"""They refer to nothing, and nothing to them."""
RESPONSES = {"survey_answers"}
"""What is kept of answers in these tables; finished ones are events (`test_distribution` looks at them)."""
PEOPLE = 6


def all_tables() -> MetaData:
    for file in sorted(PACKAGE.rglob("tables.py")):
        import_module(".".join(("polku", *file.relative_to(PACKAGE).with_suffix("").parts)))
    return Base.metadata


def dump(db: Database) -> dict[str, list[dict[str, Any]]]:
    """Everything in the database, also in tables that no code declares, in the order in which it is stored."""
    found = MetaData()
    found.reflect(db.engine)
    with db.engine.connect() as connection:
        return {
            t.name: [dict(r._mapping) for r in connection.execute(t.select())] for t in found.sorted_tables
        }


def changes(before: dict[str, Any], after: dict[str, Any]) -> dict[tuple[str, str], set[tuple[Any, Any]]]:
    """What differs, by table and column: old and new values. Rows are told apart by their keys."""
    found: dict[tuple[str, str], set[tuple[Any, Any]]] = {}
    for table in before.keys() | after.keys():
        old, new = (sorted(d[table], key=lambda r: str(next(iter(r.values())))) for d in (before, after))
        assert len(old) == len(new), f"rows came or went in {table}"
        for a, b in zip(old, new, strict=True):
            for column in a:
                if a[column] != b[column]:
                    found.setdefault((table, column), set()).add((a[column], b[column]))
    return found


def asked(tables: Database) -> list[str]:
    """Tokens of people who were asked in an anonymous survey."""
    with tables.session() as session:
        people = (candidate(p, about_event=p, touchpoint="delivery") for p in range(PEOPLE))
        rows = ask(session, *people, anonymous=True)
        tokens = [make_link(session, row.id) for row in rows]
        for row in rows:
            mark(session, row.id, "sent", sent_at=NOW)
    return tokens


def test_no_reference_leads_from_a_response_to_the_ledger():
    """Nor the other way; nor through any table in between."""
    reached: dict[str, set[str]] = {t.name: set() for t in all_tables().sorted_tables}
    for table in all_tables().sorted_tables:
        for key in table.foreign_keys:
            reached[table.name].add(key.column.table.name)
            reached[key.column.table.name].add(table.name)
    seen, ahead = set(), set(LEDGER)
    while ahead:
        name = ahead.pop()
        seen.add(name)
        ahead |= reached[name] - seen
    assert seen == LEDGER
    assert {name for name in MAILINGS if reached[name]} == set()


def test_answers_that_are_kept_have_no_column_for_a_person():
    for table in (all_tables().tables[name] for name in RESPONSES):
        of_a_person = ("profile", "address", "token", "invitation", "user", "occasion")
        assert [c.name for c in table.columns if any(word in c.name for word in of_a_person)] == []


def test_the_ledger_and_mailings_have_no_column_for_a_response():
    for table in (all_tables().tables[name] for name in LEDGER | MAILINGS):
        assert [c.name for c in table.columns if "response" in c.name or c.name == "score"] == []


def test_answering_hands_out_nothing_that_leads_to_the_person(tables):
    first, second, *_ = asked(tables)
    with tables.session() as session:
        seen = {look(session, token, NOW) for token in (first, second)}
        given = {answer(session, token, NOW, HELSINKI) for token in (first, second)}
    assert seen == given == {Visit("open", "nps", 3, True, touchpoint="delivery", channel="email")}, (
        "alike for everybody"
    )


def test_answering_leaves_a_state_and_a_day_and_no_more(tables):
    tokens = asked(tables)
    before = dump(tables)
    assert before.keys() >= LEDGER
    later = NOW + timedelta(hours=3, minutes=14, seconds=15)
    for token in tokens[:2]:
        with tables.session() as session:
            note_opened(session, token, later)
        with tables.session() as session:
            assert answer(session, token, later, HELSINKI).outcome == "open"
        later += timedelta(minutes=7)
    found = changes(before, dump(tables))
    assert set(found) == {("invitation", "state"), ("invitation", "answered_on")}
    assert found["invitation", "state"] == {("sent", "answered")}
    days = {new for _, new in found["invitation", "answered_on"]}
    assert [str(day) for day in days] == ["2026-03-02"], "a day, and no time"


def test_those_who_answered_on_a_day_cannot_be_told_apart(tables):
    """Whoever answers, and in whichever order, what is stored is the same: nothing tells who was first."""
    tokens = asked(tables)
    later = NOW + timedelta(hours=1)
    for token in (tokens[4], tokens[1]):
        with tables.session() as session:
            answer(session, token, later, HELSINKI)
        later += timedelta(hours=1)
    with tables.session(read_only=True) as session:
        columns = {c["name"] for c in inspect(tables.engine).get_columns("invitation")}
        rows = {row["id"]: row for row in dump(tables)["invitation"]}
    answered = [row for row in rows.values() if row["state"] == "answered"]
    of_the_person = {"id", "occasion", "profile", "address_hash", "about_event"}
    assert len(answered) == 2
    assert len({tuple((c, row[c]) for c in sorted(columns - of_the_person)) for row in answered}) == 1


def test_of_others_the_time_and_the_person_are_known(tables):
    """Else the tests above would show nothing."""
    with tables.session() as session:
        [row] = ask(session, candidate(1))
        token = make_link(session, row.id)
        mark(session, row.id, "sent", sent_at=NOW)
        before = {c: v for c, v in vars(row).items() if c != "_sa_instance_state"}
        visit = answer(session, token, NOW, HELSINKI)
        assert (visit.invitation, visit.profile) == (row.id, 1)
        assert (row.answered_at, before["answered_at"]) == (NOW, None)
