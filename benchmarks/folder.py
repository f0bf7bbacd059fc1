"""The data folder that big measurements share; made once and kept in `.cache/`. `BENCH_EVENTS` sets its size."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.data import fill
from polku.library import make_folder, open_workspace
from polku.settings import read_settings
from polku.workspace import Workspace

EVENTS = int(float(os.environ.get("BENCH_EVENTS", "20_000_000")))
FOLDERS = Path(__file__).parent.parent / ".cache" / "bench"
FOLDER = FOLDERS / f"{EVENTS}"


def ready(events: int = EVENTS) -> Path:
    """The folder with so many events, of a twentieth as many profiles."""
    folder = FOLDERS / f"{events}"
    done = folder / "filled"
    if not done.exists():
        settings = read_settings(folder)
        make_folder(settings)
        with open_workspace(settings) as workspace:
            seconds = fill(workspace.store, events, events // 20)
        print(f"  (stored {events:,} events in {seconds:.0f} s: {events / seconds:,.0f}/s)", flush=True)
        done.touch()
    return folder


@contextmanager
def opened(events: int = EVENTS) -> Iterator[Workspace]:
    """The folder in this process, with no blocks newer than its events."""
    settings = read_settings(ready(events))
    with open_workspace(settings) as workspace:
        yield workspace
