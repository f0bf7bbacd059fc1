"""Events in a lake: each once, whatever was cut short."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from polku.errors import Conflict, NotFound
from polku.store import EventStore
from polku.store.lake import collectors as lake_collectors
from polku.store.lake import compacting
from polku.store.lake.collectors import Collector, collectors
from polku.store.lake.compacting import Compacted, compact
from polku.store.lake.place import Place
from tests.events import incoming, visits
from tests.lake.conftest import Rig


def stored(rig: Rig, table: str = "events") -> pa.Table:
    """All that the lake's manifests name of a table, in order of numbers."""
    place = Path(rig.lake.url)
    parts = [
        pq.read_table(place / c.place / p.files[table].name)
        for c in collectors(rig.lake)[0]
        for p in c.parts
        if table in p.files
    ]
    return pa.concat_tables(parts)


def held(rig: Rig, table: str = "events") -> list[dict[str, object]]:
    names = stored(rig, table).schema.names
    names = [n for n in names if table == "events" or n != "received_at"]
    return rig.store.snapshot.columns(table, names).to_pylist()


def test_the_lake_has_what_the_folder_has(rig: Rig) -> None:
    rig.store.append(visits(30, 80))  # two segments and a tail
    rig.store.append(incoming([{"event_id": "x", "user_id": "u1", "anonymous_id": "a1"}]))
    done = rig.write()
    assert (done.events, done.total, done.mended) == (2401, 2401, 0)
    assert stored(rig).to_pylist() == held(rig)
    for table in ("identifiers", "edges"):
        rows = stored(rig, table)
        assert rows.drop_columns(["received_at"]).to_pylist() == held(rig, table)
        received = dict(zip(*(stored(rig)[c].to_pylist() for c in ("seq", "received_at")), strict=True))
        assert rows["received_at"].to_pylist() == [received[s] for s in rows["seq"].to_pylist()]


def test_writing_again_writes_nothing(rig: Rig) -> None:
    rig.store.append(visits(5, 4))
    rig.write()
    before = [(p, p.stat().st_mtime_ns) for p in rig.files()]
    assert (rig.write().events, rig.write().files) == (0, 0)
    assert [(p, p.stat().st_mtime_ns) for p in rig.files()] == before


def test_only_what_is_new_is_written(rig: Rig) -> None:
    rig.store.append(visits(5, 4))
    rig.write()
    rig.store.append(visits(5, 2, first=100))
    assert rig.write().events == 10
    assert stored(rig).to_pylist() == held(rig)


@pytest.mark.parametrize("damage", ["cut", "gone"])
def test_a_damaged_file_is_told_and_written_again(rig: Rig, damage: str) -> None:
    rig.store.append(visits(5, 4))
    rig.write()
    rig.store.append(visits(5, 2, first=100))
    rig.write()
    first = rig.files()[0]
    if damage == "cut":
        os.truncate(first, first.stat().st_size // 2)
    else:
        first.unlink()
    found = collectors(rig.lake)[0][0]
    assert [p.first for p in found.damaged(rig.lake.names(found.place))] == [1]
    done = rig.write()
    assert (done.events, done.mended, done.total) == (20, 2, 30)  # its identifiers are written again with it
    assert stored(rig).to_pylist() == held(rig)


def test_what_no_manifest_names_is_not_there(rig: Rig) -> None:
    """A crash left a half-written file and a whole one: neither is read, and the next writing removes them."""
    rig.store.append(visits(5, 4))
    rig.write()
    left = rig.files()[0].with_name("000000000001-000000000099-abc.parquet")
    left.write_bytes(rig.files()[0].read_bytes())
    half = left.with_name(left.name + ".77.part")
    half.write_bytes(b"PAR1")
    assert stored(rig).num_rows == 20
    rig.write()
    assert not left.exists()
    assert not half.exists()


def test_a_manifest_that_cannot_be_read_is_told_and_the_rest_goes_on(rig: Rig, tmp_path: Path) -> None:
    rig.store.append(visits(5, 4))
    rig.write()
    other = Path(rig.lake.url) / "collectors" / "bad"
    other.mkdir()
    (other / "manifest.json").write_text('{"format": 1, "par')
    found, damaged = collectors(rig.lake)
    assert [c.id for c in found] == ["c0ffee"]
    assert [d.file for d in damaged] == ["collectors/bad/manifest.json"]


def test_an_older_copy_of_the_folder_is_found_out(rig: Rig, tmp_path: Path) -> None:
    rig.store.append(visits(5, 4))
    rig.write()
    for rows in (visits(5, 3), visits(5, 8, first=500)):  # an older one; another that has gone on by itself
        copy = Rig(tmp_path / f"copy{rows.num_rows}", rig.lake)
        copy.store.append(rows)
        with pytest.raises(Conflict, match="older copy"):
            copy.write()
        copy.store.close()
    assert stored(rig).to_pylist() == held(rig)


def test_a_lake_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="polku lake write"):
        collectors(Place(str(tmp_path / "none")))


def test_two_do_not_write_for_one_collector_at_once(rig: Rig) -> None:
    rig.store.append(visits(1, 1))
    with rig.lake.alone(f"collectors/{rig.id}"), pytest.raises(Conflict, match="Another process"):
        rig.write()


def test_compacting_makes_few_files_with_the_same_events(rig: Rig) -> None:
    for i in range(6):
        rig.store.append(visits(3, 4, first=i * 100))
        rig.write()
    before = stored(rig).to_pylist()
    named = stored(rig, "identifiers").to_pylist()
    assert compact(rig.lake, most_rows=30) == Compacted(
        7, 4
    )  # 12 events each: two fit; identifiers came once
    assert stored(rig).to_pylist() == before == held(rig)
    assert stored(rig, "identifiers").to_pylist() == named
    assert rig.write().events == 0
    assert len(rig.files()) == 9  # the small ones stay for who is reading them


def test_replaced_files_go_after_a_while(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    for i in range(3):
        rig.store.append(visits(3, 4, first=i * 100))
        rig.write()
    compact(rig.lake)
    monkeypatch.setattr(lake_collectors, "KEEP_REPLACED", timedelta(seconds=-1))
    rig.write()
    assert len(rig.files()) == 1
    assert stored(rig).to_pylist() == held(rig)


@pytest.mark.parametrize("at", ["file", "manifest"])
def test_a_crash_while_compacting_loses_and_doubles_nothing(
    rig: Rig, monkeypatch: pytest.MonkeyPatch, at: str
) -> None:
    for i in range(3):
        rig.store.append(visits(3, 4, first=i * 100))
        rig.write()

    class Crash(BaseException):
        pass

    def crash(*_: object, **__: object) -> None:
        raise Crash

    with monkeypatch.context() as patch:
        if at == "manifest":
            patch.setattr(Collector, "write", crash)
        else:
            whole = compacting.write_file
            patch.setattr(compacting, "write_file", lambda *a: (whole(*a), crash()))
        with pytest.raises(Crash):
            compact(rig.lake)
    assert stored(rig).to_pylist() == held(rig)
    compact(rig.lake)
    assert stored(rig).to_pylist() == held(rig)
    assert rig.write().events == 0


def test_a_damaged_part_is_left_out_of_compaction(rig: Rig) -> None:
    for i in range(4):
        rig.store.append(visits(3, 4, first=i * 100))
        rig.write()
    os.truncate(rig.files()[1], 10)
    compact(rig.lake)
    rig.write()
    assert stored(rig).to_pylist() == held(rig)


step = st.sampled_from(["append", "write", "compact", "cut", "delete", "leave"])


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(step, min_size=1, max_size=12), which=st.integers(0, 99))
def test_whatever_happens_the_next_writing_makes_it_whole(
    tmp_path_factory: pytest.TempPathFactory, steps: list[str], which: int
) -> None:
    folder = tmp_path_factory.mktemp("lake")
    rig = Rig(folder / "data", Place(str(folder / "lake")))
    for i, what in enumerate([*steps, "append", "write"]):
        if what == "append":
            rig.store.append(visits(3, 1 + i % 3, first=i * 100))
        elif what == "write":
            rig.write()
        elif files := rig.files():
            one = files[which % len(files)]
            if what == "compact":
                compact(rig.lake, most_rows=12)
            elif what == "cut":
                os.truncate(one, one.stat().st_size // 3)
            elif what == "delete":
                one.unlink()
            else:
                one.with_name(f"left{i}.parquet").write_bytes(one.read_bytes())
    assert stored(rig).to_pylist() == held(rig)
    rig.store.close()


def test_events_in_a_closed_store_are_written_after_it_is_opened_again(rig: Rig) -> None:
    rig.store.append(visits(5, 4))
    rig.write()
    rig.store.close()
    rig.store = EventStore(rig.folder)
    rig.store.append(visits(5, 4, first=100))
    assert rig.write().events == 20
    assert stored(rig).to_pylist() == held(rig)
