from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from polku.profiles.identity import Identities
from polku.settings import Settings
from polku.store import EventStore, LocalEngine, Refresher
from polku.workspace import Workspace
from tests.databases import tables_in
from tests.profiles.happenings import Untold


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    """An empty workspace; its blocks know who, and call everything by its event's name."""
    database = tables_in(tmp_path)
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
