"""Journey blocks of a whole lake: what is done with each part, and with each bucket, wherever that is.

A part is resolved (who, which touchpoint) and cut by bucket; chunks travel as Arrow streams; a bucket's chunks become
its block, by the same functions as in a data folder. Events that several collectors were handed are kept once: those
of sources with the same name and the same event id, the one that arrived first.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from polku.store.blocks import COLUMNS, Block, Kind, block_files, buckets_of
from polku.store.building import merged_block
from polku.store.keys import event_hashes
from polku.store.lake.collectors import Damage
from polku.store.lake.place import Place
from polku.store.resolving import NEEDED, Arrivals, Resolution, arrivals_of, kind_code
from polku.store.schema import EVENTS, EventType
from polku.store.sorting import partition

log = logging.getLogger(__name__)

BATCH_ROWS: Final = 250_000
SEQ_BITS: Final = 40
"""A number of a collector fits into so many bits; above them stands which collector it is (0: the folder's own)."""
_UNUSABLE: Final = (OSError, pa.ArrowException, ValueError)

Chunk = tuple[int, bytes]
"""A bucket, or a group of event ids, and events as an Arrow stream."""

SAID: Final = pa.schema([EVENTS.field(n) for n in ("seq", "key", "type", "occurred_at", "properties")])
"""What is said of profiles: identify events, `key` being the profile's id, in order of arrival."""


@dataclass(frozen=True, slots=True)
class PartFile:
    """The events of one part: its file in the lake, and the number of its collector in this build."""

    collector: int
    file: str


@dataclass(frozen=True)
class Plan:
    """How the blocks are made. It is sent to every worker."""

    lake: Place
    folder: str
    resolution: Resolution
    sources: tuple[dict[int, int], ...]  # of each collector: our number of a source by its own
    buckets: int
    deduplicate: bool
    kinds: tuple[Kind, ...] = ()


@dataclass(frozen=True, slots=True)
class Surveyed:
    """What a part holds: kinds of events in order of appearance, or why it cannot be read."""

    kinds: tuple[Kind, ...]
    damage: Damage | None = None


@dataclass(frozen=True, slots=True)
class Bucket:
    """A block that is written; an empty name is an empty block."""

    number: int
    name: str = ""
    events: int = 0
    profiles: int = 0
    said: int = 0
    damaged: tuple[Damage, ...] = field(default=())


def survey(lake: Place, part: PartFile) -> Surveyed:
    """Which kinds of events a part has."""
    kinds: dict[Kind, None] = {}
    try:
        for events in _batches(lake, part, ["type", "name"]):
            distinct = events.group_by(["type", "name"], use_threads=False).aggregate([])
            kinds |= dict.fromkeys(Kind(k["type"], k["name"]) for k in distinct.to_pylist())
    except _UNUSABLE as e:
        return Surveyed((), _damage(part, e))
    return Surveyed(tuple(kinds))


def resolve(plan: Plan, part: PartFile) -> Iterator[Chunk]:
    """The events of a part that belong to someone, by bucket; before de-duplication by their ids instead.

    A part that cannot be read is told in the chunk of bucket 0, and the rest goes on.
    """
    wanted = list(dict.fromkeys([*NEEDED, *plan.resolution.columns, "event_id", "received_at", "properties"]))
    codes: dict[Kind, int] = {}
    for kind in plan.kinds:
        kind_code(kind, codes)
    try:
        for events in _batches(plan.lake, part, wanted):
            table = _resolved(plan, part, events, codes)
            yield from _by(table, "id_hash" if plan.deduplicate else "profile", plan.buckets)
    except _UNUSABLE as e:
        damage = _damage(part, e)
        told = _empty().replace_schema_metadata({"file": damage.file, "why": damage.why})
        yield 0, _written(told)


def first_of_each(plan: Plan, chunks: Iterable[bytes]) -> Iterator[Chunk]:
    """Of the events with the same id the one that arrived first, by bucket. All with that id must be among them."""
    tables, damaged = _read(chunks)
    for one in damaged:
        told = _empty().replace_schema_metadata({"file": one.file, "why": one.why})
        yield 0, _written(told)
    if not tables.num_rows:
        return
    ids = [tables[n].to_numpy() for n in ("id_hash", "id_check")]
    by_id = np.lexsort((*_arrival(tables), ids[1], ids[0]))
    new = np.ones(len(by_id), np.bool_)
    new[1:] = (ids[0][by_id[1:]] != ids[0][by_id[:-1]]) | (ids[1][by_id[1:]] != ids[1][by_id[:-1]])
    kept = np.sort(by_id[new])
    yield from _by(tables.take(pa.array(kept)), "profile", plan.buckets)


def write_bucket(plan: Plan, bucket: int, chunks: Iterable[bytes]) -> Bucket:
    """Make the block of a bucket of all its chunks, and the table of what is said of its profiles."""
    table, damaged = _read(chunks)
    if not table.num_rows:
        return Bucket(bucket, damaged=damaged)
    table = table.take(pa.array(np.lexsort(_arrival(table))))
    block = _block(table)
    name = f"{bucket:05d}"
    for file, batch in block_files(name, block).items():
        plan.lake.write(f"{plan.folder}/{file}", partial(_write_ipc, batch))
    said = _said(table)
    if said.num_rows:
        plan.lake.write(f"{plan.folder}/{name}.said.parquet", lambda sink: pq.write_table(said, sink))
    return Bucket(bucket, name, len(block), len(block.profiles), said.num_rows, damaged)


def _block(table: pa.Table) -> Block:
    """The block of events in order of arrival: while it is made their places are their numbers."""
    columns = {n: table[n].to_numpy() for n in COLUMNS}
    numbers, columns["seq"] = columns["seq"], np.arange(table.num_rows, dtype=np.int64)
    arrivals = Arrivals(table["profile"].to_numpy(), columns)
    block = merged_block(Block.empty(), np.zeros(0, np.bool_), arrivals)
    return replace(block, seq=numbers[block.seq])


def _said(table: pa.Table) -> pa.Table:
    places = np.flatnonzero(table["said"].is_valid().to_numpy())
    said = table.take(pa.array(places))
    return pa.table(
        [
            pa.array(places + 1, pa.int64()),
            said["profile"],
            pa.array(np.full(len(places), int(EventType.IDENTIFY), np.uint8)),
            said["micros"].cast(pa.timestamp("us", tz="UTC")),
            said["said"],
        ],
        schema=SAID,
    )


def _batches(lake: Place, part: PartFile, columns: Sequence[str]) -> Iterator[pa.Table]:
    with lake.read(part.file) as source:
        for batch in pq.ParquetFile(source).iter_batches(
            BATCH_ROWS, columns=list(columns), use_threads=False
        ):
            yield pa.Table.from_batches([batch])


def _resolved(plan: Plan, part: PartFile, events: pa.Table, codes: dict[Kind, int]) -> pa.Table:
    numbers = plan.sources[part.collector]
    ours = np.zeros(1 << 15, np.int16)
    ours[list(numbers)] = list(numbers.values())
    sources = pa.array(ours[events["source"].to_numpy()])
    events = events.set_column(events.schema.get_field_index("source"), EVENTS.field("source"), sources)
    arrivals, called = arrivals_of(events, plan.resolution)
    kept = events.take(pa.array(arrivals.columns["seq"] - events["seq"][0].as_py()))
    columns: dict[str, Any] = dict(arrivals.columns)
    of_kind = np.array([kind_code(k, codes) for k in called] or [0], np.uint16)
    columns["kind"] = of_kind[columns["kind"]]
    columns["seq"] = columns["seq"] | part.collector << SEQ_BITS
    columns["profile"] = arrivals.profile
    columns["arrived"] = kept["received_at"].cast(pa.int64())
    columns["micros"] = kept["occurred_at"].cast(pa.int64())
    is_said = kept["type"].to_numpy() == int(EventType.IDENTIFY)
    columns["said"] = _where(kept["properties"], is_said)
    if plan.deduplicate:
        columns["id_hash"] = event_hashes(kept["source"], kept["event_id"])
        columns["id_check"] = event_hashes(_negative(kept["source"]), kept["event_id"])
    return pa.table(columns)


def _negative(sources: Any) -> Any:
    """Other numbers, under which the same ids have hashes of their own: two that share one rarely share both."""
    return pa.chunked_array([pa.array(-1 - sources.to_numpy())])


def _where(texts: Any, wanted: npt.NDArray[np.bool_]) -> Any:
    return pc.if_else(pa.array(wanted), texts.combine_chunks(), pa.scalar(None, pa.string()))


def _by(table: pa.Table, column: str, buckets: int) -> Iterator[Chunk]:
    """A table cut by the bucket of a column."""
    order, starts = partition(buckets_of(table[column].to_numpy(), buckets), buckets)
    table = table.take(pa.array(order))
    for bucket in np.flatnonzero(np.diff(starts)).tolist():
        yield bucket, _written(table.slice(starts[bucket], starts[bucket + 1] - starts[bucket]))


def _arrival(table: pa.Table) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    """What events are sorted by to be in order of arrival, the foremost last: as numpy.lexsort takes it."""
    return table["seq"].to_numpy(), table["arrived"].to_numpy()


def _empty() -> pa.Table:
    return pa.table({"profile": pa.array([], pa.uint64())})


def _written(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    options = pa.ipc.IpcWriteOptions(compression="lz4")
    with pa.ipc.new_stream(sink, table.schema, options=options) as writer:
        writer.write_table(table)
    written: bytes = sink.getvalue().to_pybytes()
    return written


def _read(chunks: Iterable[bytes]) -> tuple[pa.Table, tuple[Damage, ...]]:
    tables, damaged = [], []
    for chunk in chunks:
        table = pa.ipc.open_stream(chunk).read_all()
        about = table.schema.metadata or {}
        if b"why" in about:
            damaged.append(Damage(about[b"file"].decode(), about[b"why"].decode()))
        elif table.num_rows:
            tables.append(table)
    return (pa.concat_tables(tables) if tables else _empty()), tuple(damaged)


def _write_ipc(batch: pa.RecordBatch, sink: Any) -> None:
    with pa.ipc.new_file(sink, batch.schema) as writer:
        writer.write_batch(batch)


def _damage(part: PartFile, error: Exception) -> Damage:
    log.warning("lake_file_unusable file=%s reason=%r", part.file, error)
    return Damage(part.file, str(error).splitlines()[0] if str(error) else repr(error))
