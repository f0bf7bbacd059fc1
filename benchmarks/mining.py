"""Journeys beside pm4py and retentioneering: the same log of 10 million events, the same questions, the same answers.

Each peer has an environment of its own and reads the log from Parquet; it is timed there, on what it makes of the log
when it is opened. Cold is from Parquet to the first answer: of Polku from the Parquet files in which its data folder
keeps events, who is who and touchpoints worked out and blocks built; of the others from a file of three columns.
`MINING_EVENTS` sets another size.
"""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks import peers
from benchmarks.folder import opened, ready
from benchmarks.measure import Figure, median_seconds
from polku.journeys import QUERIES, Touchpoints
from polku.journeys.asking.answers import Answers
from polku.journeys.asking.scope import Scope
from polku.journeys.paths.graph import FollowsQuestion
from polku.journeys.sessions.sessions import SessionsQuestion
from polku.store import Blocks, kernels
from polku.workspace import Workspace

EVENTS = int(float(os.environ.get("MINING_EVENTS", "10_000_000")))
STEPS = ["product", "cart", "order"]
PAUSE_S = 1800
MOST_OFF = 0.01
"""Of a median, as a share of it."""

PREPARED = """
import json, sys, time
log, steps = sys.argv[1], sys.argv[2].split(",")
told, seconds = {}, {}
def timed(name, ask, runs=3):
    start = time.perf_counter(); answer = ask(); seconds[name] = time.perf_counter() - start
    if seconds[name] < 5:
        times = []
        for _ in range(runs):
            start = time.perf_counter(); ask(); times.append(time.perf_counter() - start)
        seconds[name] = sorted(times)[runs // 2]
    return answer
"""
PM4PY = (
    PREPARED
    + """
import pandas as pd, pm4py
start = time.perf_counter()
df = pm4py.format_dataframe(pd.read_parquet(log), case_id="profile", activity_key="touchpoint", timestamp_key="at")
counts = pm4py.discover_dfg(df)[0]
seconds["cold"] = time.perf_counter() - start
counts = timed("counts", lambda: pm4py.discover_dfg(df)[0])
told["counts"] = {"|".join(k): int(v) for k, v in counts.items()}
told["variants"] = len(timed("variants", lambda: pm4py.get_variants(df)))
if len(sys.argv) < 4:
    timed("gaps", lambda: pm4py.discover_performance_dfg(df, perf_aggregation_key="median"))
print(json.dumps({"seconds": seconds, "told": told}))
"""
)
RETENTIONEERING = (
    PREPARED
    + """
import pandas as pd
from retentioneering.eventstream.eventstream import Eventstream
start = time.perf_counter()
df = pd.read_parquet(log)
df["at"] = df["at"].dt.tz_localize(None)
stream = Eventstream(df, {"path_cols": ["profile"], "event_col": "touchpoint", "timestamp_col": "at"})
counts = stream.transition_graph_data(edge_weight="count")
seconds["cold"] = time.perf_counter() - start
def pairs(matrix):
    cells = ((f"{a}|{b}", v) for a, row in matrix.iterrows() for b, v in row.items() if v == v)
    cells = ((k, v) for k, v in cells if not k.startswith("path_start|") and not k.endswith("|path_end"))
    return {k: v.total_seconds() if hasattr(v, "total_seconds") else float(v) for k, v in cells}
counts = timed("counts", lambda: stream.transition_graph_data(edge_weight="count"))
told["counts"] = {k: int(v) for k, v in pairs(counts).items() if v}
told["gaps"] = pairs(timed("gaps", lambda: stream.transition_graph_data(edge_weight="time_median")))
split = timed("sessions", lambda: stream.split_sessions(timeout="30m"))
told["sessions"] = int(split.df["session_id"].nunique())
told["funnel"] = [int(s["unique_paths"]) for s in timed("funnel", lambda: stream.funnel_data(steps))["steps"]]
print(json.dumps({"seconds": seconds, "told": told}))
"""
)


def figures() -> Iterator[Figure]:
    folder = ready(EVENTS)
    shutil.rmtree(folder / "blocks", ignore_errors=True)
    with opened(EVENTS) as workspace:
        kernels.compile_all()
        start = time.perf_counter()
        blocks = workspace.engine.refresh()
        _asked(workspace, "graph")()
        cold = time.perf_counter() - start
        log = folder / "log.parquet"
        _write_log(log, blocks, workspace)
        ours, told = _ours(workspace)
    theirs = {
        name: peers.told(peers.made(name), script, log, ",".join(STEPS))
        for name, script in (("pm4py", PM4PY), ("retentioneering", RETENTIONEERING))
    }
    _check(told, {name: of["told"] for name, of in theirs.items()})
    for key, name, times in (
        ("counts", "directly-follows counts", 100),
        ("gaps", "directly-follows with quantiles of the gaps", 50),
        ("variants", "variants", 50),
        ("sessions", "sessions", 50),
        ("funnel", "funnel within 30 days (theirs without a window)", 10),
        ("cold", "cold: Parquet to graph", 5),
    ):
        each = {peer: of["seconds"][key] for peer, of in theirs.items() if key in of["seconds"]}
        best = min(each, key=lambda peer: each[peer])
        value = cold if key == "cold" else ours[key]
        yield Figure(f"{name}, {EVENTS:,} events", value, "s", target=each[best] / times, baseline=each[best],
                     baseline_name=best)  # fmt: skip


def _asked(workspace: Workspace, path: str, **given: Any) -> Callable[[], Any]:
    """A whole query, answered anew each time."""
    query = next(q for q in QUERIES if q.path == f"journeys/{path}").of(given)
    known = workspace.part(Answers)._known

    def ask() -> Any:
        known.clear()
        return query.answer(workspace)

    return ask


def _ours(workspace: Workspace) -> tuple[dict[str, float], dict[str, Any]]:
    """Seconds, and what is compared with the peers' answers."""
    touchpoints = workspace.part(Touchpoints).catalogue().touchpoints
    scope, keys = Scope(tuple(t.code for t in touchpoints)), [t.key for t in touchpoints]
    follows = lambda: workspace.engine.ask(FollowsQuestion(scope))  # noqa: E731
    sessions = lambda: workspace.engine.ask(SessionsQuestion(scope, PAUSE_S))  # noqa: E731
    graph, variants = _asked(workspace, "graph"), _asked(workspace, "variants", longest=1_000)
    seconds = {
        "counts": median_seconds(follows),
        "gaps": median_seconds(graph),
        "variants": median_seconds(variants),
        "sessions": median_seconds(sessions),
        "funnel": median_seconds(_asked(workspace, "funnel", steps=STEPS, within="30d")),
    }
    found = follows()
    pairs = zip(found.came.tolist(), found.went.tolist(), found.counts.tolist(), strict=True)
    told = {
        "counts": {f"{keys[a]}|{keys[b]}": n for a, b, n in pairs},
        "gaps": {f"{t.came.key}|{t.went.key}": t.after_s.estimate for t in graph().transitions},
        "variants": variants().different,
        "sessions": int(sessions().sizes.sum()),
        "funnel": [s.profiles for s in _asked(workspace, "funnel", steps=STEPS)().steps],
    }
    return seconds, told


def _check(ours: dict[str, Any], theirs: dict[str, dict[str, Any]]) -> None:
    """Exits where an answer differs."""
    for peer, told in theirs.items():
        for key, answer in told.items():
            mine = ours[key]
            if key == "gaps":
                off = {
                    k: (g, answer[k]) for k, g in mine.items() if abs(g - answer[k]) > MOST_OFF * answer[k]
                }
            elif key == "counts":
                off = {k: (mine.get(k), answer.get(k)) for k in mine | answer if mine.get(k) != answer.get(k)}
            else:
                off = {} if answer == mine else {key: (mine, answer)}
            if off:
                sys.exit(f"{key}: Polku and {peer} differ: {str(off)[:1_000]}")


def _write_log(file: Path, blocks: Blocks, workspace: Workspace) -> None:
    """The touchpoints of the blocks as a log of three columns, in their order, with times in whole seconds as kernels
    see them."""
    by_code = workspace.part(Touchpoints).catalogue().by_code
    names = pa.array([by_code[c].key if c in by_code else None for c in range(max(by_code) + 1)])
    parts, first = [], 0
    for block in blocks.blocks:
        here = block.touchpoint > 0
        profile = first + np.repeat(np.arange(len(block.profiles)), np.diff(block.offsets))[here]
        parts.append((profile, block.time[here].astype(np.int64), block.touchpoint[here]))
        first += len(block.profiles)
    profile, at, code = (np.concatenate(column) for column in zip(*parts, strict=True))
    rows = pa.table(
        {
            "profile": pa.array(profile).cast(pa.string()),
            "touchpoint": names.take(pa.array(code)),
            "at": pa.array(at, pa.timestamp("s", tz="UTC")),
        }
    )
    pq.write_table(rows, file)
