"""Servers for measuring: the real one on a data folder, and one that stores nothing."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from polku.collect import ensure_source
from polku.db import Database
from polku.library import make_folder
from polku.settings import read_settings

PORT = int(os.environ.get("BENCH_PORT", "8399"))


@dataclass(frozen=True, slots=True)
class Running:
    """A server in a process of its own; `client` is let in as the folder's owner."""

    address: str
    write_key: str
    client: httpx.Client
    pid: int
    first_page_s: float

    def until_warm(self) -> None:
        """Wait until kernels are compiled and what is asked often is ready."""
        while self.client.get("/api/v1/journeys/map").status_code == 503:
            time.sleep(0.5)
        time.sleep(12)  # counting and indexing what there is takes 9 s on 20 million events

    def most_memory_gib(self) -> float:
        status = Path(f"/proc/{self.pid}/status").read_text()
        return int(status.split("VmHWM:")[1].split()[0]) / 1024**2


@contextmanager
def polku_serving(folder: Path, **environment: str) -> Iterator[Running]:
    """`polku serve` on a folder, which is made if need be."""
    settings = read_settings(folder)
    make_folder(settings)
    database = Database(settings.sqlalchemy_url)
    with database.session() as session:
        key = ensure_source(session, name="Load", kind="server").write_key
    database.close()
    kernels = Path(__file__).parent.parent / ".cache" / "kernels"
    environment = {"POLKU_KERNEL_CACHE": str(kernels)} | environment
    command = [sys.executable, "-c", "from polku.cli import main; main()", "serve"]
    command += ["--data", str(folder), "--port", str(PORT)]
    start = time.perf_counter()
    with _process(command, f"http://127.0.0.1:{PORT}/login", **environment) as process:
        first_page_s = time.perf_counter() - start
        while not (folder / "server.json").exists():
            time.sleep(0.05)
        token = json.loads((folder / "server.json").read_text())["token"]
        client = httpx.Client(
            base_url=f"http://127.0.0.1:{PORT}",
            headers={"Authorization": f"Bearer {token}"},
            timeout=120,
            trust_env=False,
        )
        with client:
            yield Running(str(client.base_url), str(key), client, process.pid, first_page_s)


@contextmanager
def nothing_serving() -> Iterator[str]:
    """A server that parses each request with the standard library's json and keeps nothing."""
    with _process([sys.executable, "-m", "benchmarks.servers"], f"http://127.0.0.1:{PORT}/"):
        yield f"http://127.0.0.1:{PORT}"


def copy_of(folder: Path, to: Path) -> Path:
    """A copy that shares the immutable files: what is measured does not change what is kept."""
    shutil.rmtree(to, ignore_errors=True)
    shutil.copytree(folder, to, copy_function=_link_immutable)
    return to


def _link_immutable(source: str, target: str) -> None:
    if source.endswith((".parquet", ".arrow")):
        os.link(source, target)
    else:
        shutil.copy2(source, target)


@contextmanager
def _process(command: list[str], address: str, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=os.environ | environment
    )
    try:
        while True:
            try:
                httpx.get(address, timeout=5, trust_env=False)
                break
            except httpx.TransportError:
                if process.poll() is not None:
                    sys.exit(f"{' '.join(command)} ended with {process.returncode}")
                time.sleep(0.02)
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(120)


def _serve_nothing() -> None:
    import uvloop
    from granian.constants import Interfaces
    from granian.server.embed import Server
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import JSONResponse
    from starlette.routing import Route

    async def take(request: Request) -> JSONResponse:
        json.loads(await request.body() or b"{}")
        return JSONResponse({"success": True})

    routes = [Route(p, take, methods=["GET", "POST"]) for p in ("/", "/v1/batch", "/v1/track")]

    async def run() -> None:
        import asyncio

        server = Server(
            Starlette(routes=routes),
            address="127.0.0.1",
            port=PORT,
            interface=Interfaces.ASGINL,
            log_enabled=False,
        )
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, server.stop)
        await server.serve()

    uvloop.run(run())


if __name__ == "__main__":
    _serve_nothing()
