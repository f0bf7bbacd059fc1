"""What tests of every slice share."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from anyio.from_thread import start_blocking_portal
from argon2 import PasswordHasher
from sqlalchemy import text
from starlette.testclient import TestClient
from xdist.scheduler import LoadScopeScheduling

from polku.db import Database
from polku.security import passwords
from polku.store import kernels
from tests.balance import Balanced
from tests.databases import tables_in
from tests.postgres import EMPTY, PostgresServer, given_or_started
from tests.required import missing

ROOT = Path(__file__).parent.parent

os.environ.setdefault("POLKU_KERNEL_CACHE", str(ROOT / ".cache" / "kernels"))
# Also for tests that open no data folder: else each kernel would compile twice, into two caches.
kernels.use_cache(Path(os.environ["POLKU_KERNEL_CACHE"]))


hypothesis.settings.register_profile("polku", deadline=None)
hypothesis.settings.load_profile("polku")


def pytest_configure() -> None:
    gc.disable()


def pytest_collection_finish() -> None:
    """What is imported by now stays: it need not be looked through for garbage again and again."""
    gc.freeze()
    gc.enable()
    gc.set_threshold(50_000, 20, 100)


def pytest_unconfigure() -> None:
    """pytest collects five times at the end, in case a destructor raises: one of them looks at everything."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling | None:
    return Balanced(config, log) if config.getoption("dist") == "loadfile" else None


@pytest.fixture(scope="session", autouse=True)
def one_loop() -> Iterator[None]:
    """All clients in this process ask in one event loop, as those of a server do; each request would start its own."""
    with start_blocking_portal() as portal, pytest.MonkeyPatch.context() as patch:
        patch.setattr(TestClient, "portal", portal)
        yield


@pytest.fixture(scope="session", autouse=True)
def real_hasher() -> Iterator[PasswordHasher]:
    """Hashing is slow on purpose: tests hash quickly, those of tests/security as in production, with this."""
    real = passwords._hasher
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        yield real


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer | None]:
    """A PostgreSQL for this run (see tests/postgres.py), None if there is none."""
    with given_or_started() as server:
        yield server


@pytest.fixture(scope="session")
def postgres_template(postgres: PostgresServer | None) -> Iterator[str]:
    """The address of a database of PostgreSQL with Polku's tables and nothing in them, to make others of."""
    with _server(postgres).fresh_database() as url:
        database = Database(url)
        database.upgrade()
        database.close()
        yield url


@pytest.fixture(scope="session")
def postgres_tables(postgres: PostgresServer | None, postgres_template: str) -> Iterator[Database]:
    """A database of PostgreSQL with Polku's tables, for one test after the other."""
    with _server(postgres).fresh_database(postgres_template) as url:
        database = Database(url)
        yield database
        database.close()


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty database, once on SQLite and once on PostgreSQL."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'polku.db'}"
        return
    with _server(request.getfixturevalue("postgres")).fresh_database() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgres"])
def tables_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database of its own with Polku's tables and nothing in them, on SQLite and on PostgreSQL."""
    if request.param == "sqlite":
        tables_in(tmp_path).close()
        yield f"sqlite:///{tmp_path / 'polku.db'}"
        return
    template = request.getfixturevalue("postgres_template")
    with _server(request.getfixturevalue("postgres")).fresh_database(template) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgres"])
def tables(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """Polku's tables with nothing in them, once on SQLite and once on PostgreSQL."""
    if request.param == "sqlite":
        database = tables_in(tmp_path)
        yield database
        database.close()
        return
    database = request.getfixturevalue("postgres_tables")
    yield database
    with database.session() as session:
        session.execute(text(EMPTY))


def _server(server: PostgresServer | None) -> PostgresServer:
    if server is None:
        missing("postgres", "no PostgreSQL: set POLKU_TEST_POSTGRES_URL or install one (initdb)")
    return server
