"""Questions over journey blocks, each beside DuckDB SQL over the same events sorted by profile and time."""

from __future__ import annotations

import resource
import shutil
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from functools import partial

import duckdb
import numpy as np
import pyarrow as pa

from benchmarks.folder import EVENTS, opened, ready
from benchmarks.measure import Figure, median_seconds
from polku.journeys import Touchpoints
from polku.journeys.asking.answers import Answers
from polku.journeys.asking.scope import Scope
from polku.journeys.funnel.funnel import FunnelQuestion, Way
from polku.journeys.map.queries import JourneyMap
from polku.journeys.paths.graph import FollowsQuestion
from polku.journeys.sessions.sessions import SessionsQuestion
from polku.store import Blocks, kernels
from polku.workspace import Workspace

STEPS = ("product", "cart", "checkout", "payment", "order")
WINDOW_S = int(timedelta(days=30).total_seconds())
PAUSE_S = 1800

GRAPH = """
SELECT touchpoint, next, count(*) AS n, avg(gap) FROM (
  SELECT touchpoint, lead(touchpoint) OVER w AS next, lead(time) OVER w - time AS gap FROM log
  WINDOW w AS (PARTITION BY profile ORDER BY place)
) WHERE next IS NOT NULL GROUP BY ALL"""

SESSIONS = f"""
SELECT count(*) FROM (
  SELECT time - lag(time) OVER (PARTITION BY profile ORDER BY place) AS gap FROM log
) WHERE gap IS NULL OR gap > {PAUSE_S}"""


def funnel_sql(steps: list[int]) -> str:
    """The latest start from which each step was reached, carried along each journey step by step."""
    inner = f"SELECT *, CASE WHEN touchpoint = {steps[0]} THEN time END AS s0 FROM log"
    for k in range(1, len(steps)):
        before = f"max(s{k - 1}) OVER (PARTITION BY profile ORDER BY place ROWS UNBOUNDED PRECEDING)"
        inner = (
            f"SELECT *, CASE WHEN touchpoint = {steps[k]} AND time - {before} <= {WINDOW_S} THEN {before} END AS s{k} "
            f"FROM ({inner})"
        )
    counts = ", ".join(f"count(DISTINCT profile) FILTER (s{k} IS NOT NULL)" for k in range(len(steps)))
    return f"SELECT {counts} FROM ({inner})"


def figures() -> Iterator[Figure]:
    shutil.rmtree(ready() / "blocks", ignore_errors=True)
    with opened() as workspace:
        kernels.compile_all()
        start = time.perf_counter()
        blocks = workspace.engine.refresh()
        yield Figure(f"blocks of {EVENTS:,} events built", time.perf_counter() - start, "s", target=15)
        yield from _questions(workspace, blocks)


def _questions(workspace: Workspace, blocks: Blocks) -> Iterator[Figure]:
    catalogue = workspace.part(Touchpoints).catalogue()
    scope = Scope(tuple(t.code for t in catalogue.touchpoints))
    steps = [catalogue.touchpoint(s).code for s in STEPS]
    ask = workspace.engine.ask
    follows, climbed, sessions = (
        FollowsQuestion(scope),
        FunnelQuestion(Way(Scope(tuple(steps)), tuple((s,) for s in steps), within=WINDOW_S)),
        SessionsQuestion(scope, PAUSE_S),
    )
    ours = {
        "directly-follows graph": lambda: ask(follows),
        "five-step funnel within 30 days": lambda: ask(climbed),
        "sessions": lambda: ask(sessions),
    }
    times = {name: median_seconds(question) for name, question in ours.items()}
    journey_map, known = JourneyMap(), workspace.part(Answers)._known

    def asked_anew() -> None:
        known.clear()
        journey_map.answer(workspace)

    map_s = median_seconds(asked_anew)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    yield Figure("most memory of this process, before the baseline's table", peak, "GiB", target=3)
    database = _baseline(blocks)
    theirs = {
        "directly-follows graph": GRAPH,
        "five-step funnel within 30 days": funnel_sql(steps),
        "sessions": SESSIONS,
    }
    answers = {}
    for name, sql in theirs.items():
        answers[name] = database.execute(sql).fetchall()
        baseline = median_seconds(partial(_fetch, database, sql), runs=3)
        yield Figure(name, times[name], "s", target=0.3, baseline=baseline, baseline_name="DuckDB")
    yield Figure("journey map, whole query", map_s, "s", target=0.3)
    _check("graph", int(ask(follows).counts.sum()), sum(r[2] for r in answers["directly-follows graph"]))
    _check("funnel", ask(climbed).reached.tolist(), list(answers["five-step funnel within 30 days"][0]))
    _check("sessions", int(ask(sessions).sizes.sum()), answers["sessions"][0][0])


def _baseline(blocks: Blocks) -> duckdb.DuckDBPyConnection:
    """The touchpoints of the blocks as a DuckDB table in the same order."""
    database = duckdb.connect(config={"threads": "2", "memory_limit": "8GB"})
    database.execute("SET enable_progress_bar = false")
    database.execute("CREATE TABLE log (profile BIGINT, place BIGINT, time BIGINT, touchpoint INTEGER)")
    first = 0
    for block in blocks.blocks:
        here = block.touchpoint > 0
        profile = first + np.repeat(np.arange(len(block.profiles)), np.diff(block.offsets))[here]
        rows = pa.table(  # noqa: F841 - DuckDB finds it by name
            {
                "profile": profile,
                "place": np.arange(len(block))[here],
                "time": block.time[here].astype(np.int64),
                "touchpoint": block.touchpoint[here],
            }
        )
        database.execute("INSERT INTO log SELECT * FROM rows")
        first += len(block.profiles)
    return database


def _fetch(database: duckdb.DuckDBPyConnection, sql: str) -> None:
    database.execute(sql).fetchall()


def _check(name: str, ours: object, theirs: object) -> None:
    if ours != theirs:
        sys.exit(f"{name}: Polku says {ours}, DuckDB says {theirs}")
