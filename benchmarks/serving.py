"""The real server on the big data folder: pages, questions while events come in, a customer's timeline, memory."""

from __future__ import annotations

import random
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from benchmarks.folder import EVENTS, FOLDER, opened, ready
from benchmarks.ingesting import sent
from benchmarks.measure import Figure, quantile
from benchmarks.servers import Running, copy_of, polku_serving

PAGES = (
    "/journeys/map",
    "/journeys/paths",
    "/journeys/map/product",
    "/profiles",
    "/reviews",
    "/touchpoints",
    "/sources",
    "/live",
    "/rejected",
    "/settings/account",
)
PROFILES = EVENTS // 20
PACED = 5_000
"""Events a second of a large web shop, while timelines are asked for."""
FUNNEL = {"steps": "product,cart,checkout,payment,order", "within": "30d"}
PERSON = {
    "name": "Bench",
    "email": "bench@example.com",
    "password": "only for measuring",
    "company": "Bench",
    "language": "en",
}


def figures() -> Iterator[Figure]:
    ready()
    with opened() as workspace:
        workspace.engine.refresh()
    with tempfile.TemporaryDirectory() as empty:
        yield _first_start(empty)
    copy = copy_of(FOLDER, FOLDER.with_name(f"{EVENTS}-serving"))
    with polku_serving(copy) as server:
        server.until_warm()
        yield Figure(f"first page of a server on {EVENTS:,} events", server.first_page_s, "s", 5)
        yield from _pages(server)
        yield from _timelines(server, "idle")
        yield from _while_ingesting(server)
        yield Figure("most memory of the server", server.most_memory_gib(), "GiB", 3)


def _first_start(empty: str) -> Figure:
    """On a new machine: no kernel has ever been compiled."""
    with (
        tempfile.TemporaryDirectory() as folder,
        polku_serving(Path(folder) / "data", POLKU_KERNEL_CACHE=empty) as server,
    ):
        return Figure("first page of the very first start, nothing compiled", server.first_page_s, "s", 5)


def _pages(server: Running) -> Iterator[Figure]:
    with httpx.Client(base_url=server.address, follow_redirects=True, timeout=60, trust_env=False) as browser:
        form = browser.get("/setup").text
        token = form.split('name="csrf_token" value="')[1].split('"')[0]
        browser.post("/setup", data={**PERSON, "csrf_token": token}).raise_for_status()
        some = f"/profiles/customer-{PROFILES // 3}"
        for page in (*PAGES, some):
            times = []
            for _ in range(7):
                start = time.perf_counter()
                browser.get(page).raise_for_status()
                times.append(time.perf_counter() - start)
            name = "a customer" if page == some else page
            yield Figure(f"HTML of {name}: first", times[0] * 1000, "ms", 300)
            yield Figure(f"HTML of {name}: median", quantile(times, 0.5) * 1000, "ms", 300)


def _timelines(server: Running, when: str) -> Iterator[Figure]:
    rng = random.Random(5)
    times = []
    headers = {"Authorization": server.client.headers["Authorization"]}
    # The plainest client there is: a richer one takes up to three milliseconds of a busy machine for itself.
    with closing(HTTPConnection(urlsplit(server.address).netloc)) as client:
        for _ in range(1000):
            who = f"customer-{rng.randrange(PROFILES // 2)}"
            start = time.perf_counter()
            client.request("GET", f"/api/v1/profiles/timeline?id={who}", headers=headers)
            answer = client.getresponse()
            answer.read()
            times.append((time.perf_counter() - start) * 1000)
            assert answer.status == 200, answer.status
    yield Figure(f"timeline of a random profile, {when}: median", quantile(times, 0.5), "ms")
    yield Figure(f"timeline of a random profile, {when}: p99", quantile(times, 0.99), "ms", 20)


def _while_ingesting(server: Running) -> Iterator[Figure]:
    asking, answers = threading.Event(), []

    def ask() -> None:
        with httpx.Client(
            base_url=server.address, headers=server.client.headers, timeout=60, trust_env=False
        ) as client:
            while not asking.is_set():
                for path, values in (("journeys/graph", {}), ("journeys/funnel", FUNNEL)):
                    start = time.perf_counter()
                    client.get(f"/api/v1/{path}", params=values).raise_for_status()
                    answers.append((time.perf_counter() - start) * 1000)
                time.sleep(0.2)

    thread = threading.Thread(target=ask)
    thread.start()
    report = sent(server.address, server.write_key, 300_000, batch=100, seed=11)
    asking.set()
    thread.join()
    yield Figure("durable events while questions run", report.events_per_s, "events/s")
    yield Figure("p99 of a request while questions run", report.p99_ms, "ms", 250)
    yield Figure("a question while events come in: median", quantile(answers, 0.5), "ms")
    yield from _timelines_while(server, PACED, f"while {PACED:,} events/s come in")


def _timelines_while(server: Running, rate: int, when: str) -> Iterator[Figure]:
    """Timelines while events come in at a steady rate, from another process: this one only waits for answers."""
    load = [sys.executable, "-m", "benchmarks.load", server.address, "--write-key", server.write_key]
    paced = [*load, "--rate", str(rate), "--events", str(rate * 120), "--seed", "1000"]
    with subprocess.Popen(paced, stdout=subprocess.PIPE) as sender:
        assert sender.stdout
        sender.stdout.readline()  # its bodies are made
        time.sleep(1)
        yield from _timelines(server, when)
        assert sender.poll() is None, "no events came any more"
        sender.kill()
