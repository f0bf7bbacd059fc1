from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from polku.store import EventStore
from polku.store.lake.collectors import LakeSource
from polku.store.lake.place import Place
from polku.store.lake.writing import Written, write
from tests.commands import run

__all__ = ["run"]

SOURCES = (LakeSource(1, "Verkkokauppa", "web"),)


class Rig:
    """A store that writes to a lake."""

    def __init__(self, folder: Path, lake: Place, id: str = "c0ffee") -> None:
        self.folder, self.lake, self.id = folder, lake, id
        self.store = EventStore(folder, segment_rows=1_000)

    def write(self) -> Written:
        self.store.flush()
        return write(self.lake, self.id, self.store.snapshot, SOURCES)

    def files(self, table: str = "events") -> list[Path]:
        return sorted((Path(self.lake.url) / "collectors" / self.id / table).glob("*"))


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    made = Rig(tmp_path / "data", Place(str(tmp_path / "lake")))
    yield made
    made.store.close()
