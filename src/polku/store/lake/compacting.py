"""Making big files of a collector's small ones: never without an event, and never with one twice."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq

from polku.store.lake.collectors import TABLES, Collector, LakeFile, Part, collectors
from polku.store.lake.place import Place
from polku.store.lake.writing import ROW_GROUP, write_file

log = logging.getLogger(__name__)

MOST_ROWS: Final = 1_000_000
"""Of one file: what one core of a cluster reads in some seconds."""


@dataclass(frozen=True, slots=True)
class Compacted:
    """So many files have become so few."""

    before: int
    after: int


def compact(lake: Place, *, most_rows: int = MOST_ROWS) -> Compacted:
    """Merge what each collector has written in small parts.

    A collector's manifest names the old files until the new ones are there, and the old ones stay for those who
    are reading them; so a crash at any moment leaves only files that nobody names. Raises NotFound, Conflict, OSError.
    """
    before = after = 0
    for one in collectors(lake)[0]:
        with lake.alone(one.place):
            collector = Collector.read(lake, one.id)  # it may have written meanwhile
            before += len(collector.files)
            there = lake.names(collector.place)
            damaged = {p.first for p in collector.damaged(there)}
            sound = [p for p in collector.parts if p.first not in damaged]
            for run in _runs(sound, most_rows):
                merged = _merged(lake, collector, run)
                collector = collector.without(run).with_parts([merged]).write(lake)
            collector = collector.cleaned(lake, lake.names(collector.place)).write(lake)
            after += len(collector.files)
    log.info("lake_compacted files_before=%d files_after=%d", before, after)
    return Compacted(before, after)


def _runs(parts: Sequence[Part], most_rows: int) -> Iterator[list[Part]]:
    """Two or more parts whose numbers follow each other and that fit into one."""
    run: list[Part] = []
    for part in parts:
        follows = run and run[-1].last + 1 == part.first
        if not follows or sum(p.rows for p in run) + part.rows > most_rows:
            if len(run) > 1:
                yield run
            run = []
        run.append(part)
    if len(run) > 1:
        yield run


def _merged(lake: Place, collector: Collector, run: Sequence[Part]) -> Part:
    first, last = run[0].first, run[-1].last
    name = f"{first:012d}-{last:012d}-{secrets.token_hex(3)}.parquet"
    files = {}
    for table, schema in TABLES.items():
        those = [p.files[table] for p in run if table in p.files]
        if those:
            tables = _tables(lake, collector, those)
            files[table] = write_file(lake, collector.place, f"{table}/{name}", schema, tables)
            assert files[table].rows == sum(f.rows for f in those), "a file has other rows than it should"
    return Part(first, last, run[-1].mark, run[-1].received_at, files)


def _tables(lake: Place, collector: Collector, files: Sequence[LakeFile]) -> Iterator[pa.Table]:
    for file in files:
        with lake.read(f"{collector.place}/{file.name}") as source:
            for batch in pq.ParquetFile(source).iter_batches(ROW_GROUP):
                yield pa.Table.from_batches([batch])
