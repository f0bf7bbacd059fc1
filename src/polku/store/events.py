"""The event store: durable before it is acknowledged, unique by (source, event_id), readable while it grows."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from polku.errors import PolkuError, StorageFull
from polku.store.intake import Intake, rejections
from polku.store.journal import Journal, Position
from polku.store.schema import INCOMING, REJECTED
from polku.store.segments import TABLES, Manifest, Segment, write_segment
from polku.store.snapshot import Snapshot

log = logging.getLogger(__name__)

SEGMENT_ROWS = 250_000
GROUP_ROWS = 20_000
MOST_PENDING_ROWS = 2_000_000
MOST_TAIL_ROWS = 4_000_000
KEEP_REPLACED_S = 600.0
JOINED_CHUNKS = 8
SMALL_CHUNK = 5_000
GATHER_S = 0.002
"""How long a commit waits for company, unless `COMPANY_ROWS` are there: a commit costs as much for one as for many."""
COMPANY_ROWS = 1_000
SETTLE_S = 0.02
"""How long the applier lets more come, unless somebody waits for it or `SETTLED_ROWS` are there."""
SETTLED_ROWS = 5_000
_RETRY_S = 2.0
_ARROW = b"\xff\xff\xff\xff"
"""What an Arrow stream begins with."""

Encoder = Callable[[Sequence[Any]], Sequence[pa.Table]]
"""Makes tables (INCOMING, REJECTED) of what several submissions brought."""


class Acknowledger(Protocol):
    """Told, once per commit, which tickets are durable, or why they are not."""

    def acknowledge(self, tickets: list[Any], error: Exception | None) -> None: ...


@dataclass(frozen=True, slots=True)
class Appended:
    """What became of a batch: duplicates were stored before with the same content, rejected with other."""

    accepted: int
    duplicates: int
    rejected: int


class Overloaded(PolkuError):
    """More is coming in than can be stored; try again in a moment."""

    code = "overloaded"
    status = 429
    retry_after_s = 5


@dataclass(slots=True)
class _Submission:
    encode: Encoder
    payload: Any
    rows: int
    ticket: Any
    to: Acknowledger
    applied: Future[Appended] | None = None


@dataclass(slots=True)
class _Batch:
    """A durable record on its way to the applier."""

    table: pa.Table
    end: Position
    applied: list[Future[Appended]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Encoded:
    """A table ready for the journal, and who waits for it to be applied."""

    table: pa.Table
    payload: memoryview
    applied: list[Future[Appended]]


class EventStore:
    """The events of one data folder. Opened by one process; safe to use from many threads.

    Three threads work for it: two committers make submissions durable (one encodes a group while the other
    writes the one before), the applier numbers them and publishes snapshots. Raises FolderTooNew, StoreDamaged
    and JournalDamaged on opening.
    """

    def __init__(
        self, folder: Path, *, memory_limit: str = "1GB", threads: int = 2, segment_rows: int = SEGMENT_ROWS
    ) -> None:
        self._segment_rows = segment_rows
        self._folder = folder / "events"
        self._folder.mkdir(parents=True, exist_ok=True)
        self._manifest = Manifest.read(self._folder, folder / "journal")
        self._manifest.check_segments(self._folder)
        self._remove_orphans()
        self._database = _database(folder, memory_limit, threads)
        self._tails: dict[str, tuple[pa.Table, ...]] = dict.fromkeys(TABLES, ())
        self._replaced: deque[tuple[float, Path]] = deque()
        self.snapshot = self._view(self._manifest.next_seq)
        self._journal = Journal(folder / "journal", self._manifest.applied, begins=_ARROW)
        self._applied = self._manifest.applied
        self._failure: Exception | None = None
        self._queue: deque[_Submission] = deque()
        self._batches: deque[_Batch] = deque()
        self._pending_rows = 0
        self._arrived = threading.Condition()
        self._durable = threading.Condition()
        self._published = threading.Condition()
        self._closing = False
        self._encoding, self._writing = threading.Lock(), threading.Lock()
        for record in self._journal.records(self._applied):
            self._apply_or_set_aside([_Batch(_decode(record.payload), record.end)])
        self._committers = [
            threading.Thread(target=self._commit_forever, name=f"committer_{i}", daemon=True)
            for i in range(2)
        ]
        self._applier = threading.Thread(target=self._apply_forever, name="applier", daemon=True)
        for thread in (*self._committers, self._applier):
            thread.start()

    def submit(
        self,
        encode: Encoder,
        payload: Any,
        *,
        rows: int,
        ticket: Any,
        to: Acknowledger,
        applied: Future[Appended] | None = None,
    ) -> None:
        """Queue rows to be stored; `to.acknowledge` hears of `ticket` when they are durable.

        `encode` must not raise: payloads are validated before. Raises Overloaded or StorageFull instead of
        taking more than can be kept.
        """
        if self._failure is not None and self.tail_rows > MOST_TAIL_ROWS:
            raise StorageFull(
                "The disk of the data folder is full. Nothing acknowledged was lost; free some space."
            )
        with self._arrived:
            if self._closing:
                raise Overloaded("Polku is closing down. Send again in a moment.")
            if self._pending_rows > MOST_PENDING_ROWS:
                raise Overloaded("More events are coming in than can be stored. Send again in a moment.")
            self._queue.append(_Submission(encode, payload, rows, ticket, to, applied))
            self._pending_rows += rows
            self._arrived.notify()

    def append(self, table: pa.Table) -> Appended:
        """Store a table of schema INCOMING or REJECTED; returns when it is stored and can be read.

        Waits while the store is overloaded. Raises StorageFull.
        """
        while True:
            done: Future[Appended] = Future()
            try:
                self.submit(_as_is, table, rows=table.num_rows, ticket=done, to=_FAILURES, applied=done)
            except Overloaded:
                if self._closing:
                    raise
                time.sleep(0.05)
                continue
            return done.result()

    def flush(self) -> None:
        """Wait until everything submitted so far can be read."""
        self.append(INCOMING.empty_table())

    def close(self) -> None:
        """Store what is pending, write the tail to a segment, stop."""
        if self._closing:
            return
        with self._arrived:
            self._closing = True
            self._arrived.notify_all()
        with self._published:
            self._published.notify_all()
        for committer in self._committers:
            committer.join()
        with self._durable:
            self._durable.notify()
        self._applier.join()
        if self.tail_rows:
            self._try_to_write_tail()  # when it does not fit, the journal still has it
        self._journal.close()
        self._database.close()

    @property
    def tail_rows(self) -> int:
        """Rows in memory only (and in the journal)."""
        return sum(c.num_rows for t in self.snapshot.tails.values() for c in t)

    @property
    def pending_rows(self) -> int:
        """Rows submitted and not readable yet."""
        return self._pending_rows

    def wait_for_news(self, seq: int, timeout_s: float) -> Snapshot:
        """The snapshot as soon as it holds an event numbered above `seq`, or after `timeout_s`."""
        with self._published:
            self._published.wait_for(lambda: self.snapshot.next_seq > seq + 1 or self._closing, timeout_s)
        return self.snapshot

    # -- committers

    def _commit_forever(self) -> None:
        while self._commit_next():
            pass

    def _commit_next(self) -> bool:
        """Commit what waits in the queue; False when there will be nothing more.

        A group is encoded while the one before it is written; it takes its turn at writing before the next may
        be encoded, so that the order stays.
        """
        with self._encoding:
            with self._arrived:
                self._arrived.wait_for(lambda: self._queue or self._closing)
                few = not self._closing and self._queue[0].applied is None
                few = few and self._pending_rows < COMPANY_ROWS
            if few:
                time.sleep(GATHER_S)
            with self._arrived:
                group = self._take_group()
            if not group:
                return False
            try:
                tables = _encoded(group)
            except Exception as e:
                self._failed(group, e)
                return True
            self._writing.acquire()
        try:
            self._write(group, tables)
        except Exception as e:
            self._failed(group, e)
        finally:
            self._writing.release()
        return True

    def _take_group(self) -> list[_Submission]:
        group: list[_Submission] = []
        rows = 0
        while self._queue and rows < GROUP_ROWS:
            group.append(self._queue.popleft())
            rows += group[-1].rows
        return group

    def _write(self, group: list[_Submission], tables: list[_Encoded]) -> None:
        records = [(_kind(t.table), t.payload) for t in tables]
        ends = self._journal.append(records) if records else []
        _acknowledge(group, None)
        self._finished(sum(s.rows for s in group) - sum(t.table.num_rows for t in tables))
        with self._durable:
            is_first = not self._batches
            for encoded, end in zip(tables, ends, strict=True):
                self._batches.append(_Batch(encoded.table, end, encoded.applied))
            if is_first or self._is_worth_applying():
                self._durable.notify()

    def _failed(self, group: list[_Submission], error: Exception) -> None:
        if not isinstance(error, StorageFull):
            log.error("commit_failed rows=%d", sum(s.rows for s in group), exc_info=error)
        self._finished(sum(s.rows for s in group))
        _acknowledge(group, error)

    # -- applier

    def _apply_forever(self) -> None:
        while True:
            with self._durable:
                self._durable.wait_for(lambda: self._batches or self._committed_all())
                self._durable.wait_for(self._is_worth_applying, SETTLE_S)
                batches = _take_alike(self._batches)
            if not batches:
                return
            result = self._apply_or_set_aside(batches)
            self._finished(sum(b.table.num_rows for b in batches))
            for future in batches[0].applied:
                future.set_result(result)
            if self.tail_rows >= self._segment_rows:
                self._try_to_write_tail()

    def _committed_all(self) -> bool:
        return not any(c.is_alive() for c in self._committers)

    def _is_worth_applying(self) -> bool:
        rows = sum(b.table.num_rows for b in self._batches)
        return rows >= SETTLED_ROWS or any(b.applied for b in self._batches) or self._committed_all()

    def _apply_or_set_aside(self, batches: list[_Batch]) -> Appended:
        try:
            return self._apply(batches)
        except Exception as e:  # a defect of ours: keep the rows where a person finds them, and go on
            log.exception("apply_failed rows=%d", sum(b.table.num_rows for b in batches))
            return self._set_aside(batches, e)

    def _apply(self, batches: list[_Batch]) -> Appended:
        table = pa.concat_tables([b.table for b in batches])
        if _kind(table) == 2:
            self._add({"rejected": table}, batches[-1].end)
            return Appended(0, 0, table.num_rows)
        taken = self._intake.take(table, self.snapshot)
        self._add(taken.tables, batches[-1].end)
        return Appended(taken.accepted, taken.duplicates, taken.tables["rejected"].num_rows)

    def _set_aside(self, batches: list[_Batch], error: Exception) -> Appended:
        table = pa.concat_tables([b.table for b in batches])
        rejected = rejections(table, reason="not_applied", detail=repr(error))
        self._add({"rejected": rejected}, batches[-1].end)
        return Appended(0, 0, rejected.num_rows)

    def _add(self, tables: dict[str, pa.Table], end: Position) -> None:
        for name, rows in tables.items():
            if rows.num_rows:
                self._tails[name] = _grown(self._tails[name], rows)
        self._applied = end
        self._publish()

    def _publish(self) -> None:
        self.snapshot = self._view(self._next_seq)
        with self._published:
            self._published.notify_all()

    @cached_property
    def _intake(self) -> Intake:
        """Made when the first events come: it reads the hash of every event there is, and pages need not wait."""
        return Intake(self.snapshot)

    @property
    def _next_seq(self) -> int:
        return self._intake.next_seq if "_intake" in self.__dict__ else self._manifest.next_seq

    def _view(self, next_seq: int) -> Snapshot:
        return Snapshot(self._folder, next_seq, self._manifest.segments, dict(self._tails), self._database)

    def _finished(self, rows: int) -> None:
        with self._arrived:
            self._pending_rows -= rows

    # -- segments

    def _try_to_write_tail(self) -> None:
        try:
            self._write_tail()
            self._failure = None
        except OSError as e:
            log.error("segment_not_written reason=%s tail_rows=%d", e.strerror, self.tail_rows)
            self._failure = e
            if not self._closing:
                time.sleep(_RETRY_S)

    def _write_tail(self) -> None:
        """Make segments of the tails; small last segments are joined with them."""
        manifest = self._manifest
        replaced: list[Segment] = []
        for name, chunks in self._tails.items():
            if not chunks:
                continue
            rows = pa.concat_tables(chunks)
            kept = list(manifest.segments[name])
            while kept and kept[-1].rows + rows.num_rows <= self._segment_rows:
                replaced.append(kept[-1])
                rows = pa.concat_tables([self._read(kept.pop()), rows])
            segment = write_segment(self._folder, f"{manifest.next_file:08d}", name, rows)
            manifest = manifest.with_segments(name, tuple(kept), segment)
        manifest = manifest.at(self._applied, self._next_seq)
        manifest.write(self._folder)
        self._manifest = manifest
        self._tails = dict.fromkeys(TABLES, ())
        self._publish()
        self._journal.drop_before(self._applied)
        self._forget(replaced)

    def _read(self, segment: Segment) -> pa.Table:
        return pq.read_table(self._folder / segment.file)

    def _forget(self, replaced: list[Segment]) -> None:
        """Delete replaced files once no reader can still be opening them."""
        now = time.monotonic()
        self._replaced.extend((now, self._folder / s.file) for s in replaced)
        while self._replaced and self._replaced[0][0] < now - KEEP_REPLACED_S:
            self._replaced.popleft()[1].unlink(missing_ok=True)

    def _remove_orphans(self) -> None:
        named = {s.file for several in self._manifest.segments.values() for s in several}
        for path in self._folder.glob("*.parquet"):
            if path.name not in named:
                path.unlink()


class _Failures:
    """Acknowledges tickets that are futures waiting to be applied: only a failure is told here."""

    def acknowledge(self, tickets: list[Any], error: Exception | None) -> None:
        for future in tickets if error is not None else ():
            future.set_exception(error)


_FAILURES = _Failures()


def _encoded(group: list[_Submission]) -> list[_Encoded]:
    """What a group brought: the tables that someone waits for alone, then all others by encoder together."""
    tables: list[tuple[pa.Table, list[Future[Appended]]]] = []
    together: dict[Encoder, list[Any]] = {}
    for s in group:
        if s.applied is None:
            together.setdefault(s.encode, []).append(s.payload)
        else:
            tables += [(t, [s.applied]) for t in s.encode([s.payload])]
    for encode, payloads in together.items():
        tables += [(t, []) for t in encode(payloads)]
    return [_Encoded(t, _encode(t), applied) for t, applied in tables]


def _acknowledge(group: list[_Submission], error: Exception | None) -> None:
    tickets: dict[int, list[Any]] = {}
    for s in group:
        tickets.setdefault(id(s.to), []).append(s.ticket)
    for to in {id(s.to): s.to for s in group}.values():
        to.acknowledge(tickets[id(to)], error)


def _take_alike(batches: deque[_Batch]) -> list[_Batch]:
    """The next batches that can be applied as one: of one kind, none of which someone waits for alone."""
    if not batches:
        return []
    taken = [batches.popleft()]
    rows = taken[0].table.num_rows
    while (
        batches
        and rows < GROUP_ROWS
        and not taken[0].applied
        and not batches[0].applied
        and batches[0].table.schema.equals(taken[0].table.schema)
    ):
        rows += batches[0].table.num_rows
        taken.append(batches.popleft())
    return taken


def _grown(chunks: tuple[pa.Table, ...], rows: pa.Table) -> tuple[pa.Table, ...]:
    """Chunks with rows behind. Once there are several small ones at the end they are joined: so there are few, and
    each row is copied a few times only."""
    grown = [*chunks, rows]
    while True:
        small = 0
        while small < len(grown) and grown[-1 - small].num_rows <= min(2 * grown[-1].num_rows, SMALL_CHUNK):
            small += 1
        if small < JOINED_CHUNKS:
            return tuple(grown)
        grown[-small:] = [pa.concat_tables(grown[-small:]).combine_chunks()]


def _as_is(payloads: Sequence[pa.Table]) -> Sequence[pa.Table]:
    return payloads


def _kind(table: pa.Table) -> int:
    return 2 if table.schema.equals(REJECTED) else 1


def _encode(table: pa.Table) -> memoryview:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return memoryview(sink.getvalue())


def _decode(payload: bytes) -> pa.Table:
    with pa.ipc.open_stream(payload) as reader:
        return reader.read_all()


def _database(folder: Path, memory_limit: str, threads: int) -> duckdb.DuckDBPyConnection:
    spill = folder / "cache" / "duckdb"
    spill.mkdir(parents=True, exist_ok=True)
    config: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": memory_limit,
        "threads": str(threads),
        "temp_directory": str(spill),
        "max_temp_directory_size": "20GB",
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
    }
    database = duckdb.connect(":memory:", config=config)
    database.execute("SET GLOBAL TimeZone = 'UTC'; SET GLOBAL parquet_metadata_cache = true")
    return database
