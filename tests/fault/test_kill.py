"""kill -9 in the middle of ingestion, again and again: nothing acknowledged is lost, nothing is doubled."""

from __future__ import annotations

import os
import random
import threading
import time
import uuid
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from polku.collect.store import ensure_source
from polku.db import Database
from polku.library import make_folder
from polku.settings import read_settings
from polku.store import EventStore
from tests.ports import free_port
from tests.server import serving

ROUNDS = int(os.environ.get("POLKU_FAULT_ROUNDS", "100"))
CLIENTS = 4
BATCH = 50

pytestmark = [pytest.mark.fault, pytest.mark.timeout(60 + ROUNDS * 30)]


@dataclass
class Sender:
    """Sends batches one after another, each again and again until it is acknowledged."""

    address: str
    key: str
    stop: threading.Event
    acknowledged: list[str] = field(default_factory=list)
    retries: int = 0

    def run(self) -> None:
        with httpx.Client(timeout=5, trust_env=False, auth=(self.key, "")) as client:
            while not self.stop.is_set():
                self._send(client, self._batch())

    def _batch(self) -> list[dict[str, object]]:
        return [
            {
                "type": "track",
                "event": "Product Viewed",
                "messageId": str(uuid.uuid4()),
                "userId": f"u{random.randrange(500)}",
                "anonymousId": f"a{random.randrange(900)}",
                "timestamp": datetime.now(UTC).isoformat(),
                "properties": {"sku": "ä" * random.randrange(200)},
            }
            for _ in range(BATCH)
        ]

    def _send(self, client: httpx.Client, batch: list[dict[str, object]]) -> None:
        while not self.stop.is_set():
            try:
                answer = client.post(f"{self.address}/v1/batch", json={"batch": batch})
            except httpx.TransportError:
                answer = None
            if answer is not None and answer.status_code == 200:
                self.acknowledged += [str(e["messageId"]) for e in batch]
                return
            self.retries += 1
            time.sleep(0.05)


def test_kill_at_any_moment(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    settings = read_settings(folder)
    make_folder(settings)
    database = Database(settings.sqlalchemy_url)
    with database.session() as session:
        key = ensure_source(session, name="Shop", kind="web", public=True).write_key
    database.close()
    assert key
    port, stop = free_port(), threading.Event()
    senders = [Sender(f"http://127.0.0.1:{port}", key, stop) for _ in range(CLIENTS)]
    threads = [threading.Thread(target=s.run) for s in senders]
    for round_ in range(ROUNDS):
        # small segments: kills also hit while a segment and the manifest are being written
        with serving(folder, port=port, POLKU_SEGMENT_ROWS="2000") as server:
            if not round_:
                for t in threads:
                    t.start()
            time.sleep(random.uniform(0.05, 1.0))
            server.kill()
    with serving(folder, port=port):
        time.sleep(0.5)
        stop.set()
        for t in threads:
            t.join()
    acknowledged = [i for s in senders for i in s.acknowledged]
    assert len(acknowledged) > ROUNDS * BATCH, "the server hardly took anything: the test would show nothing"
    assert sum(s.retries for s in senders) > ROUNDS / 4, "the clients hardly noticed the kills"
    store = EventStore(folder)
    stored = Counter(store.snapshot.sql("SELECT event_id FROM events")["event_id"].to_pylist())
    segments = len(store.snapshot.segments["events"])
    rejected = store.snapshot.sql("SELECT count(*) AS n FROM rejected")["n"][0].as_py()
    store.close()
    lost = [i for i in acknowledged if i not in stored]
    doubled = [i for i, n in stored.items() if n > 1]
    print(
        f"\n{ROUNDS} kills: {len(acknowledged):,} acknowledged, {len(lost)} lost, {len(doubled)} doubled, "
        f"{len(stored) - len(acknowledged)} stored without acknowledgement, {segments} segments"
    )
    assert (lost, doubled, rejected) == ([], [], 0)
