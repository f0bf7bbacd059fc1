"""Where an import goes: a data folder opened here, or the server that has it open."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import pyarrow as pa
from sqlalchemy.orm import Session

from polku.collect.files.mapping import Source, TouchpointPlan
from polku.collect.store import ensure_source
from polku.db import Database
from polku.store import REJECTED, Appended, EventStore


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


Install = Callable[[Session, Sequence[TouchpointPlan], Source], int]
"""Adds touchpoints that are not there yet; the journeys slice's business, handed in by who puts Polku together."""


@dataclass(frozen=True, slots=True)
class LocalTarget:
    """A data folder that this process has open."""

    store: EventStore
    db: Database
    install: Install

    def append(self, table: pa.Table) -> Appended:
        return receive(self.store, table)

    def source_id(self, source: Source) -> int:
        with self.db.session() as session:
            return ensure_source(session, name=source.name, kind="file", channel=source.channel).id

    def install_touchpoints(self, touchpoints: Sequence[TouchpointPlan], source: Source) -> int:
        with self.db.session() as session:
            return self.install(session, touchpoints, source)


def receive(store: EventStore, table: pa.Table) -> Appended:
    """Store a table of INCOMING or REJECTED; what was rejected before is not kept a second time.

    Raises StorageFull.
    """
    if not table.schema.equals(REJECTED):
        return store.append(table)
    known = {
        _fingerprint(*row)
        for row in zip(*(store.snapshot.columns("rejected", ["source", "reason", "payload"])[n].to_pylist()
                         for n in ("source", "reason", "payload")), strict=True)
    }  # fmt: skip
    columns = (table[n].to_pylist() for n in ("source", "reason", "payload"))
    new = []
    for row in zip(*columns, strict=True):
        fingerprint = _fingerprint(*row)
        new.append(fingerprint not in known)
        known.add(fingerprint)
    kept = table.filter(pa.array(new, pa.bool_()))
    if kept.num_rows:
        store.append(kept)
    return Appended(0, table.num_rows - kept.num_rows, kept.num_rows)


def _fingerprint(source: int, reason: str, payload: bytes) -> bytes:
    return hashlib.blake2b(f"{source}\x1f{reason}\x1f".encode() + payload, digest_size=16).digest()
