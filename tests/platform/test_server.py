from __future__ import annotations

import sys
import time
from pathlib import Path

import httpx
import pytest

from tests.server import serving

HEALTHY = """
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if self.path == "/healthz" else 404)
        self.end_headers()
HTTPServer(("127.0.0.1", int(sys.argv[sys.argv.index("--port") + 1])), Handler).serve_forever()
"""


def test_server_is_ready_and_is_stopped_afterwards(tmp_path: Path) -> None:
    with serving(tmp_path / "data", program=[sys.executable, "-c", HEALTHY]) as server:
        assert httpx.get(f"{server.address}/healthz").is_success
    assert server.process.poll() is not None


def test_server_that_ends_tells_its_log_at_once(tmp_path: Path) -> None:
    program = [sys.executable, "-c", "import sys; sys.exit('Port is taken')"]
    began = time.monotonic()
    with pytest.raises(AssertionError, match=r"(?s)ended with 1.*Port is taken"):
        serving(tmp_path, program=program).__enter__()
    assert time.monotonic() - began < 10


def test_killed_server_is_gone(tmp_path: Path) -> None:
    with serving(tmp_path / "data", program=[sys.executable, "-c", HEALTHY]) as server:
        server.kill()
        with pytest.raises(httpx.ConnectError):
            httpx.get(f"{server.address}/healthz")
