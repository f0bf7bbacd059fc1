"""Texts as they were written: kept once, seen by few, gone in time. On SQLite and PostgreSQL."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from polku.db import Database
from polku.jobs import Job
from polku.originals import Original, erase, forgetting, looks, note_look, original, without
from polku.originals.store import add
from polku.originals.tables import OriginalRow
from polku.settings import Settings
from tests.databases import tables_in

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
JOB = Job(1, "originals.forget", None, {}, NOW, 1)


def test_a_text_is_kept_once_and_found_by_its_event(tables: Database) -> None:
    many = [Original(1, f"e{i}", "", f"Soita {i}") for i in range(1_200)]
    with tables.session() as session:
        add(session, many, NOW)
        add(session, [Original(1, "e1", "", "later"), Original(1, "e1", "why", "part")], NOW)
    with tables.session() as session:
        assert original(session, 1, "e1") == {"": "Soita 1", "why": "part"}
        assert original(session, 2, "e1") == {}
        assert erase(session, 1, ["e1", "e2", "e3"]) == 4
        assert original(session, 1, "e1") == {}


def test_who_looked_is_remembered_longer_than_the_text(tables: Database) -> None:
    with tables.session() as session:
        add(session, [Original(1, "e", "", "x")], NOW)
        note_look(session, 1, "e", user_id=3, user_name="Ada", now=NOW)
        note_look(session, 1, "e", user_id=4, user_name="Bea", now=NOW + timedelta(hours=1))
        erase(session, 1, ["e"])
        assert [(look.user, look.at) for look in looks(session, 1, "e")] == [
            ("Bea", NOW + timedelta(hours=1)),
            ("Ada", NOW),
        ]
        assert looks(session, 1, "other") == ()


def test_originals_are_removed_when_their_days_are_over(tmp_path: Path) -> None:
    db = tables_in(tmp_path)
    now = datetime.now(UTC)
    with db.session() as session:
        for days in (0, 29, 31):
            add(session, [Original(1, f"{days}", "", "x")], now - timedelta(days=days))

    def left() -> set[str]:
        with db.session() as session:
            return set(session.scalars(select(OriginalRow.event_id)))

    forgetting(Settings(tmp_path, originals_days=30), db).run(JOB)
    assert left() == {"0", "29"}
    forgetting(Settings(tmp_path, originals_days=0), db).run(JOB)
    assert left() == set()
    db.close()


def test_a_text_without_personal_data_is_the_same() -> None:
    assert without("Hyvä palvelu") == ("Hyvä palvelu", False)
    assert without("Soita 040 123 4567") == ("Soita [phone]", True)
