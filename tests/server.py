"""The real server in a process of its own, for what only a process shows: browsers, SDKs, faults."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests.ports import free_port

POLKU = (sys.executable, "-c", "from polku.cli import main; main()")


@dataclass(frozen=True, slots=True)
class RunningServer:
    address: str
    process: subprocess.Popen[bytes]
    log: Path

    def kill(self) -> None:
        """As a power cut: nothing is flushed, nothing said."""
        self.process.kill()
        self.process.wait()


def polku(*arguments: str | Path, timeout_s: float = 300) -> str:
    """What a `polku` command printed; raises with its error output if it failed."""
    done = subprocess.run([*POLKU, *map(str, arguments)], capture_output=True, text=True, timeout=timeout_s)
    if done.returncode:
        command = " ".join(map(str, arguments))
        raise AssertionError(f"polku {command} ended with {done.returncode}:\n{done.stderr[-3000:]}")
    return done.stdout


@contextmanager
def serving(
    folder: Path,
    *arguments: str,
    port: int | None = None,
    program: Sequence[str] = POLKU,
    patience_s: float = 60,
    **environment: str,
) -> Iterator[RunningServer]:
    """`polku serve --data <folder>` on a free port of loopback, ready to answer; stopped at the end."""
    port = port or free_port()
    folder.mkdir(parents=True, exist_ok=True)
    log = folder.with_name(f"{folder.name}-server.log")
    command = [*program, "serve", "--data", str(folder), "--port", str(port), *arguments]
    with log.open("ab") as out:
        process = subprocess.Popen(command, stdout=out, stderr=out, env=os.environ | environment)
    server = RunningServer(f"http://127.0.0.1:{port}", process, log)
    try:
        _wait_until_healthy(server, patience_s)
        yield server
    finally:
        _stop(process)


def _wait_until_healthy(server: RunningServer, patience_s: float) -> None:
    until = time.monotonic() + patience_s
    with httpx.Client(base_url=server.address, timeout=2, trust_env=False, verify=False) as client:
        while time.monotonic() < until and server.process.poll() is None:
            try:
                if client.get("/healthz").is_success:
                    return
            except httpx.TransportError:
                pass
            time.sleep(0.05)
    ended = server.process.poll()
    state = f"ended with {ended}" if ended is not None else f"was not healthy in {patience_s:.0f} s"
    raise AssertionError(f"The server {state}. Its log:\n{server.log.read_text(errors='replace')[-3000:]}")


def _stop(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
