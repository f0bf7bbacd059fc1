"""Writing a data folder's events to a lake: what is not there yet, as often as one likes."""

from __future__ import annotations

import logging
import secrets
import socket
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from polku.errors import Conflict
from polku.store.lake.collectors import TABLES, Collector, LakeFile, LakeSource, Part
from polku.store.lake.place import Place
from polku.store.snapshot import Snapshot

log = logging.getLogger(__name__)

ROW_GROUP: Final = 50_000
REPETITIVE: Final = ("source", "type", "name", "path", "kind")


@dataclass(frozen=True, slots=True)
class Written:
    """What a data folder has put into the lake now, and what it has there in all."""

    collector: str
    events: int
    files: int
    bytes: int
    mended: int  # files that were missing or half there, and were written again
    total: int


def collector_id(folder: Path) -> str:
    """The id of a data folder in every lake, made at first use."""
    path = folder / "collector"
    if not path.exists():
        draft = path.with_suffix(".new")
        draft.write_text(secrets.token_hex(8))
        draft.replace(path)
    return path.read_text().strip()


def write(lake: Place, id: str, snapshot: Snapshot, sources: Sequence[LakeSource]) -> Written:
    """Copy the events that the lake does not have from this collector: new ones, and those of damaged files.

    Raises Conflict if another process writes for this collector, or if the lake has events of it that the folder
    does not have; OSError if they do not fit.
    """
    with lake.alone(f"collectors/{id}"):
        collector = Collector.read(lake, id)
        there = lake.names(collector.place)
        damaged = collector.damaged(there)
        for part in damaged:
            log.warning("lake_part_mended collector=%s first=%d last=%d", id, part.first, part.last)
        collector = collector.without(damaged)
        _check_same(collector, snapshot)
        collector = replace(collector, host=socket.gethostname(), sources=tuple(sources))
        collector = collector.cleaned(lake, there)
        made = [
            p for a, b in collector.missing(snapshot.next_seq - 1) for p in _parts(lake, id, snapshot, a, b)
        ]
        collector = collector.with_parts(made).write(lake)
    files = [f for p in made for f in p.files.values()]
    events, size = sum(p.rows for p in made), sum(f.bytes for f in files)
    mended = sum(len(p.files) for p in damaged)
    log.info("lake_written collector=%s events=%d bytes=%d mended=%d", id, events, size, mended)
    return Written(id, events, len(files), size, mended, collector.events)


def _check_same(collector: Collector, snapshot: Snapshot) -> None:
    """Raises Conflict if what the folder has is not the continuation of what the lake has of it."""
    if not collector.parts:
        return
    last = collector.parts[-1]
    there = snapshot.rows(np.array([last.last]), ["id_hash"])
    if not there.num_rows or f"{there['id_hash'][0].as_py():016x}" != last.mark:
        raise Conflict(
            "The lake has events of collector %(collector)s that this folder does not have: it is an older copy, or "
            "a copy of another folder. Delete the file 'collector' in it, and it writes as one of its own.",
            collector=collector.id,
        )


def _parts(lake: Place, id: str, snapshot: Snapshot, first: int, last: int) -> Iterator[Part]:
    """The events of a range, written; a part for each segment."""
    for alone in snapshot.after(first - 1).alone():
        events = alone.columns("events", TABLES["events"].names)
        seq = events["seq"]
        if seq[0].as_py() > last:
            return
        if seq[0].as_py() < first or seq[-1].as_py() > last:
            events = events.filter(pc.and_(pc.greater_equal(seq, first), pc.less_equal(seq, last)))
        yield _part(lake, id, snapshot, events)


def _part(lake: Place, id: str, snapshot: Snapshot, events: pa.Table) -> Part:
    first, last = events["seq"][0].as_py(), events["seq"][-1].as_py()
    name = f"{first:012d}-{last:012d}-{secrets.token_hex(3)}.parquet"
    tables = {"events": events}
    for table in ("identifiers", "edges"):
        rows = _between(snapshot, table, first, last)
        arrived = events["received_at"].take(pa.array(rows["seq"].to_numpy() - first))
        tables[table] = rows.append_column(TABLES[table].field("received_at"), arrived)
    files = {
        table: write_file(lake, f"collectors/{id}", f"{table}/{name}", TABLES[table], [rows])
        for table, rows in tables.items()
        if rows.num_rows
    }
    mark, received = events["id_hash"][-1].as_py(), events["received_at"][-1].as_py()
    return Part(first, last, f"{mark:016x}", received.isoformat(), files)


def _between(snapshot: Snapshot, table: str, first: int, last: int) -> pa.Table:
    """The rows of a table that events numbered `first` to `last` brought, in order of arrival."""
    within: Any = (pc.field("seq") >= first) & (pc.field("seq") <= last)
    names = [n for n in TABLES[table].names if n != "received_at"]
    stored = [
        pq.read_table(snapshot.folder / s.file, columns=names, filters=within)
        for s in snapshot.segments[table]
    ]
    return pa.concat_tables([*stored, snapshot.tail(table).select(names).filter(within)])


def write_file(
    lake: Place, folder: str, name: str, schema: pa.Schema, tables: Sequence[pa.Table] | Iterator[pa.Table]
) -> LakeFile:
    """Write tables one after the other as one Parquet file. Raises OSError, and leaves nothing behind."""
    rows = 0

    def fill(sink: Any) -> None:
        nonlocal rows
        repetitive = [n for n in REPETITIVE if n in schema.names]
        with pq.ParquetWriter(sink, schema, compression="zstd", use_dictionary=repetitive) as writer:
            for table in tables:
                writer.write_table(table.cast(schema), row_group_size=ROW_GROUP)
                rows += table.num_rows

    size = lake.write(f"{folder}/{name}", fill)
    return LakeFile(name, rows, size)


Write = Callable[[], Written]
"""Writes what is new; see `write`."""
