"""Importing a real event log (BPI Challenge 2012, 262,200 events) beside a reader in Rust that is made for it.

The log is read from POLKU_REAL_DATA (default: ../shared/data); r4pm is brought into an environment of its own.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks import peers
from benchmarks.measure import Figure, median_seconds
from polku import journeys
from polku.collect.files import import_logs
from polku.collect.files.logs.unpacking import unpacked
from polku.collect.files.logs.xes import XesReader
from polku.collect.files.target import LocalTarget
from polku.exports import EventExport, write
from polku.library import make_folder, open_workspace
from polku.settings import read_settings
from polku.store import kernels

DATA = Path(os.environ.get("POLKU_REAL_DATA", Path(__file__).parent.parent.parent / "shared" / "data"))
LOG = DATA / "service_logs" / "BPI_Challenge_2012.xes.gz"
EVENTS = 262_200
RUNS = 5
ALLOWED = 1.5
"""Of what r4pm needs to read the log."""

READING = """
import json, statistics, sys, time, r4pm
from r4pm import df
def median(read):
    times = []
    for _ in range(1 + int(sys.argv[2])):
        start = time.perf_counter()
        read()
        times.append(time.perf_counter() - start)
    return statistics.median(times[1:])
print(json.dumps({
    "log": median(lambda: r4pm.remove_item(r4pm.import_item("EventLog", sys.argv[1]))),
    "table": median(lambda: df.import_xes(sys.argv[1])),
}))
"""


def figures() -> Iterator[Figure]:
    if not LOG.exists():
        print(f"  (not measured: {LOG} does not exist; POLKU_REAL_DATA says where it is)")
        return
    kernels.compile_all()
    python = peers.made("r4pm")
    theirs = peers.told(python, READING, LOG, str(RUNS))
    reading = median_seconds(_read, RUNS)
    whole = [_imported(number) for number in range(RUNS + 1)][1:]
    again = peers.told(python, READING, LOG, str(RUNS))  # on a busy machine both sides of ours
    log, table = ((theirs[k] + again[k]) / 2 for k in ("log", "table"))
    yield Figure(
        f"reading a log of {EVENTS:,} events (XES) into Arrow",
        reading, "s", target=ALLOWED * log, baseline=table, baseline_name="r4pm, into a table",
    )  # fmt: skip
    yield Figure(
        "importing it into an empty folder, stored and readable",
        sorted(w[0] for w in whole)[RUNS // 2], "s", target=ALLOWED * log, baseline=log,
        baseline_name="r4pm, only reading",
    )  # fmt: skip
    yield Figure("exporting it as XES, gzipped", sorted(w[1] for w in whole)[RUNS // 2], "s")


def _read() -> None:
    with tempfile.TemporaryDirectory() as folder:
        reader = XesReader(unpacked(LOG, Path(folder), keep_going=False))
        assert sum(part.events.num_rows for part in reader.parts(lambda size: None)) == EVENTS


def _imported(number: int) -> tuple[float, float]:
    """Seconds that an import and an export take; the export once only."""
    with tempfile.TemporaryDirectory() as folder:
        settings = read_settings(Path(folder) / "data")
        make_folder(settings)
        with open_workspace(settings) as workspace:
            start = time.perf_counter()
            summary = import_logs([LOG], LocalTarget(workspace.store, workspace.db, journeys.install_plans))
            imported = time.perf_counter() - start
            assert summary.events[0].accepted == EVENTS
            start = time.perf_counter()
            write(Path(folder) / "log.xes.gz", EventExport.of({}).export(workspace, "xes.gz").pieces)
            return imported, time.perf_counter() - start
