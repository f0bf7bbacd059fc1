"""What tests of every slice share."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.postgres import PostgresServer, given_or_started
from tests.required import missing

ROOT = Path(__file__).parent.parent

os.environ.setdefault("POLKU_KERNEL_CACHE", str(ROOT / ".cache" / "kernels"))


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer | None]:
    """A PostgreSQL for this run (see tests/postgres.py), None if there is none."""
    with given_or_started() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty database, once on SQLite and once on PostgreSQL."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'polku.db'}"
        return
    server = request.getfixturevalue("postgres")
    if server is None:
        missing("postgres", "no PostgreSQL: set POLKU_TEST_POSTGRES_URL or install one (initdb)")
    with server.fresh_database() as url:
        yield url
