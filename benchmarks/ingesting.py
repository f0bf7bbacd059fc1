"""Ingestion over HTTP into the real server: durable events, whole requests, the load generator on the same machine."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import uvloop

from benchmarks import load
from benchmarks.measure import Figure
from benchmarks.servers import Running, nothing_serving, polku_serving

EVENTS = 600_000
SINGLES = 20_000
ROUNDS = 5
CONNECTIONS = {True: 16, False: 128}
"""Servers send batches over few connections, browsers send single events over many."""


def figures() -> Iterator[Figure]:
    with nothing_serving() as address:
        nothing = sent(address, "key", EVENTS // 3, batch=100)
        nothing_single = median([sent(address, "key", SINGLES, batch=1) for _ in range(ROUNDS)])
    with tempfile.TemporaryDirectory() as folder, polku_serving(Path(folder)) as server:
        server.until_warm()
        sent(server.address, server.write_key, 50_000, batch=100, seed=7)
        batches = sent(server.address, server.write_key, EVENTS, batch=100)
        rounds = range(2, 2 + ROUNDS)
        singles = median([sent(server.address, server.write_key, SINGLES, batch=1, seed=n) for n in rounds])
        stored = _readable(server, 50_000 + EVENTS + ROUNDS * SINGLES)
    assert batches.acknowledged == EVENTS, f"acknowledged {batches.acknowledged} of {EVENTS}"
    assert stored == 50_000 + EVENTS + ROUNDS * SINGLES, stored
    yield Figure(
        "durable events, batches of 100 over 16 connections", batches.events_per_s, "events/s", 60_000, True,
        nothing.events_per_s, "a server that stores nothing",
    )  # fmt: skip
    yield Figure("the same, p50 of a request", batches.p50_ms, "ms")
    yield Figure("the same, p99 of a request", batches.p99_ms, "ms", 250)
    yield Figure(
        "durable single events over 128 connections", singles.requests_per_s, "req/s", 3_500, True,
        nothing_single.requests_per_s, "a server that stores nothing",
    )  # fmt: skip
    yield Figure("the same, p99 of a request", singles.p99_ms, "ms", 250)


def median(reports: list[load.Report]) -> load.Report:
    """The report in the middle, by requests a second."""
    return sorted(reports, key=lambda r: r.requests_per_s)[len(reports) // 2]


def _readable(server: Running, expected: int) -> int:
    """How many events can be read; what was just acknowledged can a moment later."""
    for _ in range(100):
        events = int(server.client.get("/api/v1/sources").json()["sources"][0]["events"])
        if events >= expected:
            break
        time.sleep(0.05)
    return events


def sent(address: str, key: str, events: int, *, batch: int, seed: int = 1) -> load.Report:
    bodies = load.requests("127.0.0.1", key, events=events, batch=batch, seed=seed)
    return uvloop.run(load.send(address, bodies, batch=batch, connections=CONNECTIONS[batch > 1]))
