"""Blocks of a lake, built here as on a cluster: the same journeys as a folder that has all events."""

from __future__ import annotations

import json
import os
import pickle
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from polku import lake as lakes
from polku.collect.store import ensure_source
from polku.errors import InvalidInput
from polku.journeys import STAGES, install_stages
from polku.lake.work import build, is_stale
from polku.library import open_workspace
from polku.profiles import Identities
from polku.profiles.decisions import DecisionKind
from polku.profiles.trait_columns import TraitColumns
from polku.settings import read_settings
from polku.store import Block, Blocks
from polku.store.keys import identifier_key
from polku.store.lake.building import Bucket, PartFile, Plan, first_of_each, resolve, survey, write_bucket
from polku.store.lake.collectors import Damage
from polku.store.lake.compacting import compact
from polku.store.lake.events import LakeEvents
from polku.store.lake.place import Place
from polku.store.lake.versions import Version, current, open_version, publish
from polku.store.lake.writing import collector_id
from polku.workspace import Workspace
from tests.databases import tables_in
from tests.events import START, incoming


class BuildsHere:
    """An engine that builds by the functions that a cluster's workers run, one after the other."""

    def __init__(self, workspace: Workspace, lake: Place) -> None:
        self.local, self.lake, self.workspace = workspace.local, lake, workspace
        self.version: Version | None = None

    def build(
        self,
        plan: Plan,
        parts: Sequence[PartFile],
        *,
        as_of: datetime,
        events: int,
        seen: dict[str, int],
        damaged: Sequence[Damage],
    ) -> Version:
        plan = pickle.loads(pickle.dumps(plan))  # as it is sent
        found = [survey(plan.lake, p) for p in parts]
        plan = replace(plan, kinds=tuple(dict.fromkeys(k for s in found for k in s.kinds)))
        chunks = [c for p, s in zip(parts, found, strict=True) if not s.damage for c in resolve(plan, p)]
        if plan.deduplicate:
            chunks = [
                c for g in range(plan.buckets) for c in first_of_each(plan, [b for n, b in chunks if n == g])
            ]
        buckets: list[Bucket] = [
            write_bucket(plan, n, [b for m, b in chunks if m == n]) for n in range(plan.buckets)
        ]
        return publish(
            plan.lake,
            plan.folder,
            buckets,
            kinds=plan.kinds,
            as_of=as_of,
            identity_version=plan.resolution.identity_version,
            rules_version=plan.resolution.rules_version,
            collectors=seen,
            damaged=[*damaged, *(s.damage for s in found if s.damage)],
        )

    def refresh(self) -> Blocks:
        folder = current(self.lake, collector_id(self.workspace.settings.folder))
        assert folder is not None
        self.version = open_version(self.lake, folder)
        return self.version.blocks

    @property
    def blocks(self) -> Blocks:
        assert self.version is not None
        return self.version.blocks

    def soon(self) -> None:
        """Nothing here waits."""

    @property
    def statements(self) -> Any:
        assert self.version is not None
        return self.version.statements(self.lake, self.workspace.store.snapshot.duckdb)


def _sources(session: Session) -> None:
    install_stages(session, STAGES)
    for source in ("web", "till"):
        ensure_source(session, name=source, kind="server")


def _sources_of_b(session: Session) -> None:
    install_stages(session, STAGES)
    for source in ("till", "web"):
        ensure_source(session, name=source, kind="server")


class Three:
    """Two collectors (`a` asks) and a folder that is handed all events in the order in which they are received."""

    def __init__(self, folder: Path) -> None:
        self.lake = Place(str(folder / "lake"))
        self.folders = {n: folder / n for n in ("a", "b", "whole")}
        for name, one in self.folders.items():
            one.mkdir(parents=True)
            tables_in(one, _sources if name != "b" else _sources_of_b).close()
            (one / "events").mkdir()

    def take(self, rows: Sequence[dict[str, Any]]) -> None:
        """Rows are received a second apart; `to` says by whom (a, b, ab), `from_` is the source's name."""
        lots: dict[str, list[dict[str, Any]]] = {n: [] for n in self.folders}
        for number, row in enumerate(rows):
            event = {k: v for k, v in row.items() if k not in ("to", "from_")}
            event = {
                "event_id": f"e{number}",
                "received_at": START + timedelta(days=9, seconds=number),
            } | event
            for name in (*row.get("to", "a"), "whole"):
                order = ["web", "till"] if name != "b" else ["till", "web"]
                lots[name].append(event | {"source": 1 + order.index(row.get("from_", "web"))})
        for name, events in lots.items():
            with self.opened(name) as workspace:
                workspace.store.append(incoming(events))
                if name != "whole":
                    lakes.write(workspace)

    def opened(self, name: str) -> Any:
        return open_workspace(read_settings(self.folders[name], lake=self.lake.url))

    def built(self, buckets: int = 0) -> tuple[Version, lakes.Built]:
        with self.opened("a") as workspace:
            engine = BuildsHere(workspace, self.lake)
            told = build(replace(workspace, engine=engine, own_engine=workspace.engine), buckets=buckets)
            assert engine.version is not None
            return engine.version, told

    def whole(self) -> Blocks:
        with self.opened("whole") as workspace:
            return workspace.engine.refresh()


@pytest.fixture
def three(tmp_path: Path) -> Three:
    return Three(tmp_path)


def journeys(blocks: Blocks) -> dict[int, list[tuple[Any, ...]]]:
    """Each profile's events, without the numbers that differ."""
    return {int(p): _events(blocks, b, i) for b in blocks.blocks for i, p in enumerate(b.profiles)}


def _events(blocks: Blocks, block: Block, profile: int) -> list[tuple[Any, ...]]:
    rows = range(int(block.starts[profile]), int(block.ends[profile]))
    names = ("time", "millisecond", "touchpoint", "source")
    return [(blocks.kinds[block.kind[r]], *(int(getattr(block, n)[r]) for n in names)) for r in rows]


def test_blocks_of_two_collectors_are_those_of_one_folder(three: Three) -> None:
    three.take(
        [
            {"anonymous_id": "x", "minute": 3, "name": "seen", "to": "a"},
            {"anonymous_id": "x", "user_id": "u", "minute": 1, "name": "in", "to": "b", "value": 9.5},
            {"user_id": "u", "minute": 1, "name": "bought", "to": "ab", "from_": "till"},
            {"user_id": "v", "minute": 2, "name": "bought", "to": "b", "from_": "till"},
            {"user_id": "v", "type": 4, "name": "", "properties": {"plan": "pro"}, "to": "b"},
        ]
    )
    version, told = three.built()
    whole = three.whole()
    assert journeys(version.blocks) == journeys(whole)
    assert (told.events, told.profiles, told.collectors, told.damaged) == (5, 2, 2, ())
    assert (version.blocks.events, version.blocks.profiles) == (whole.events, whole.profiles)
    assert version.said == ((version.said[0][0], 1),)


event = st.fixed_dictionaries(
    {
        "user_id": st.sampled_from([None, "u1", "u2", "u3"]),
        "anonymous_id": st.sampled_from([None, "x", "y", "z"]),
        "identifiers": st.sampled_from([None, [["email", "m@x.fi"]], [["email", "n@x.fi"], ["phone", "1"]]]),
        "minute": st.integers(0, 4),
        "name": st.sampled_from(["n1", "n2"]),
        "to": st.sampled_from(["a", "b", "ab"]),
        "from_": st.sampled_from(["web", "till"]),
    }
)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(event, min_size=1, max_size=14))
def test_whoever_was_handed_them_events_make_the_same_journeys(
    tmp_path_factory: pytest.TempPathFactory, rows: list[dict[str, Any]]
) -> None:
    """Two users on one device, ties in time, events that came to both: as if all had come to one folder."""
    three = Three(tmp_path_factory.mktemp("three"))
    three.take(rows)
    assert journeys(three.built()[0].blocks) == journeys(three.whole())


def test_a_device_goes_to_whom_it_was_seen_with_first_wherever_that_was(three: Three) -> None:
    three.take(
        [
            {"user_id": "u1", "to": "b", "name": "early"},
            {"user_id": "u1", "to": "b", "name": "early"},
            {"user_id": "u1", "anonymous_id": "x", "to": "b"},
            {"user_id": "u2", "anonymous_id": "x", "to": "a"},  # refused: two users
            {"user_id": "u1", "anonymous_id": "x", "to": "a"},
            {"anonymous_id": "x", "to": "a", "name": "alone"},
        ]
    )
    found = journeys(three.built()[0].blocks)
    assert found == journeys(three.whole())
    assert {p: len(events) for p, events in found.items()} == {
        identifier_key("user_id", "u1"): 5,
        identifier_key("user_id", "u2"): 1,
    }


def test_the_same_id_of_two_sources_is_two_events(three: Three) -> None:
    three.take(
        [
            {"event_id": "1", "user_id": "u", "name": "a", "to": "a", "from_": "web"},
            {"event_id": "1", "user_id": "u", "name": "b", "to": "b", "from_": "till"},
        ]
    )
    assert three.built()[1].events == 2


def test_of_an_event_that_came_to_both_the_first_stays(three: Three) -> None:
    """Also when the two carry other identifiers, and so would be of other profiles."""
    three.take([{"event_id": "1", "anonymous_id": "x", "name": "first", "to": "b"}])
    with three.opened("a") as workspace:
        later = {"event_id": "1", "user_id": "u", "name": "later", "received_at": START + timedelta(days=10)}
        workspace.store.append(incoming([later]))
        lakes.write(workspace)
    version, told = three.built()
    assert told.events == 1
    assert list(journeys(version.blocks)) == [identifier_key("anonymous_id", "x")]


def test_more_buckets_hold_the_same(three: Three) -> None:
    three.take([{"user_id": f"u{i}", "minute": i, "to": "ab"[i % 2]} for i in range(40)])
    version, _ = three.built(buckets=256)
    assert len(version.blocks.blocks) == 256
    assert journeys(version.blocks) == journeys(three.whole())
    key = identifier_key("user_id", "u7")
    assert key in version.blocks.block_of(key).profiles


def test_a_decision_counts_from_the_moment_it_was_made(three: Three) -> None:
    three.take([{"user_id": "u1", "to": "a"}, {"user_id": "u2", "to": "b"}])
    with three.opened("a") as workspace:
        pair = (identifier_key("user_id", "u1"), identifier_key("user_id", "u2"))
        workspace.part(Identities).decide(DecisionKind.SAME, [pair], who="test")
    assert three.built()[1].profiles == 1


def test_traits_are_those_of_all_collectors(three: Three) -> None:
    three.take(
        [
            {"user_id": "u1", "type": 4, "properties": {"plan": "basic"}, "minute": 1, "to": "a"},
            {"user_id": "u1", "type": 4, "properties": {"plan": "pro"}, "minute": 2, "to": "b"},
            {"user_id": "u2", "type": 4, "properties": {"plan": "basic"}, "minute": 2, "to": "b"},
        ]
    )
    with three.opened("a") as workspace:
        engine = BuildsHere(workspace, three.lake)
        asking = replace(workspace, engine=engine, own_engine=workspace.engine, _parts={})
        build(asking)
        column = asking.part(TraitColumns).column("plan")
        profiles = np.array([identifier_key("user_id", u) for u in ("u1", "u2", "u3")], np.uint64)
        assert [column.values[c] if c >= 0 else None for c in column.of(profiles)] == ["pro", "basic", None]
        assert asking.part(TraitColumns).names() == ["plan"]


def test_events_are_found_by_the_numbers_of_blocks(three: Three) -> None:
    """Whichever collector has them, also after its files were merged; the number of another finds nothing."""
    three.take([{"user_id": f"u{i % 3}", "to": "ab"[i % 2], "properties": {"n": i}} for i in range(9)])
    more = [{"event_id": f"m{i}", "user_id": "u1", "to": "b", "properties": {"n": 100 + i}} for i in range(3)]
    three.take(more)
    version, _ = three.built()
    compact(three.lake)
    stored = LakeEvents(three.lake, list(version.collectors))
    seqs = np.concatenate([b.seq for b in version.blocks.blocks])
    found = stored.rows(np.append(seqs, [77, 5 << 40]), ["properties", "name"])
    assert sorted(found["seq"].to_pylist()) == sorted(seqs.tolist())
    told = dict(zip(found["seq"].to_pylist(), found["properties"].to_pylist(), strict=True))
    assert {json.loads(p)["n"] for p in told.values()} == {*range(9), 100, 101, 102}
    block = version.blocks.block_of(identifier_key("user_id", "u0"))
    for seq in block.seq[block.rows(identifier_key("user_id", "u0"))].tolist():
        assert json.loads(told[seq])["n"] % 3 == 0
        assert stored.rows(np.array([seq]), ["properties"])["properties"].to_pylist() == [told[seq]]


def test_a_half_written_file_is_told_and_the_rest_goes_on(three: Three) -> None:
    three.take([{"user_id": "u1", "to": "a"}, {"user_id": "u2", "to": "b"}])
    file = next((Path(three.lake.url) / "collectors" / collector_id(three.folders["b"]) / "events").glob("*"))
    os.truncate(file, file.stat().st_size // 2)
    version, told = three.built()
    assert told.events == 1
    assert [Path(d.file).name for d in told.damaged] == [file.name]
    assert version.damaged == open_version(three.lake, version.folder).damaged
    assert [d.file.rpartition("/")[2] for d in lakes.contents(three.lake).damaged].count(file.name) >= 1


def test_a_file_that_is_damaged_inside_is_told_too(three: Three) -> None:
    three.take([{"user_id": f"u{i}", "properties": {"n": i}, "to": "a"} for i in range(200)])
    file = next((Path(three.lake.url) / "collectors" / collector_id(three.folders["a"]) / "events").glob("*"))
    body = bytearray(file.read_bytes())
    body[4 : len(body) // 2] = bytes(len(body) // 2 - 4)
    file.write_bytes(body)
    assert len(three.built()[1].damaged) >= 1


def test_sources_of_others_become_known(three: Three) -> None:
    with three.opened("b") as workspace:
        with workspace.db.session() as session:
            new = ensure_source(session, name="Phone", kind="server", channel="phone").id
        workspace.store.append(incoming([{"user_id": "u", "source": new}]))
        lakes.write(workspace)
    three.take([{"user_id": "v", "to": "a"}])
    version, _ = three.built()
    with three.opened("a") as workspace, workspace.db.session() as session:
        number = ensure_source(session, name="Phone", kind="file").id
    assert {e[-1] for events in journeys(version.blocks).values() for e in events} == {1, number}


def test_blocks_are_stale_when_something_has_changed(three: Three) -> None:
    three.take([{"user_id": "u1", "to": "a"}])
    with three.opened("a") as workspace:
        asking = replace(workspace, engine=BuildsHere(workspace, three.lake), own_engine=workspace.engine)
        assert is_stale(asking)
        build(asking)
        assert not is_stale(asking)
        rules = replace(asking.part(Identities).rules, limit=3)
        asking.part(Identities).change_rules(rules, who="test")
        assert is_stale(asking)


def test_older_versions_go_in_a_while_but_not_the_one_before(
    three: Three, monkeypatch: pytest.MonkeyPatch
) -> None:
    three.take([{"user_id": "u1", "to": "a"}])
    first, second = three.built()[0].folder, three.built()[0].folder
    monkeypatch.setattr("polku.store.lake.versions.KEEP_OLD", timedelta(seconds=-5))
    third = three.built()[0].folder
    there = {p.name for p in (Path(three.lake.url) / first).parent.iterdir() if p.is_dir()}
    assert there == {f.rpartition("/")[2] for f in (second, third)}


def test_without_a_cluster_it_says_so(three: Three) -> None:
    three.take([{"user_id": "u1", "to": "a"}])
    with three.opened("a") as workspace, pytest.raises(InvalidInput, match="POLKU_ENGINE"):
        build(workspace)
