"""Making submissions durable: many requests share a commit, and one group is encoded while another is written."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, Final, Protocol

import pyarrow as pa

from polku.errors import PolkuError, StorageFull
from polku.store.journal import Journal, Position
from polku.store.schema import REJECTED

log = logging.getLogger(__name__)

GROUP_ROWS: Final = 20_000
MOST_PENDING_ROWS = 2_000_000
GATHER_S: Final = 0.002
"""How long a commit waits for company, unless `COMPANY_ROWS` are there: a commit costs as much for one as for many."""
COMPANY_ROWS: Final = 1_000
ARROW: Final = b"\xff\xff\xff\xff"
"""What an Arrow stream, and so every payload of the journal, begins with."""

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


@dataclass(frozen=True, slots=True)
class Submission:
    """What someone wants stored; `to` hears of `ticket` when it is durable, `applied` when it can be read."""

    encode: Encoder
    payload: Any
    rows: int
    ticket: Any
    to: Acknowledger
    applied: Future[Appended] | None = None


@dataclass(frozen=True, slots=True)
class Committed:
    """A durable table, the place in the journal behind it, and who waits for it to be applied."""

    table: pa.Table
    end: Position
    applied: list[Future[Appended]]


class Committers:
    """Two threads that take turns at encoding and writing what is submitted, in its order.

    `commit` is called with what has become durable. Rows are pending until `finished` is told of them.
    """

    def __init__(self, journal: Journal, commit: Callable[[list[Committed]], None]) -> None:
        self._journal, self._commit = journal, commit
        self._queue: deque[Submission] = deque()
        self.pending_rows = 0
        self._arrived = threading.Condition()
        self.closing = False
        self._encoding, self._writing = threading.Lock(), threading.Lock()
        self._threads = [
            threading.Thread(target=self._run, name=f"committer_{i}", daemon=True) for i in range(2)
        ]
        for thread in self._threads:
            thread.start()

    def submit(self, submission: Submission) -> None:
        """Queue it. `encode` must not raise: payloads are validated before. Raises Overloaded."""
        with self._arrived:
            if self.closing:
                raise Overloaded("Polku is closing down. Send again in a moment.")
            if self.pending_rows > MOST_PENDING_ROWS:
                raise Overloaded("More events are coming in than can be stored. Send again in a moment.")
            self._queue.append(submission)
            self.pending_rows += submission.rows
            self._arrived.notify()

    def finished(self, rows: int) -> None:
        with self._arrived:
            self.pending_rows -= rows

    def close(self) -> None:
        """Commit what is queued, stop."""
        with self._arrived:
            self.closing = True
            self._arrived.notify_all()
        for thread in self._threads:
            thread.join()

    @property
    def are_done(self) -> bool:
        """Whether nothing more will be committed."""
        return not any(t.is_alive() for t in self._threads)

    def _run(self) -> None:
        while self._commit_next():
            pass

    def _commit_next(self) -> bool:
        """Commit what waits in the queue; False when there will be nothing more.

        A group is encoded while the one before it is written; it takes its turn at writing before the next may
        be encoded, so that the order stays.
        """
        with self._encoding:
            with self._arrived:
                self._arrived.wait_for(lambda: self._queue or self.closing)
                few = not self.closing and self._queue[0].applied is None
                few = few and self.pending_rows < COMPANY_ROWS
            if few:
                time.sleep(GATHER_S)
                with self._writing:  # what comes while others are written goes along
                    pass
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

    def _take_group(self) -> list[Submission]:
        group: list[Submission] = []
        rows = 0
        while self._queue and rows < GROUP_ROWS:
            group.append(self._queue.popleft())
            rows += group[-1].rows
        return group

    def _write(self, group: list[Submission], tables: list[_Encoded]) -> None:
        records = [(kind_of(t.table), t.payload) for t in tables]
        ends = self._journal.append(records) if records else []
        _acknowledge(group, None)
        self.finished(sum(s.rows for s in group) - sum(t.table.num_rows for t in tables))
        self._commit([Committed(t.table, end, t.applied) for t, end in zip(tables, ends, strict=True)])

    def _failed(self, group: list[Submission], error: Exception) -> None:
        if not isinstance(error, StorageFull):
            log.error("commit_failed rows=%d", sum(s.rows for s in group), exc_info=error)
        self.finished(sum(s.rows for s in group))
        _acknowledge(group, error)


@dataclass(frozen=True, slots=True)
class _Encoded:
    """A table ready for the journal, and who waits for it to be applied."""

    table: pa.Table
    payload: memoryview
    applied: list[Future[Appended]]


def kind_of(table: pa.Table) -> int:
    """The kind of the journal's record that holds such a table."""
    return 2 if table.schema.equals(REJECTED) else 1


def read_payload(payload: bytes) -> pa.Table:
    """The table of a journal's record."""
    with pa.ipc.open_stream(payload) as reader:
        return reader.read_all()


def _encoded(group: list[Submission]) -> list[_Encoded]:
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
    return [_Encoded(t, _payload(t), applied) for t, applied in tables]


def _acknowledge(group: list[Submission], error: Exception | None) -> None:
    tickets: dict[int, list[Any]] = {}
    for s in group:
        tickets.setdefault(id(s.to), []).append(s.ticket)
    for to in {id(s.to): s.to for s in group}.values():
        to.acknowledge(tickets[id(to)], error)


def _payload(table: pa.Table) -> memoryview:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return memoryview(sink.getvalue())
