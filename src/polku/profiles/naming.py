"""What a profile's events are called: in the words of the journeys above, which the application supplies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from polku.collect.store import sources
from polku.workspace import Workspace


@dataclass(frozen=True, slots=True)
class TouchpointLabel:
    """A touchpoint in the words of a page. `stage` is None for one that is not on the map."""

    key: str
    name: str
    channel: str
    stage: str | None = None  # its name
    stage_number: int = 0  # 1, 2, … in the order of stages; 0: none


class TouchpointNames(Protocol):
    """What profiles ask of whoever knows the touchpoints."""

    @property
    def columns(self) -> Sequence[str]:
        """What `touchpoints` needs beside source, type and name."""

    def touchpoints(self, events: pa.Table) -> npt.NDArray[np.uint16]:
        """The touchpoint of each event; 0: none."""

    def label(self, code: int, language: str) -> TouchpointLabel | None:
        """A touchpoint's words in a language; None if there is no such touchpoint."""


class _NoNames:
    columns: Sequence[str] = ()

    def touchpoints(self, events: pa.Table) -> npt.NDArray[np.uint16]:
        return np.zeros(events.num_rows, np.uint16)

    def label(self, code: int, language: str) -> TouchpointLabel | None:
        return None


@dataclass(frozen=True, slots=True)
class SourceLabel:
    """Where events come from; `channel` is that of events without a touchpoint."""

    name: str
    channel: str


class Naming:
    """A part of the workspace. Until `use` is called events go by the names they came with."""

    def __init__(self, workspace: Workspace) -> None:
        self._db = workspace.db
        self.names: TouchpointNames = _NoNames()
        self._sources: tuple[int, dict[int, SourceLabel]] | None = None

    def use(self, names: TouchpointNames) -> None:
        self.names = names

    def sources(self) -> dict[int, SourceLabel]:
        """All sources by their number."""
        changes = self._db.changes
        if self._sources is None or self._sources[0] != changes:
            with self._db.session(read_only=True) as session:
                labels = {s.id: SourceLabel(s.name, s.channel) for s in sources(session)}
            self._sources = changes, labels
        return self._sources[1]
