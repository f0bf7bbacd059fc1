"""Appending events durably: the store beside a DuckDB file that is written in the same batches."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import duckdb
import pyarrow as pa

from benchmarks.data import log
from benchmarks.measure import Figure, quantile
from polku.store import EventStore, kernels

EVENTS = 1_000_000
BATCH = 2_000


def figures() -> Iterator[Figure]:
    batches = [t.slice(i, BATCH) for t in log(EVENTS, 50_000) for i in range(0, t.num_rows, BATCH)]
    with tempfile.TemporaryDirectory() as folder:
        duck_rate, duck_slowest = _duckdb(Path(folder) / "events.duckdb", batches)
    kernels.compile_all()
    with tempfile.TemporaryDirectory() as folder:
        rate, slowest = _store(Path(folder), batches)
    yield Figure(
        f"append {EVENTS:,} events, {BATCH:,} a commit, whole run",
        rate, "events/s", more_is_better=True, baseline=duck_rate, baseline_name="a DuckDB file",
    )  # fmt: skip
    yield Figure(
        "the same, p99 until a commit is durable",
        slowest,
        "ms",
        baseline=duck_slowest,
        baseline_name="a DuckDB file",
    )


class _Waits:
    def __init__(self) -> None:
        self.times: list[float] = []

    def acknowledge(self, tickets: list[float], error: Exception | None) -> None:
        now = time.perf_counter()
        self.times += [now - t for t in tickets]


def _together(tables: Sequence[pa.Table]) -> list[pa.Table]:
    return [pa.concat_tables(tables)]


def _store(folder: Path, batches: list[pa.Table]) -> tuple[float, float]:
    store, waits = EventStore(folder), _Waits()
    start = time.perf_counter()
    for batch in batches:
        while store.pending_rows > 20 * BATCH:
            time.sleep(0.001)
        store.submit(_together, batch, rows=batch.num_rows, ticket=time.perf_counter(), to=waits)
    store.flush()
    rate = EVENTS / (time.perf_counter() - start)
    store.close()
    return rate, quantile(waits.times, 0.99) * 1000


def _duckdb(path: Path, batches: list[pa.Table]) -> tuple[float, float]:
    connection = duckdb.connect(str(path), config={"memory_limit": "1GB", "threads": "2"})
    connection.register("batch", batches[0])
    connection.execute("CREATE TABLE events AS SELECT * FROM batch LIMIT 0")
    times = []
    start = time.perf_counter()
    for batch in batches:
        before = time.perf_counter()
        connection.register("batch", batch)
        connection.execute("INSERT INTO events SELECT * FROM batch")
        times.append(time.perf_counter() - before)
    rate = EVENTS / (time.perf_counter() - start)
    connection.close()
    return rate, quantile(times, 0.99) * 1000
