"""A snapshot: all that the store held at one moment, for reading with SQL or as Arrow columns."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from polku.store.duck import DuckDb
from polku.store.keys import Keys
from polku.store.segments import ROW_GROUP, TABLES, Segment

Seqs = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Immutable: segments on disk and the tail in memory. Take a new one to see what has come since."""

    folder: Path
    next_seq: int
    segments: Mapping[str, tuple[Segment, ...]]
    tails: Mapping[str, tuple[pa.Table, ...]]
    duckdb: DuckDb

    def after(self, seq: int) -> Self:
        """The same, without segments and chunks whose events all have a number ≤ `seq`."""
        kept = tuple(s for s in self.segments["events"] if s.last_seq > seq)
        tail = tuple(t for t in self.tails["events"] if t["seq"][-1].as_py() > seq)
        return replace(self, segments={**self.segments, "events": kept}, tails={**self.tails, "events": tail})

    def alone(self) -> list[Self]:
        """The events of each segment, then of the tail, each as a snapshot of its own; none without events."""
        none = replace(self, segments={**self.segments, "events": ()}, tails={**self.tails, "events": ()})
        each = [replace(none, segments={**self.segments, "events": (s,)}) for s in self.segments["events"]]
        tail = replace(none, tails=self.tails)
        return [*each, tail] if any(t.num_rows for t in self.tails["events"]) else each

    def sql(self, query: str, values: Mapping[str, Any] | None = None, **tables: pa.Table) -> pa.Table:
        """Run a query in which `events`, `identifiers`, `edges` and `rejected` are tables.

        `values` are bound to `$name`; further Arrow tables can be given by name.
        """
        with self.duckdb.cursor() as cursor:
            used = [t for t in TABLES if t in query]
            for name in used:
                cursor.register(f"tail_{name}", self.tail(name))
            for name, table in tables.items():
                cursor.register(name, table)
            views = ", ".join(f"{t} AS NOT MATERIALIZED ({self._select(t)})" for t in used)
            text = f"WITH {views} {query}" if views else query
            return cursor.execute(text, dict(values or {})).to_arrow_table()

    def tail(self, table: str) -> pa.Table:
        """The part of a table that is not in a segment yet."""
        chunks = self.tails[table]
        return pa.concat_tables(chunks) if chunks else TABLES[table].empty_table()

    def columns(self, table: str, names: Sequence[str]) -> pa.Table:
        """Some columns of a whole table, in order of arrival."""
        parts = [pq.read_table(self.folder / s.file, columns=list(names)) for s in self.segments[table]]
        return pa.concat_tables([*parts, self.tail(table).select(list(names))])

    def event_keys(self) -> Iterator[tuple[Keys, Seqs]]:
        """Key and sequence number of the events, one segment or chunk at a time; newest segments are remembered."""
        for segment in self.segments["events"]:
            path = self.folder / segment.file
            part = _keys(path, path.stat().st_mtime_ns)
            yield part["key"].to_numpy(), part["seq"].to_numpy()
        for chunk in self.tails["events"]:
            yield chunk["key"].to_numpy(), chunk["seq"].to_numpy()

    def rows(self, seqs: Seqs, names: Sequence[str]) -> pa.Table:
        """The events with these sequence numbers (those that exist), in order of arrival.

        Reads only the row groups that hold them: a few milliseconds for tens of events.
        """
        left = np.unique(seqs)
        wanted = list(dict.fromkeys(["seq", *names]))
        parts = []
        segments = self.segments["events"]
        while len(left):
            at = bisect_left(segments, left[0], key=lambda s: s.last_seq)
            if at == len(segments):
                break
            low, high = np.searchsorted(left, [segments[at].first_seq, segments[at].last_seq + 1])
            if low < high:
                parts.append(_pick(self.folder / segments[at].file, segments[at], left[low:high], wanted))
            left = left[high:]
        tails = self.tails["events"] if len(left) else ()
        parts += [t.filter(pa.array(np.isin(t["seq"].to_numpy(), left))).select(wanted) for t in tails]
        return pa.concat_tables(parts) if parts else TABLES["events"].empty_table().select(wanted)

    def prepare(self) -> None:
        """Read the footers of all segments of events, so that the first search for a few rows need not."""
        for segment in self.segments["events"]:
            path = self.folder / segment.file
            _metadata(path, path.stat().st_mtime_ns)

    def _select(self, table: str) -> str:
        files = [str(self.folder / s.file).replace("'", "''") for s in self.segments[table]]
        if not files:
            return f"SELECT * FROM tail_{table}"  # noqa: S608 - table names are ours
        listed = ", ".join(f"'{f}'" for f in files)
        return f"SELECT * FROM read_parquet([{listed}]) UNION ALL BY NAME SELECT * FROM tail_{table}"  # noqa: S608


def _pick(path: Path, segment: Segment, seqs: Seqs, names: Sequence[str]) -> pa.Table:
    """Rows of a segment, `names` of which the first is seq; of a dense one their place is known."""
    with pq.ParquetFile(path, memory_map=True, metadata=_metadata(path, path.stat().st_mtime_ns)) as file:
        if segment.last_seq - segment.first_seq + 1 != segment.rows:
            rows = file.read(columns=list(names), use_threads=False)
            return rows.filter(pa.array(np.isin(rows["seq"].to_numpy(), seqs)))
        group, within = np.divmod(seqs - segment.first_seq, ROW_GROUP)
        groups, nth = np.unique(group, return_inverse=True)
        rows = file.read_row_groups(groups.tolist(), columns=list(names[1:]), use_threads=False)
    return rows.take(pa.array(nth * ROW_GROUP + within)).add_column(
        0, TABLES["events"].field("seq"), pa.array(seqs)
    )


@lru_cache(maxsize=1024)
def _metadata(path: Path, changed_ns: int) -> pq.FileMetaData:
    """A segment's footer: half of what finding a single event costs. A data folder that is made anew has files of
    the same names, so `changed_ns` tells them apart."""
    return pq.read_metadata(path)


@lru_cache(maxsize=4)
def _keys(path: Path, changed_ns: int) -> pa.Table:
    """What a segment that is not in the blocks yet is searched for, again and again: 4 MB of one."""
    return pq.read_table(path, columns=["key", "seq"], use_threads=False)
