"""Two data folders of different collectors that write to one lake, and one folder that has all of their events."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa

from polku.cli.demo import fill_demo
from polku.collect.store import ensure_source, sources
from polku.library import make_folder, open_workspace
from polku.settings import read_settings
from polku.store import INCOMING
from polku.workspace import Workspace
from tests.folders import DAY

FIRST = datetime(2026, 7, 1, tzinfo=UTC)


@dataclass(frozen=True)
class World:
    """`here` and `there` are the two collectors, `whole` has all events; they were received in the same order."""

    here: Path
    there: Path
    whole: Path
    lake: Path


def make_world(folder: Path, *, customers: int, seed: int = 7) -> World:
    """A demo shop whose events come to two collectors, one event in ten to both."""
    made = World(folder / "here", folder / "there", folder / "whole", folder / "lake")
    demo = folder / "demo"
    fill_demo(read_settings(demo), seed=seed, customers=customers, until=DAY)
    with open_workspace(read_settings(demo)) as workspace:
        events = _in_order(workspace.store.snapshot.columns("events", INCOMING.names))
        with workspace.db.session(read_only=True) as session:
            named = {s.id: (s.name, s.channel) for s in sources(session)}
    for one in (made.here, made.whole):
        make_folder(read_settings(one), touchpoints=False)
        shutil.copy(demo / "polku.db", one / "polku.db")
    make_folder(read_settings(made.there))
    where = np.random.default_rng(seed).choice(3, events.num_rows, p=(0.45, 0.45, 0.1))
    _fill(made.whole, [events])
    # in two lots, so that there are segments as well as what has just come
    _fill(made.here, _halves(events.filter(pa.array(where != 1))))
    with open_workspace(read_settings(made.there)) as workspace:
        numbers = _other_numbers(workspace, named)
        theirs = events.filter(pa.array(where != 0))
        renumbered = pa.array(numbers[theirs["source"].to_numpy()])
        for lot in _halves(theirs.set_column(0, INCOMING.field("source"), renumbered)):
            workspace.store.append(lot)
    return made


def _in_order(events: pa.Table) -> pa.Table:
    """Received in the order in which they occurred, each at a moment of its own."""
    events = events.sort_by([("occurred_at", "ascending"), ("event_id", "ascending")])
    first = int(FIRST.timestamp() * 1_000_000)
    received = pa.array(first + np.arange(events.num_rows) * 1_000).cast(pa.timestamp("us", tz="UTC"))
    at = events.schema.get_field_index("received_at")
    return events.set_column(at, INCOMING.field("received_at"), received).cast(INCOMING)


def _halves(events: pa.Table) -> list[pa.Table]:
    half = events.num_rows // 2
    return [events.slice(0, half), events.slice(half)]


def _fill(folder: Path, lots: list[pa.Table]) -> None:
    with open_workspace(read_settings(folder)) as workspace:
        for lot in lots:
            workspace.store.append(lot)


def _other_numbers(workspace: Workspace, named: dict[int, tuple[str, str]]) -> np.ndarray:
    """The same sources under other numbers: the second collector met them in another order."""
    numbers = np.zeros(max(named) + 1, np.int16)
    with workspace.db.session() as session:
        for number in sorted(named, reverse=True):
            name, channel = named[number]
            numbers[number] = ensure_source(session, name=name, kind="server", channel=channel).id
    return numbers
