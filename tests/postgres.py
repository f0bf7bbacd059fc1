"""A PostgreSQL server for a test run: the one given by POLKU_TEST_POSTGRES_URL, else a private cluster."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import psycopg
from sqlalchemy import make_url

from tests.ports import free_port

NUMBERS = count(1)


@dataclass(frozen=True, slots=True)
class PostgresServer:
    """`url` is SQLAlchemy's form, with a user that may create databases."""

    url: str

    @contextmanager
    def fresh_database(self, template: str = "") -> Iterator[str]:
        """The URL of a new database that is dropped afterwards: empty, or as the one at the URL `template`, to which
        nobody may be connected."""
        name = f"polku_test_{os.getpid()}_{next(NUMBERS)}"
        as_another = f" TEMPLATE {make_url(template).database}" if template else ""
        self._run(f"CREATE DATABASE {name}{as_another}")
        try:
            yield make_url(self.url).set(database=name).render_as_string(hide_password=False)
        finally:
            self._run(f"DROP DATABASE {name} WITH (FORCE)")

    def _run(self, statement: str) -> None:
        plain = make_url(self.url).set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(plain, autocommit=True) as connection:
            connection.execute(statement)


EMPTY = """
DO $$ DECLARE t regclass; BEGIN
  SET LOCAL session_replication_role = replica;  -- in any order, whatever refers to what
  FOR t IN SELECT oid FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
    AND relname <> 'alembic_version' LOOP EXECUTE format('DELETE FROM %s', t); END LOOP;
  PERFORM setval(oid, 1, false) FROM pg_class WHERE relkind = 'S' AND relnamespace = 'public'::regnamespace;
END $$
"""
"""Empties all tables and numbers from 1 again: faster than a new database."""


@contextmanager
def given_or_started() -> Iterator[PostgresServer | None]:
    """The server of POLKU_TEST_POSTGRES_URL, else one started for as long as the context lasts, else None."""
    if given := os.environ.get("POLKU_TEST_POSTGRES_URL"):
        yield PostgresServer(given)
    elif programs := postgres_programs():
        with started(programs) as server:
            yield server
    else:
        yield None


def postgres_programs() -> Path | None:
    """The folder of initdb and pg_ctl: on the path, or the newest of Debian's."""
    if found := shutil.which("initdb"):
        return Path(found).parent
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parts[-3]))
    return debian[-1].parent if debian else None


@contextmanager
def started(programs: Path) -> Iterator[PostgresServer]:
    """A cluster in a temporary folder on a free port of loopback. Not durable: it lives for one run."""
    # PostgreSQL refuses to run as root; Debian's package brings the user postgres.
    user = "postgres" if os.geteuid() == 0 else None
    folder = Path(tempfile.mkdtemp(prefix="polku-postgres-"))
    port = free_port()
    options = f"-p {port} -k '' -c listen_addresses=127.0.0.1 -c fsync=off -c full_page_writes=off"

    def run(program: str, *arguments: str) -> None:
        command: list[str | Path] = [programs / program, "-D", folder / "data", *arguments]
        subprocess.run(command, user=user, cwd=folder, check=True, stdout=subprocess.DEVNULL)

    try:
        if user:
            shutil.chown(folder, user)
        run("initdb", "--username=polku", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync")
        run("pg_ctl", "-w", "-l", str(folder / "log"), "-o", options, "start")
        try:
            yield PostgresServer(f"postgresql+psycopg://polku@127.0.0.1:{port}/postgres")
        finally:
            run("pg_ctl", "-w", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
