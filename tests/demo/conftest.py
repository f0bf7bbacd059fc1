from __future__ import annotations

from datetime import UTC, datetime

import pyarrow as pa
import pytest

from polku.demo import World, make_world

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


@pytest.fixture(scope="session")
def now() -> datetime:
    return NOW


@pytest.fixture(scope="session")
def world() -> World:
    """The whole demo: 20,000 customers."""
    return make_world(7, now=NOW)


@pytest.fixture(scope="session")
def events(world: World) -> pa.Table:
    return pa.concat_tables(world.log.tables())
