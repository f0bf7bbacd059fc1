"""Where an import goes: a data folder opened here, or the server that has it open."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Final, Protocol

import pyarrow as pa
from sqlalchemy.orm import Session

from polku.collect.files.mapping import Source, TouchpointPlan
from polku.collect.store import ensure_source
from polku.db import Database
from polku.store import REJECTED, Appended, EventStore
from polku.store.hashing import hash_texts


class Target(Protocol):
    """What an import needs of a data folder."""

    def append(self, table: pa.Table) -> Appended:
        """Store a table of INCOMING or REJECTED (`receive` does it); returns when it is stored."""

    def source_id(self, source: Source) -> int:
        """The number of the source of kind `file` with this name, made now if there is none."""

    def install_touchpoints(self, touchpoints: Sequence[TouchpointPlan], source: Source) -> int:
        """Add those that are not there yet; returns how many. A match without a source means `source`."""


@dataclass(frozen=True, slots=True)
class Collected:
    """A target for trying out: keeps what it is given."""

    tables: list[pa.Table]

    def append(self, table: pa.Table) -> Appended:
        self.tables.append(table)
        rejected = table.schema.equals(REJECTED)
        return Appended(0, 0, table.num_rows) if rejected else Appended(table.num_rows, 0, 0)

    def source_id(self, source: Source) -> int:
        return 1

    def install_touchpoints(self, touchpoints: Sequence[TouchpointPlan], source: Source) -> int:
        return len(touchpoints)


MANY: Final = 100_000
"""Rows for which it is worth the second or two that it takes to have hashing compiled."""

Install = Callable[[Session, Sequence[TouchpointPlan], Source], int]
"""Adds touchpoints that are not there yet; the journeys slice's business, handed in by who puts Polku together."""


@dataclass(slots=True)
class LocalTarget:
    """A data folder that this process has open."""

    store: EventStore
    db: Database
    install: Install
    _rows: int = 0

    def append(self, table: pa.Table) -> Appended:
        self._compile_for(table)
        return receive(self.store, table)

    def begin(self, table: pa.Table) -> Future[Appended]:
        """Store a table of INCOMING after those before it; returns at once."""
        self._compile_for(table)
        return self.store.begin(table)

    def _compile_for(self, table: pa.Table) -> None:
        self._rows += table.num_rows
        if self._rows > MANY:
            hash_texts.compile()

    def source_id(self, source: Source) -> int:
        with self.db.session() as session:
            return ensure_source(session, name=source.name, kind="file", channel=source.channel).id

    def install_touchpoints(self, touchpoints: Sequence[TouchpointPlan], source: Source) -> int:
        with self.db.session() as session:
            return self.install(session, touchpoints, source)


def begun(target: Target, table: pa.Table) -> Future[Appended]:
    """Have a target store a table of INCOMING; a data folder of this process does it while others are made ready."""
    if isinstance(target, LocalTarget):
        return target.begin(table)
    done: Future[Appended] = Future()
    done.set_result(target.append(table))
    return done


_NEW: Final = """
SELECT min(row) AS row FROM given
WHERE NOT EXISTS (
    SELECT 1 FROM rejected
    WHERE rejected.source = given.source AND rejected.reason = given.reason AND rejected.payload = given.payload
)
GROUP BY source, reason, payload ORDER BY 1
"""
"""The first of those that are alike, if it was not rejected before. In SQL: reading every row that was ever
rejected in Python, for each batch, made an import of many bad rows slower the longer it went on."""


def receive(store: EventStore, table: pa.Table) -> Appended:
    """Store a table of INCOMING or REJECTED; what was rejected before is not kept a second time.

    Raises StorageFull.
    """
    if not table.schema.equals(REJECTED):
        return store.append(table)
    table = table.combine_chunks()
    given = table.select(["source", "reason", "payload"]).append_column(
        "row", pa.array(range(table.num_rows))
    )
    new = store.snapshot.sql(_NEW, given=given)["row"]
    kept = table.take(new)
    if kept.num_rows:
        store.append(kept)
    return Appended(0, table.num_rows - kept.num_rows, kept.num_rows)
