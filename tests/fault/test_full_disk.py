"""A disk that fills up while events come in: refused while it is full, taken again afterwards, nothing lost."""

from __future__ import annotations

import os
import subprocess
import uuid
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from polku.collect.store import ensure_source
from polku.db import Database
from polku.library import make_folder
from polku.settings import read_settings
from polku.store import EventStore
from tests.server import RunningServer, serving

pytestmark = [pytest.mark.fault, pytest.mark.timeout(300)]
SIZE_MB = 48


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={SIZE_MB}m", "tmpfs", str(disk)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("a disk of its own can only be made by root")
    try:
        yield disk
    finally:
        subprocess.run(["umount", "--lazy", str(disk)], check=True)


class Sender:
    def __init__(self, server: RunningServer, key: str) -> None:
        self._server = server
        self._client = httpx.Client(trust_env=False, auth=(key, ""), timeout=30)
        self.acknowledged: list[str] = []

    def send(self, events: int = 100, bytes_each: int = 2_000) -> httpx.Response:
        ids = [str(uuid.uuid4()) for _ in range(events)]
        noise = [os.urandom(bytes_each // 2).hex() for _ in ids]  # that does not compress
        batch = [
            {
                "type": "track",
                "event": "Seen",
                "messageId": i,
                "userId": f"u{i[:3]}",
                "properties": {"noise": n},
            }
            for i, n in zip(ids, noise, strict=True)
        ]
        answer = self._client.post(f"{self._server.address}/v1/batch", json={"batch": batch})
        if answer.status_code == 200:
            self.acknowledged += ids
        return answer

    def until(self, status: int) -> httpx.Response:
        for _ in range(400):
            answer = self.send()
            if answer.status_code == status:
                return answer
            assert answer.status_code in (200, 503), answer.text
        raise AssertionError(f"never answered {status}")


def test_full_disk(small_disk: Path) -> None:
    folder = small_disk / "data"
    settings = read_settings(folder)
    make_folder(settings)
    database = Database(settings.sqlalchemy_url)
    with database.session() as session:
        key = ensure_source(session, name="Shop", kind="server").write_key
    database.close()
    assert key
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes((SIZE_MB - 16) << 20))
    with serving(folder, POLKU_SEGMENT_ROWS="1000") as server:
        sender = Sender(server, key)
        refused = sender.until(503)
        assert refused.json()["code"] == "storage_full"
        assert "free some space" in refused.json()["message"]
        assert int(refused.headers["Retry-After"]) > 0
        _fill(small_disk)
        before = len(sender.acknowledged)
        assert before > 1000
        for _ in range(5):
            _refused(sender, small_disk)
        _look_around(server)
        ballast.unlink()
        (small_disk / "filling").unlink()
        sender.until(200)
        for _ in range(30):
            assert sender.send().status_code == 200
        assert len(sender.acknowledged) >= before + 3000
        _fill(small_disk)  # full again: stopping must not lose what is only in the journal
    assert server.process.returncode == 0
    assert "Traceback" not in server.log.read_text(), server.log.read_text()[-6000:]
    (small_disk / "filling").unlink()
    store = EventStore(folder)
    stored = store.snapshot.sql("SELECT event_id FROM events")["event_id"].to_pylist()
    store.close()
    assert len(stored) == len(set(stored))
    assert set(sender.acknowledged) <= set(stored)


def _refused(sender: Sender, disk: Path) -> None:
    """Refused on a disk without a byte; what a refresh frees just before may take events, once or twice."""
    answers = []
    for _ in range(3):
        _fill(disk)
        answers.append(sender.send().status_code)
        if answers[-1] == 503:
            return
    raise AssertionError(f"taken on a full disk: {answers}")


def _fill(disk: Path) -> None:
    """Take what is left, to the last byte."""
    with (disk / "filling").open("ab", buffering=0) as f:
        for size in (1 << 20, 1 << 16, 1 << 12, 1):
            try:
                while f.write(bytes(size)) == size:
                    pass
            except OSError:
                continue


def _look_around(server: RunningServer) -> None:
    """Pages stand while the disk is full; what must be written says why it cannot."""
    with httpx.Client(base_url=server.address, trust_env=False) as client:
        assert client.get("/healthz").text == "ok"
        page = client.get("/setup", headers={"Accept-Language": "fi"})
        assert page.status_code == 200
