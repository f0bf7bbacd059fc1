from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from polku.errors import NotReady
from polku.journeys.asking.over_time import ExtentQuestion
from polku.store import Blocks, EventStore, Kind, LocalEngine, Refresher, Snapshot
from polku.store.blocks import BUCKETS, buckets_of
from polku.store.kernels import compile_all, in_request
from polku.store.keys import identifier_key
from tests.events import START, incoming, visits


class Resolution:
    """Each key is its own profile unless `merged` says otherwise; a touchpoint is the number in its name."""

    columns = ()

    def __init__(self, merged: dict[int, int] | None = None, *, split: int = 0, rules: str = "1") -> None:
        self.identity = self.merged = merged or {}
        self.identity_version, self.rules_version = split, rules

    def profiles(self, keys: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
        return np.array([self.merged.get(k, k) for k in keys.tolist()], np.uint64)

    def touchpoints(self, events: pa.Table) -> npt.NDArray[np.uint16]:
        return np.array(
            [int(n[1:] or 0) if n[:1] == "n" else 0 for n in events["name"].to_pylist()], np.uint16
        )


class Rig:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.store = EventStore(folder)
        self.resolution = Resolution()
        self.refresher = Refresher(self.store, folder, self.resolve)

    def resolve(self, _: Snapshot) -> Resolution:
        return self.resolution


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    made = Rig(tmp_path)
    yield made
    made.store.close()


def journeys(blocks: Blocks) -> dict[int, list[int]]:
    """Sequence numbers of each profile, in the order of its block."""
    return {
        int(p): b.seq[b.offsets[i] : b.offsets[i + 1]].tolist()
        for b in blocks.blocks
        for i, p in enumerate(b.profiles)
    }


def expected(store: EventStore, resolution: Resolution) -> dict[int, list[int]]:
    """The same, the slow and obvious way."""
    found: dict[int, list[tuple[int, int]]] = {}
    for e in store.snapshot.sql("SELECT seq, key, occurred_at FROM events WHERE key <> 0").to_pylist():
        at = int(e["occurred_at"].timestamp() * 1000)
        found.setdefault(resolution.merged.get(e["key"], e["key"]), []).append((at, e["seq"]))
    return {p: [seq for _, seq in sorted(rows)] for p, rows in found.items()}


def test_a_block_holds_what_the_events_say(rig: Rig) -> None:
    rig.store.append(
        incoming(
            [
                {"event_id": "1", "user_id": "u", "minute": 5, "name": "n3", "value": 9.5, "source": 4},
                {"event_id": "2", "user_id": "u", "minute": 1, "name": "other", "score": -50.0},
                {"event_id": "3", "name": "nobody's"},
            ]
        )
    )
    blocks = rig.refresher.refresh()
    key = identifier_key("user_id", "u")
    block = blocks.block_of(key)
    rows = block.rows(key)
    assert block.seq[rows].tolist() == [2, 1]
    assert block.touchpoint[rows].tolist() == [0, 3]
    assert block.time[rows].tolist() == [int(START.timestamp()) + 60, int(START.timestamp()) + 300]
    assert block.source[rows].tolist() == [1, 4]
    assert block.value[rows].tolist()[1] == 9.5
    assert np.isnan(block.value[rows][0])
    assert block.score[rows].tolist()[0] == -50
    assert [blocks.kinds[k] for k in block.kind[rows]] == [Kind(1, "other"), Kind(1, "n3")]
    assert (blocks.events, blocks.profiles, blocks.last_seq) == (2, 1, 3)
    assert block.rows(12345) == slice(0, 0)


batch = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 9)), max_size=12)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(batches=st.lists(batch, min_size=1, max_size=5), merges=st.lists(st.integers(0, 6), max_size=3))
def test_refreshing_bit_by_bit_is_as_building_at_once(
    tmp_path_factory: pytest.TempPathFactory, batches: list[list[tuple[int, int]]], merges: list[int]
) -> None:
    """Ties in time, late arrivals, profiles that become one: the order is (time, arrival) all the same."""
    rig = Rig(tmp_path_factory.mktemp("refresh"))
    number = 0
    for events in batches:
        rows = []
        for user, minute in events:
            rows.append(
                {"event_id": f"e{number}", "user_id": f"u{user}", "minute": minute, "name": f"n{user}"}
            )
            number += 1
        rig.store.append(incoming(rows))
        if merges:
            merged = dict(rig.resolution.merged)
            merged[identifier_key("user_id", f"u{merges.pop()}")] = identifier_key("user_id", "u0")
            rig.resolution = Resolution(merged)
        blocks = rig.refresher.refresh()
    assert journeys(blocks) == expected(rig.store, rig.resolution)
    assert journeys(Blocks.open(rig.folder / "blocks")) == journeys(blocks)
    for i, b in enumerate(blocks.blocks):
        assert set(buckets_of(b.profiles).tolist()) <= {i}
        assert b.touchpoint.tolist() == [int(n) for n in b.touchpoint]
    rig.store.close()


def test_a_split_or_a_changed_rule_builds_anew(rig: Rig) -> None:
    rig.store.append(visits(5, 4))
    key, other = (identifier_key("user_id", u) for u in ("u1", "u2"))
    rig.resolution = Resolution({key: other})
    assert rig.refresher.refresh().profiles == 4
    rig.resolution = Resolution(split=1)
    assert rig.refresher.refresh().profiles == 5
    rig.resolution = Resolution(split=1, rules="2")
    rig.resolution.touchpoints = lambda events: np.full(events.num_rows, 9, np.uint16)  # type: ignore[method-assign]
    blocks = rig.refresher.refresh()
    assert {int(t) for b in blocks.blocks for t in b.touchpoint} == {9}
    assert journeys(blocks) == expected(rig.store, rig.resolution)


def test_names_beyond_what_a_block_can_tell_apart_share_the_last_code(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("polku.store.resolving.MOST_KINDS", 3)
    rig.store.append(visits(1, 5))
    assert [k.name for k in rig.refresher.refresh().kinds] == ["n0", "n1", "n2"]
    rig.store.append(incoming([{"event_id": "x", "user_id": "u0", "name": "other"}]))
    blocks = rig.refresher.refresh()
    assert len(blocks.kinds) == 3
    assert sorted(np.concatenate([b.kind for b in blocks.blocks]).tolist()) == [0, 1, 2, 2, 2, 2]


def test_nothing_new_is_nothing_done(rig: Rig) -> None:
    rig.store.append(visits(2, 2))
    first = rig.refresher.refresh()
    assert rig.refresher.refresh() is first


def test_only_changed_buckets_are_written(rig: Rig) -> None:
    rig.store.append(visits(50, 2))
    before = rig.refresher.refresh().files
    rig.store.append(visits(1, 1, 1000))
    after = rig.refresher.refresh().files
    assert sum(a != b for a, b in zip(before, after, strict=True)) == 1
    on_disk = {p.name.split(".")[0] for p in (rig.folder / "blocks").glob("*.arrow")}
    assert on_disk == set(after) - {""}


def test_blocks_are_optional(rig: Rig) -> None:
    rig.store.append(visits(5, 4))
    blocks = rig.refresher.refresh()
    next((rig.folder / "blocks").glob("*.arrow")).unlink()
    assert Blocks.open(rig.folder / "blocks").events == 0
    assert journeys(Refresher(rig.store, rig.folder, rig.resolve).refresh()) == journeys(blocks)


class CountEvents:
    def partial(self, block: object) -> int:
        return len(block)  # type: ignore[arg-type]

    def merge(self, a: int, b: int) -> int:
        return a + b

    def finish(self, partial: int) -> int:
        return partial


def test_a_question_is_asked_of_every_block_in_the_middle_of_ingestion(rig: Rig) -> None:
    rig.refresher.start()
    engine = LocalEngine(rig.refresher)
    for i in range(10):
        rig.store.append(visits(10, 3, i * 100))
        assert engine.ask(CountEvents()) <= 300
    rig.refresher.soon()
    engine.refresh()
    assert engine.ask(CountEvents()) == 300
    assert len(engine.blocks.blocks) == BUCKETS
    engine.close()


def test_who_asks_before_the_first_blocks_are_built_is_told_to_wait(rig: Rig) -> None:
    """Else a page would say that there are no events, just after an import."""
    engine = LocalEngine(rig.refresher)
    question = ExtentQuestion()
    compile_all()
    token = in_request.set(True)
    try:
        assert engine.ask(question) is None  # there is nothing, and that is said
        rig.store.append(visits(5, 4))
        with pytest.raises(NotReady, match="Try again in a moment"):
            engine.ask(question)
        rig.refresher.refresh()
        assert engine.ask(question) is not None
    finally:
        in_request.reset(token)
        engine.close()
