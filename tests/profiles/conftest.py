from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

import polku.collect.tables
import polku.profiles.tables
import polku.web.tables  # noqa: F401  declares the tables
from polku.db import Base, Database
from polku.profiles.identity import Identities
from polku.settings import Settings
from polku.store import EventStore, LocalEngine, Refresher
from polku.workspace import Workspace
from tests.profiles.happenings import Untold


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    """An empty workspace; its blocks know who, and call everything by its event's name."""
    database = Database(f"sqlite:///{tmp_path / 'polku.db'}")
    Base.metadata.create_all(database.engine)
    store = EventStore(tmp_path)
    made: list[Workspace] = []
    refresher = Refresher(
        store, tmp_path, lambda snapshot: Untold(made[0].part(Identities).resolve(snapshot))
    )
    engine = LocalEngine(refresher)
    made.append(Workspace(Settings(tmp_path), database, store, engine))
    yield made[0]
    engine.close()
    store.close()
    database.close()


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(1)
