"""A real Spark cluster on this machine: a master and workers of one core each, from the PySpark package."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.ports import free_port

PATIENCE_S = 90
"""A busy machine takes long to start Java."""
_QUICK = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
"""Java that starts soon rather than runs fast."""
_MASTER = "org.apache.spark.deploy.master.Master"
_WORKER = "org.apache.spark.deploy.worker.Worker"


class StandaloneCluster:
    """Its processes; `address` is what POLKU_ENGINE is to be."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self.address = f"spark://127.0.0.1:{self.port}"
        (folder / "conf").mkdir(parents=True)
        (folder / "conf" / "spark-defaults.conf").write_text(
            "spark.driver.host 127.0.0.1\nspark.ui.enabled false\n"
            "spark.driver.memory 512m\nspark.executor.memory 512m\n"
            f"spark.driver.extraJavaOptions {_QUICK}\nspark.executor.extraJavaOptions {_QUICK}\n"
        )
        self.master: subprocess.Popen[bytes] | None = None
        self.workers: list[subprocess.Popen[bytes]] = []

    @property
    def environment(self) -> dict[str, str]:
        """What the driver's process needs too."""
        return {"SPARK_CONF_DIR": str(self.folder / "conf"), "SPARK_LOCAL_IP": "127.0.0.1"}

    def start(self, workers: int = 2) -> None:
        self.master = self._run(_MASTER, "--host", "127.0.0.1", "--port", str(self.port), "--webui-port", "0")
        _wait_for("127.0.0.1", self.port)
        self.add_workers(workers)

    def add_workers(self, workers: int = 1) -> None:
        """Start workers; returns when the master knows them."""
        before, until = self._registered(), time.monotonic() + PATIENCE_S
        for _ in range(workers):
            more = ["--host", "127.0.0.1", "--webui-port", "0", "-c", "1", "-m", "1g", self.address]
            self.workers.append(self._run(_WORKER, *more))
        while self._registered() < before + workers:
            assert time.monotonic() < until, self._log()[-3000:]
            time.sleep(0.2)

    def kill_worker(self) -> None:
        """As if a machine had gone: the worker and all that it runs, at once."""
        _kill(self.workers.pop(0))

    def stop(self) -> None:
        for process in (*self.workers, self.master):
            if process is not None:
                _kill(process)
        self.master, self.workers = None, []

    def _registered(self) -> int:
        return self._log().count("Registering worker")

    def _log(self) -> str:
        return (self.folder / "master-0.log").read_text(errors="replace")

    def _run(self, what: str, *arguments: str) -> subprocess.Popen[bytes]:
        home = Path(str(find_spec("pyspark").origin)).parent  # type: ignore[union-attr]
        log = self.folder / f"{what.rpartition('.')[2].lower()}-{len(self.workers)}.log"
        more = {
            "SPARK_HOME": str(home),
            "SPARK_WORKER_DIR": str(self.folder / "work"),
            "SPARK_DAEMON_MEMORY": "256m",
        }
        with log.open("ab") as out:
            return subprocess.Popen(
                [str(home / "bin" / "spark-class"), what, *arguments],
                stdout=out,
                stderr=out,
                env=os.environ | self.environment | more,
                start_new_session=True,
            )


@contextmanager
def standalone(folder: Path) -> Iterator[StandaloneCluster]:
    """A cluster with two workers, gone at the end."""
    if find_spec("pyspark") is None:
        pytest.fail("PySpark is not installed: pip install 'polku[spark]'", pytrace=False)
    cluster = StandaloneCluster(folder)
    try:
        cluster.start()
        yield cluster
    finally:
        cluster.stop()


def _kill(process: subprocess.Popen[bytes]) -> None:
    """A process and all that it started: each was made the head of a session of its own."""
    for session in {process.pid, *_children(process.pid)}:
        try:
            os.killpg(os.getpgid(session), signal.SIGKILL)
        except ProcessLookupError:
            continue
    process.wait()


def _children(pid: int) -> set[int]:
    """The processes below one, as /proc has them: executors start Python as the head of a group of its own."""
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except (OSError, IndexError):
                continue
    found = {pid}
    while True:
        more = {child for child, parent in parents.items() if parent in found} - found
        if not more:
            return found - {pid}
        found |= more


def _wait_for(host: str, port: int, patience_s: float = PATIENCE_S) -> None:
    until = time.monotonic() + patience_s
    while time.monotonic() < until:
        try:
            socket.create_connection((host, port), 1).close()
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise AssertionError(f"nothing listens on {host}:{port} after {patience_s:.0f} s")
