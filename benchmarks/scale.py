"""Every question about journeys on 1, 10 and 100 million events, as users ask it: whole queries, with intervals.

`SCALE_EVENTS=1e9 python -m benchmarks scale` asks a billion: 28 GB of disk, and 16 GiB of memory to be quick.
Each size is asked in a process of its own, so that its memory is its own. Beside each question a plain five-step
funnel is walked over the same blocks on two threads, nothing left out and nothing worked out: how fast the machine is
just then.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numba
import numpy as np
import pyarrow as pa

from benchmarks.data import log
from benchmarks.made import A_PROFILE, folder
from benchmarks.measure import Figure
from polku import journeys
from polku.journeys.asking.answers import Answers
from polku.library import open_workspace
from polku.settings import read_settings
from polku.store import Block, kernels
from polku.workspace import Query, Workspace

SIZES = tuple(int(float(n)) for n in os.environ.get("SCALE_EVENTS", "1e6,1e7,1e8").split(","))
NEW = 1_000_000
FUNNEL = {"steps": ["product", "cart", "checkout", "payment", "order"], "within": "30d"}
QUESTIONS: dict[str, tuple[str, dict[str, Any]]] = {
    "map": ("map", {}),
    "graph, with quantiles of the gaps": ("graph", {}),
    "paths": ("paths", {}),
    "variants": ("variants", {"outcome": "order"}),
    "loops": ("loops", {}),
    "between two touchpoints": ("between", {"start": "product", "end": "order"}),
    "sessions": ("sessions", {}),
    "funnel, five steps within 30 days": ("funnel", FUNNEL),
    "conversion by week": ("conversion", FUNNEL),
    "dropouts": ("dropouts", FUNNEL | {"at": 2}),
    "list of customers": ("customers", {"top": 1000}),
    "volumes": ("volumes", {}),
    "stages": ("stages", {}),
    "retention": ("retention", {}),
    "life cycle": ("lifecycle", {}),
    "comparison of two groups": ("compare", {"who_a": ["met:phone"]}),
    "comparison of two periods": ("compare", {"since": "2026-04-01", "until": "2026-05-31"}),
    "conformance": ("conformance", {"steps": "product,cart<7d,order<1d,delivery<10d"}),
    "types": ("types", {}),
    "attribution": ("attribution", {"outcome": "order"}),
    "next touchpoint": ("next", {"so_far": ["product", "cart"]}),
}
MOST_S = {100_000_000: 0.6, 1_000_000_000: 5.0}
WALK_S = {100_000_000: 0.42, 1_000_000_000: 4.08}
"""What a plain walk took when those limits were set."""
MOST_GB = {100_000_000: 4.0}


def figures() -> Iterator[Figure]:
    told = {events: _in_a_process_of_its_own(events) for events in SIZES}
    _print_table(told)
    for events, of in told.items():
        slowest = max(of["questions"], key=lambda name: of["questions"][name][1])
        yield Figure(
            f"slowest question of {events:,} events: {slowest}", of["questions"][slowest][1], "s",
            target=MOST_S.get(events),
        )  # fmt: skip
        ratio, name = max((of["questions"][name][2], name) for name in of["questions"])
        yield Figure(
            f"  most beside a plain funnel: {name}", ratio, "times",
            target=MOST_S[events] / WALK_S[events] if events in MOST_S else None,
        )  # fmt: skip
        yield Figure("  most memory that was resident", of["memory_gb"], "GB", target=MOST_GB.get(events))
        if "refresh_s" in of:
            yield Figure(f"  blocks refreshed after {NEW:,} new events", of["refresh_s"], "s",
                         target=30 if events == 100_000_000 else None)  # fmt: skip


def _in_a_process_of_its_own(events: int) -> Any:
    folder(events)
    environment = os.environ.copy()
    if events > 100_000_000:
        environment.setdefault("POLKU_VIEWS_MEMORY", "8GB")
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.scale", str(events)], stdout=subprocess.PIPE, text=True, check=True,
        env=environment,
    )  # fmt: skip
    return json.loads(done.stdout)


def _print_table(told: dict[int, Any]) -> None:
    heading = "seconds (the first time), × a walk"
    print(f"  {heading:<36}" + "".join(f"{events:>24,}" for events in told))
    for name in QUESTIONS:
        cells = (of["questions"][name] for of in told.values())
        row = (f"{again:.3f} ({first:.3f}) {ratio:.2f}×" for first, again, ratio in cells)
        print(f"  {name:<36}" + "".join(f"{cell:>24}" for cell in row))


def _asked(events: int) -> dict[str, Any]:
    """Of each question the seconds of the first time, then the median, and that beside a plain walk; most memory; a
    refresh."""
    with open_workspace(read_settings(folder(events))) as workspace:
        kernels.compile_all()
        assert workspace.engine.blocks.events > events * 0.9
        queries = {q.path: q for q in journeys.QUERIES}
        questions = {
            name: _seconds(workspace, queries[f"journeys/{path}"].of(given))
            for name, (path, given) in QUESTIONS.items()
        }
        told = {"questions": questions, "memory_gb": _most_memory_gb()}
        if events <= 100_000_000:
            told["refresh_s"] = _refresh_s(workspace, events)
    return told


def _seconds(workspace: Workspace, query: Query) -> tuple[float, float, float]:
    known, blocks = workspace.part(Answers)._known, workspace.engine.blocks.blocks

    def ask() -> None:
        known.clear()  # else the second answer would be the first one, kept
        query.answer(workspace)

    first = _timed(ask)
    print(f"    {query.path} {first:.3f}", file=sys.stderr, flush=True)
    # one after the other: how fast a virtual machine is changes by the minute
    asked, walked = [], []
    for _ in range(3 if first > 2 else 5):
        asked.append(_timed(ask))
        walked.append(_timed(lambda: _walk(blocks)))
    again = statistics.median(asked)
    return first, again, again / statistics.median(walked)


def _timed(function: Callable[[], object]) -> float:
    start = time.perf_counter()
    function()
    return time.perf_counter() - start


def _walk(blocks: Sequence[Block]) -> None:
    steps = np.arange(5, 10, dtype=np.uint16)
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda b: _funnel(b.starts, b.ends, b.touchpoint, b.time, steps, 30 * 86_400), blocks))


@numba.njit(nogil=True, cache=True)  # type: ignore[untyped-decorator]
def _funnel(starts: Any, ends: Any, touchpoint: Any, time: Any, steps: Any, within: int) -> Any:
    """How many get to each step within so many seconds after the first: as anyone would write it."""
    reached, since = np.zeros(len(steps), np.int64), np.empty(len(steps), np.int64)
    for p in range(len(starts)):
        furthest = 0
        since[:] = -1
        for i in range(starts[p], ends[p]):
            t = np.int64(time[i])
            for s in range(len(steps) - 1, -1, -1):
                if touchpoint[i] == steps[s]:
                    if s == 0:
                        since[0] = t
                        furthest = max(furthest, 1)
                    elif since[s - 1] >= 0 and t - since[s - 1] <= within:
                        since[s] = since[s - 1]
                        furthest = max(furthest, s + 1)
        for s in range(furthest):
            reached[s] += 1
    return reached


def _refresh_s(workspace: Workspace, events: int) -> float:
    """Seconds until new events of the same customers are in the blocks; storing them is not part of it."""
    before = workspace.engine.blocks.events
    run = time.time_ns()  # the folder is kept: events of an earlier run would be known already
    for batch in log(NEW, events // A_PROFILE, seed=2):
        ids = pa.array([f"{run}-{i}" for i in batch["event_id"].to_pylist()])
        workspace.store.append(batch.set_column(batch.schema.get_field_index("event_id"), "event_id", ids))
    start = time.perf_counter()
    after = workspace.engine.refresh().events
    seconds = time.perf_counter() - start
    assert after == before + NEW, (before, after)
    return seconds


def _most_memory_gb() -> float:
    with open("/proc/self/status", encoding="ascii") as status:
        kib = next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))
    return kib * 1024 / 1e9


if __name__ == "__main__":
    print(json.dumps(_asked(int(sys.argv[1]))))
