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
PROFILES = EVENTS // 20
FOLDER = Path(__file__).parent.parent / ".cache" / "bench" / f"{EVENTS}"


def ready() -> Path:
    """The folder, filled."""
    done = FOLDER / "filled"
    if not done.exists():
        settings = read_settings(FOLDER)
        make_folder(settings)
        with open_workspace(settings) as workspace:
            seconds = fill(workspace.store, EVENTS, PROFILES)
        print(f"  (stored {EVENTS:,} events in {seconds:.0f} s: {EVENTS / seconds:,.0f}/s)", flush=True)
        done.touch()
    return FOLDER


@contextmanager
def opened() -> Iterator[Workspace]:
    """The folder in this process, with no blocks newer than its events."""
    settings = read_settings(ready())
    with open_workspace(settings) as workspace:
        yield workspace
