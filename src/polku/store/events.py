"""The event store: durable before it is acknowledged, unique by (source, event_id), readable while it grows."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import pyarrow as pa

from polku.errors import StorageFull
from polku.store.committing import (
    ARROW,
    GROUP_ROWS,
    Acknowledger,
    Appended,
    Committed,
    Committers,
    Encoder,
    Overloaded,
    Submission,
    kind_of,
    read_payload,
)
from polku.store.duck import DuckDb
from polku.store.intake import Intake, rejections
from polku.store.journal import Journal, Position
from polku.store.schema import INCOMING
from polku.store.segments import TABLES, Segments
from polku.store.snapshot import Snapshot

log = logging.getLogger(__name__)

SEGMENT_ROWS: Final = 250_000
MOST_TAIL_ROWS: Final = 4_000_000
JOINED_CHUNKS: Final = 8
SMALL_CHUNK: Final = 5_000
SETTLE_S: Final = 0.05
"""How long the applier lets more come, unless somebody waits for it or `SETTLED_ROWS` are there."""
SETTLED_ROWS: Final = 5_000
_RETRY_S: Final = 2.0


class EventStore:
    """The events of one data folder. Opened by one process; safe to use from many threads.

    Committers make submissions durable; one more thread, the applier, numbers them and publishes snapshots.
    Raises FolderTooNew, StoreDamaged and JournalDamaged on opening.
    """

    def __init__(
        self, folder: Path, *, memory_limit: str = "1GB", threads: int = 2, segment_rows: int = SEGMENT_ROWS
    ) -> None:
        self._folder = folder / "events"
        self._segments = Segments(self._folder, folder / "journal", segment_rows)
        self._duckdb = DuckDb(folder / "cache" / "duckdb", memory_limit=memory_limit, threads=threads)
        self._tails: dict[str, tuple[pa.Table, ...]] = dict.fromkeys(TABLES, ())
        self.snapshot = self._view(self._segments.manifest.next_seq)
        self._applied = self._segments.manifest.applied
        self._journal = Journal(folder / "journal", self._applied, begins=ARROW)
        self._failure: Exception | None = None
        for record in self._journal.records(self._applied):
            self._apply_or_set_aside([Committed(read_payload(record.payload), record.end, [])])
        self._batches: deque[Committed] = deque()
        self._durable = threading.Condition()
        self._committers = Committers(self._journal, self._committed)
        self._applier = threading.Thread(target=self._apply_forever, name="applier", daemon=True)
        self._applier.start()

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
        self._committers.submit(Submission(encode, payload, rows, ticket, to, applied))

    def append(self, table: pa.Table) -> Appended:
        """Store a table of schema INCOMING or REJECTED; returns when it is stored and can be read.

        Waits while the store is overloaded. Raises StorageFull.
        """
        return self.begin(table).result()

    def begin(self, table: pa.Table) -> Future[Appended]:
        """As `append`, but returns as soon as it is queued: what is begun later is stored later.

        The future raises StorageFull.
        """
        while True:
            done: Future[Appended] = Future()
            try:
                self.submit(_as_is, table, rows=table.num_rows, ticket=done, to=_FAILURES, applied=done)
            except Overloaded:
                if self._committers.closing:
                    raise
                time.sleep(0.05)
                continue
            return done

    def flush(self) -> None:
        """Wait until everything submitted so far can be read."""
        self.append(INCOMING.empty_table())

    def close(self) -> None:
        """Store what is pending, write the tail to a segment, stop."""
        if self._committers.closing:
            return
        self._committers.close()
        with self._durable:
            self._durable.notify()
        self._applier.join()
        if self.tail_rows:
            self._try_to_write_tail()  # when it does not fit, the journal still has it
        self._journal.close()
        self._duckdb.close()

    @property
    def tail_rows(self) -> int:
        """Rows in memory only (and in the journal)."""
        return sum(c.num_rows for t in self.snapshot.tails.values() for c in t)

    @property
    def pending_rows(self) -> int:
        """Rows submitted and not readable yet."""
        return self._committers.pending_rows

    def _committed(self, batches: list[Committed]) -> None:
        with self._durable:
            is_first = not self._batches
            self._batches.extend(batches)
            if is_first or self._is_worth_applying():
                self._durable.notify()

    # -- applier

    def _apply_forever(self) -> None:
        while True:
            with self._durable:
                self._durable.wait_for(lambda: self._batches or self._committers.are_done)
                self._durable.wait_for(self._is_worth_applying, SETTLE_S)
                batches = _take_alike(self._batches)
            if not batches:
                return
            result = self._apply_or_set_aside(batches)
            self._committers.finished(sum(b.table.num_rows for b in batches))
            for future in batches[0].applied:
                future.set_result(result)
            if self.tail_rows >= self._segments.rows:
                self._try_to_write_tail()

    def _is_worth_applying(self) -> bool:
        rows = sum(b.table.num_rows for b in self._batches)
        return rows >= SETTLED_ROWS or any(b.applied for b in self._batches) or self._committers.are_done

    def _apply_or_set_aside(self, batches: list[Committed]) -> Appended:
        try:
            return self._apply(batches)
        except Exception as e:  # a defect of ours: keep the rows where a person finds them, and go on
            log.exception("apply_failed rows=%d", sum(b.table.num_rows for b in batches))
            return self._set_aside(batches, e)

    def _apply(self, batches: list[Committed]) -> Appended:
        table = pa.concat_tables([b.table for b in batches])
        if kind_of(table) == 2:
            self._add({"rejected": table}, batches[-1].end)
            return Appended(0, 0, table.num_rows)
        taken = self._intake.take(table, self.snapshot)
        self._add(taken.tables, batches[-1].end)
        return Appended(taken.accepted, taken.duplicates, taken.tables["rejected"].num_rows)

    def _set_aside(self, batches: list[Committed], error: Exception) -> Appended:
        table = pa.concat_tables([b.table for b in batches])
        rejected = rejections(table, reason="not_applied", detail=repr(error))
        self._add({"rejected": rejected}, batches[-1].end)
        return Appended(0, 0, rejected.num_rows)

    def _add(self, tables: dict[str, pa.Table], end: Position) -> None:
        for name, rows in tables.items():
            if rows.num_rows:
                self._tails[name] = _grown(self._tails[name], rows)
        self._applied = end
        self.snapshot = self._view(self._next_seq)

    @cached_property
    def _intake(self) -> Intake:
        """Made when the first events come: it reads the hash of every event there is, and pages need not wait."""
        return Intake(self.snapshot)

    @property
    def _next_seq(self) -> int:
        return self._intake.next_seq if "_intake" in self.__dict__ else self._segments.manifest.next_seq

    def _view(self, next_seq: int) -> Snapshot:
        segments = self._segments.manifest.segments
        return Snapshot(self._folder, next_seq, segments, dict(self._tails), self._duckdb)

    def _try_to_write_tail(self) -> None:
        try:
            self._write_tail()
            self._failure = None
        except OSError as e:
            log.error("segment_not_written reason=%s tail_rows=%d", e.strerror, self.tail_rows)
            self._failure = e
            if not self._committers.closing:
                time.sleep(_RETRY_S)

    def _write_tail(self) -> None:
        replaced = self._segments.write(self._tails, self._applied, self._next_seq)
        self._tails = dict.fromkeys(TABLES, ())
        self.snapshot = self._view(self._next_seq)
        self._journal.drop_before(self._applied)
        self._segments.forget(replaced)


class _Failures:
    """Acknowledges tickets that are futures waiting to be applied: only a failure is told here."""

    def acknowledge(self, tickets: list[Any], error: Exception | None) -> None:
        for future in tickets if error is not None else ():
            future.set_exception(error)


_FAILURES: Final = _Failures()


def _take_alike(batches: deque[Committed]) -> list[Committed]:
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
