"""Identifiers and edges of a snapshot, in order of arrival."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from polku.profiles.joining import Keys
from polku.store import IDENTIFIERS, LABEL_TYPES, Snapshot

IDENTIFIER: Final = ("key", "type", "value", "seq")
EDGE: Final = ("a", "b", "kind", "seq")


def identifiers_with(keys: Keys, snapshot: Snapshot) -> pa.Table:
    """The identifiers (labels left out) with these keys: key, type, value, seq."""
    wanted, labels = pa.array(keys), pa.array(sorted(LABEL_TYPES))
    found = [IDENTIFIERS.empty_table()]
    for part in parts_after(snapshot, "identifiers", IDENTIFIER, 0):
        mine = pc.and_not(pc.is_in(part["key"], wanted), pc.is_in(part["type"], labels))
        found.append(part.filter(mine))
    return pa.concat_tables(found)


def count(snapshot: Snapshot, table: str) -> int:
    """How many rows a table of a snapshot has."""
    stored = sum(s.rows for s in snapshot.segments[table])
    in_memory: int = sum(chunk.num_rows for chunk in snapshot.tails[table])
    return stored + in_memory


def parts_after(snapshot: Snapshot, table: str, names: Sequence[str], skip: int) -> Iterator[pa.Table]:
    """Some columns of a table without its first `skip` rows, one segment at a time, then the tail."""
    for segment in snapshot.segments[table]:
        if skip < segment.rows:
            alone = replace(
                snapshot,
                segments={**snapshot.segments, table: (segment,)},
                tails={**snapshot.tails, table: ()},
            )
            yield alone.columns(table, names).slice(skip)
        skip = max(0, skip - segment.rows)
    tail = snapshot.tail(table).select(list(names)).slice(skip)
    if tail.num_rows:
        yield tail
