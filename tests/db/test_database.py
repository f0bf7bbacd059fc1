from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import ForeignKey, MetaData, Table, select, text
from sqlalchemy.exc import DatabaseError, IntegrityError
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from polku.db import Database, UtcDateTime
from polku.db.database import MIGRATIONS
from polku.errors import FolderTooNew, InvalidInput


class Things(DeclarativeBase):
    metadata = MetaData()


class Thing(Things):
    __tablename__ = "thing"
    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    part_of: Mapped[int | None] = mapped_column(ForeignKey("thing.id"))


@pytest.fixture
def database(database_url):
    database = Database(database_url)
    Things.metadata.create_all(database.engine)
    yield database
    database.close()


def ids(database: Database) -> list[int]:
    with database.session(read_only=True) as session:
        return list(session.scalars(select(Thing.id).order_by(Thing.id)))


def test_commits_at_the_end_and_rolls_back_on_an_error(database):
    with database.session() as session:
        session.add(Thing(id=1))
    with pytest.raises(ZeroDivisionError):
        _add_and_fail(database)
    assert ids(database) == [1]


def _add_and_fail(database: Database) -> None:
    with database.session() as session:
        session.add(Thing(id=2))
        session.flush()
        raise ZeroDivisionError


def test_what_was_read_can_be_used_afterwards(database):
    with database.session() as session:
        thing = Thing(id=1, at=datetime(2026, 1, 1, tzinfo=UTC))
        session.add(thing)
    assert thing.at == datetime(2026, 1, 1, tzinfo=UTC)


def test_foreign_keys_hold(database):
    with pytest.raises(IntegrityError), database.session() as session:
        session.add(Thing(id=1, part_of=99))


@pytest.mark.parametrize(
    "at",
    [
        datetime(2026, 3, 29, 1, 0, tzinfo=UTC),
        datetime(2026, 3, 29, 4, 0, 0, 123456, tzinfo=timezone(timedelta(hours=3))),
        datetime(1970, 1, 1, tzinfo=UTC),
        datetime(2028, 2, 29, 23, 59, 59, 999999, tzinfo=UTC),
    ],
)
def test_times_come_back_as_the_same_moment_in_utc(database, at):
    with database.session() as session:
        session.add(Thing(id=1, at=at))
    with database.session(read_only=True) as session:
        kept = session.get(Thing, 1).at
    assert kept == at
    assert kept.utcoffset() == timedelta(0)


def test_a_time_without_a_zone_is_refused(database):
    query = select(Thing.id).where(Thing.at == datetime(2026, 1, 1))  # noqa: DTZ001  the point of this test
    with database.session() as session, pytest.raises(Exception, match="needs a time zone"):
        session.execute(query)


def test_a_writing_session_inside_another_is_told_at_once(database):
    with database.session(), pytest.raises(RuntimeError, match="pass that one on"), database.session():
        pass
    with database.session() as session:
        session.add(Thing(id=1))
    assert ids(database) == [1]


def test_one_may_read_while_another_writes(database):
    with database.session() as session:
        session.add(Thing(id=1))
        session.flush()
        assert ids(database) == []
        with pytest.raises(RuntimeError), database.session():
            pass
    assert ids(database) == [1]


def test_writers_wait_for_each_other(database):
    """Each reads the count and writes the next; without the lock some would fail or count double."""

    def add() -> None:
        for _ in range(10):
            with database.session() as session:
                if not database.is_sqlite:
                    session.execute(text("LOCK TABLE thing IN EXCLUSIVE MODE"))
                session.add(Thing(id=len(session.scalars(select(Thing.id)).all()) + 1))

    threads = [threading.Thread(target=add) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ids(database) == list(range(1, 41))


def test_sqlite_is_prepared(tmp_path):
    database = Database(f"sqlite:///{tmp_path / 'polku.db'}")
    with database.session(read_only=True) as session:
        assert session.execute(text("PRAGMA journal_mode")).scalar() == "wal"
        assert session.execute(text("PRAGMA foreign_keys")).scalar() == 1


@pytest.mark.parametrize("url", ["mysql://root@localhost/polku", "oracle://x"])
def test_another_kind_of_database_is_refused(url):
    with pytest.raises(InvalidInput, match="Allowed: sqlite, postgresql"):
        Database(url)


def test_an_unreadable_url_is_refused_without_telling_it(tmp_path):
    with pytest.raises(InvalidInput, match="database URL cannot be read") as caught:
        Database("postgres secret@host")
    assert "secret" not in str(caught.value)


def test_errors_do_not_tell_values(database):
    query = text("SELECT * FROM nothing WHERE email = :email")
    with database.session() as session, pytest.raises(DatabaseError) as caught:
        session.execute(query, {"email": "anna@example.fi"})
    assert "anna@example.fi" not in str(caught.value)


def test_upgrade_can_be_repeated(database_url):
    database = Database(database_url)
    database.upgrade()
    database.upgrade()
    database.close()


def test_a_database_of_a_newer_polku_is_left_alone(database_url):
    database = Database(database_url)
    database.upgrade()
    with database.engine.begin() as connection:
        connection.execute(text("CREATE TABLE IF NOT EXISTS alembic_version (version_num VARCHAR(32))"))
        connection.execute(text("DELETE FROM alembic_version"))
        connection.execute(text("INSERT INTO alembic_version VALUES ('from_the_future')"))
    with pytest.raises(FolderTooNew, match="revision from_the_future"):
        database.upgrade()
    database.close()


def test_migrations_run_and_a_failed_one_leaves_nothing(database_url, tmp_path, monkeypatch):
    """With migrations of our own: the first makes a table, the second alters it, the third fails."""
    scripts = tmp_path / "migrations"
    (scripts / "versions").mkdir(parents=True)
    (scripts / "env.py").write_text((MIGRATIONS / "env.py").read_text())
    monkeypatch.setattr("polku.db.database.MIGRATIONS", scripts)
    _revision(scripts, "one", None, "op.create_table('toy', sa.Column('id', sa.Integer, primary_key=True))")
    add_name = "with op.batch_alter_table('toy') as toy: toy.add_column(sa.Column('name', sa.String))"
    _revision(scripts, "two", "one", add_name)
    database = Database(database_url)
    database.upgrade()
    _revision(scripts, "three", "two", "op.drop_table('toy'); op.execute('SELECT nonsense FROM nowhere')")
    with pytest.raises(Exception, match="nowhere"):
        database.upgrade()
    with database.engine.connect() as connection:
        assert list(Table("toy", MetaData(), autoload_with=connection).columns.keys()) == ["id", "name"]
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == "two"
    database.close()


def _revision(scripts: Path, name: str, after: str | None, upgrade: str) -> None:
    (scripts / "versions" / f"{name}.py").write_text(
        f"import sqlalchemy as sa\nfrom alembic import op\nrevision = {name!r}\ndown_revision = {after!r}\n"
        f"def upgrade():\n    {upgrade}\n"
    )
