"""A server with nothing but the collector, to measure it alone: `python -m benchmarks.collector`.

Starts it in a process of its own, sends `--events` in batches and as single events, and checks that what was
acknowledged is what is stored, also after the folder is opened anew.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import resource
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict
from pathlib import Path
from typing import cast

import httpx

from benchmarks import load


def serve(folder: Path, port: int) -> None:
    """Serve a new folder's collector until SIGTERM."""
    import uvloop
    from granian.constants import HTTPModes, Interfaces
    from granian.server.embed import Server
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import JSONResponse
    from starlette.routing import Route

    from polku.collect import segment, store
    from polku.collect.sources import KnownSources
    from polku.db import Base, Database
    from polku.settings import Settings
    from polku.store import EventStore, LocalEngine
    from polku.workspace import Workspace

    settings = Settings(folder=folder, port=port)
    db = Database(settings.sqlalchemy_url)
    Base.metadata.create_all(db.engine)
    with db.session() as session:
        source = store.ensure_source(session, name="Load", kind="server")
    events = EventStore(folder)
    workspace = Workspace(settings, db, events, cast("LocalEngine", None))
    workspace.part(KnownSources).refresh()

    def stored(request: Request) -> JSONResponse:
        events.flush()
        rows = events.snapshot.sql("SELECT count(*) AS n FROM events")["n"][0].as_py()
        return JSONResponse({"stored": rows, "write_key": source.write_key})

    app = Starlette(routes=[*segment.routes(workspace), Route("/stored", stored)])

    async def run() -> None:
        server = Server(app, address="127.0.0.1", port=port, interface=Interfaces.ASGI, http=HTTPModes.http1)
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, server.stop)
        await server.serve()

    uvloop.run(run())
    events.close()
    db.close()


def measure(events: int, batch: int, connections: int, port: int) -> dict[str, object]:
    """One run against a fresh server."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with tempfile.TemporaryDirectory() as folder:
        process = subprocess.Popen(
            [sys.executable, "-m", __spec__.name, "--serve", folder, "--port", str(port)]
        )
        try:
            address = f"http://127.0.0.1:{port}"
            key = _ask(address, patience_s=30)["write_key"]
            bodies = load.requests(f"127.0.0.1:{port}", str(key), events=events, batch=batch, seed=1)
            import uvloop

            report = uvloop.run(load.send(address, bodies, batch=batch, connections=connections))
            stored = _ask(address, patience_s=5)["stored"]
        finally:
            process.terminate()
            process.wait(60)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu_s = round(used.ru_utime + used.ru_stime - before.ru_utime - before.ru_stime, 2)
    assert stored == report.acknowledged, f"acknowledged {report.acknowledged}, stored {stored}"
    return {
        **asdict(report),
        "batch": batch,
        "connections": connections,
        "stored": stored,
        "server_cpu_s": cpu_s,
    }


def _ask(address: str, patience_s: float) -> dict[str, object]:
    until = time.monotonic() + patience_s
    while True:
        try:
            answer = httpx.get(f"{address}/stored", timeout=60, trust_env=False)
            return cast("dict[str, object]", answer.json())
        except httpx.TransportError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--serve", type=Path)
    parser.add_argument("--port", type=int, default=8300)
    parser.add_argument("--events", type=int, default=500_000)
    parser.add_argument("--singles", type=int, default=20_000)
    parser.add_argument("--connections", type=int, default=16)
    given = parser.parse_args()
    if given.serve:
        serve(given.serve, given.port)
        return
    print(json.dumps(measure(given.events, 100, given.connections, given.port)))
    print(json.dumps(measure(given.singles, 1, 4 * given.connections, given.port)))


if __name__ == "__main__":
    main()
