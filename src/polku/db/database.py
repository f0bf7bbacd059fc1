"""A connection to the operational tables."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, Final

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.orm import Session

from polku.db.failures import told
from polku.errors import FolderTooNew, InvalidInput

MIGRATIONS: Final = Path(__file__).parent / "migrations"
BUSY_MS: Final = 10_000
"""How long one writer waits for another on SQLite before it gives up."""


class Database:
    """The operational tables at an SQLAlchemy URL (`sqlite:///…` or `postgresql://…`).

    Raises InvalidInput when the URL cannot be understood or names another kind of database.
    """

    def __init__(self, url: str) -> None:
        self.engine: Engine = _connect(url)
        self._writing = threading.local()
        self.changes = 0
        """Grows with every writing session that ended: what was read before it may be old. One process has the
        tables, so nothing else writes."""

    @property
    def is_sqlite(self) -> bool:
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def session(self, *, read_only: bool = False) -> Iterator[Session]:
        """A unit of work: committed at the end, rolled back on an error.

        On SQLite it holds the only write lock from its start unless `read_only`, so that what it read is
        still true when it writes; keep it short, and pass the session on instead of opening a second one
        inside: on the same thread that would wait for itself, and raises RuntimeError instead.
        """
        if not read_only and getattr(self._writing, "open", False):
            raise RuntimeError("A writing session is already open on this thread; pass that one on.")
        options = {"polku_read_only": read_only}
        with told(), self.engine.connect().execution_options(**options) as connection:
            self._writing.open = not read_only or getattr(self._writing, "open", False)
            try:
                with Session(connection, expire_on_commit=False) as session, session.begin():
                    yield session
                if not read_only:
                    self.changes += 1
            finally:
                self._writing.open = self._writing.open and read_only

    def upgrade(self) -> None:
        """Bring the tables to this version's shape. Raises FolderTooNew if a newer Polku wrote them."""
        files = frozenset(file.name for file in (MIGRATIONS / "versions").glob("*.py"))
        known, heads = _revisions(MIGRATIONS, files)
        with told(), self.engine.begin() as connection:
            current = MigrationContext.configure(connection).get_current_heads()
            for revision in current:
                if revision not in known:
                    raise FolderTooNew(
                        "The database is of a newer Polku (revision %(revision)s). Install that version or a "
                        "later one; this version leaves the database as it is.",
                        revision=revision,
                    )
            if set(current) != heads:
                config = _config(MIGRATIONS)
                config.attributes["connection"] = connection
                command.upgrade(config, "heads")

    def close(self) -> None:
        self.engine.dispose()


def _config(folder: Path) -> Config:
    config = Config()
    config.set_main_option("script_location", str(folder))
    return config


@cache
def _revisions(folder: Path, _files: frozenset[str]) -> tuple[frozenset[str], frozenset[str]]:
    """All that the migrations in these files lead through, and where they end: every file is run to say so."""
    scripts = ScriptDirectory.from_config(_config(folder))
    known = (revision.revision for revision in scripts.walk_revisions())
    return frozenset(known), frozenset(scripts.get_heads())


def _connect(url: str) -> Engine:
    try:
        parsed = make_url(url)
        backend = parsed.get_backend_name()
    except ArgumentError as e:
        raise InvalidInput(
            "The database URL cannot be read. Allowed: sqlite:///<file> or postgresql://<user>@<host>/<name>"
        ) from e
    if backend == "sqlite":
        engine = create_engine(parsed, connect_args={"check_same_thread": False}, hide_parameters=True)
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    if backend == "postgresql":
        try:
            return create_engine(
                parsed.set(drivername="postgresql+psycopg"), pool_pre_ping=True, hide_parameters=True
            )
        except ModuleNotFoundError as e:
            raise InvalidInput(
                "The database URL is of PostgreSQL, but its driver is not installed. "
                "Install it: pip install 'polku[postgres]'"
            ) from e
    raise InvalidInput(
        "Database '%(backend)s' is not supported. Allowed: sqlite, postgresql.", backend=backend
    )


def _prepare_sqlite(connection: sqlite3.Connection, _record: Any) -> None:
    connection.isolation_level = (
        None  # TRICKY: else sqlite3 opens transactions itself, and only before writes
    )
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", f"busy_timeout={BUSY_MS}"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    # A deferred transaction that reads first cannot become a writer once another has committed in between.
    read_only = connection.get_execution_options().get("polku_read_only", False)
    connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")
