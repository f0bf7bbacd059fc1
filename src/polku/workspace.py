"""A data folder opened: what every slice works with."""

from __future__ import annotations

from dataclasses import dataclass

from polku.db import Database
from polku.settings import Settings
from polku.store import Engine, EventStore


@dataclass(frozen=True, slots=True)
class Workspace:
    """Settings, operational tables, events and the engine that answers questions over journey blocks."""

    settings: Settings
    db: Database
    store: EventStore
    engine: Engine
