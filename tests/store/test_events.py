import json
import os
import shutil
import threading
import zlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from polku.errors import FolderTooNew, StorageFull
from polku.store import (
    REJECTED,
    Appended,
    EventStore,
    EventType,
    Overloaded,
    committing,
    events,
    journal,
    segments,
    snapshot,
)
from polku.store.keys import identifier_key
from tests.events import START, incoming, visits


@pytest.fixture
def store(tmp_path: Path) -> Iterator[EventStore]:
    opened = EventStore(tmp_path)
    yield opened
    opened.close()


def count(store: EventStore, table: str = "events") -> int:
    return store.snapshot.sql(f"SELECT count(*) AS n FROM {table}")["n"][0].as_py()


def test_appended_events_are_numbered_and_whole(store: EventStore) -> None:
    rows = incoming([{"user_id": "u1", "properties": {"ä": "€"}, "path": "/p", "value": 1.5, "score": -20.0}])
    assert store.append(rows) == Appended(1, 0, 0)
    kept = store.snapshot.sql("SELECT * FROM events")
    assert kept["seq"].to_pylist() == [1]
    assert kept.select(rows.schema.names).to_pylist() == rows.to_pylist()


def test_the_same_event_twice_is_stored_once(store: EventStore) -> None:
    rows = visits(3, 4)
    assert store.append(rows) == Appended(12, 0, 0)
    assert store.append(rows) == Appended(0, 12, 0)
    assert store.append(pa.concat_tables([visits(1, 1, 50), visits(1, 1, 50)])) == Appended(1, 1, 0)
    assert count(store) == 13


def test_the_same_id_from_another_source_is_another_event(store: EventStore) -> None:
    store.append(incoming([{"event_id": "x", "source": 1}]))
    assert store.append(incoming([{"event_id": "x", "source": 2}])) == Appended(1, 0, 0)


@pytest.mark.parametrize("in_segment", [False, True])
def test_the_same_id_with_other_content_is_kept_as_rejected(tmp_path: Path, in_segment: bool) -> None:
    store = EventStore(tmp_path)
    store.append(incoming([{"event_id": "x", "user_id": "u1", "properties": {"a": 1}}]))
    if in_segment:
        store.close()
        store = EventStore(tmp_path)
    twice = incoming([{"event_id": "x", "user_id": "u1", "properties": {"a": 2}}])
    assert store.append(twice) == Appended(0, 0, 1)
    assert store.append(twice) == Appended(0, 1, 0)  # told once
    rejected = store.snapshot.sql("SELECT * FROM rejected").to_pylist()[0]
    assert rejected["reason"] == "duplicate_id"
    assert "'x'" in rejected["detail"]
    assert json.loads(json.loads(rejected["payload"])["properties"]) == {"a": 2}
    assert store.snapshot.sql("SELECT properties FROM events").to_pylist() == [{"properties": '{"a": 1}'}]
    store.close()


def test_rows_that_an_importer_rejected_do_not_disturb(tmp_path: Path) -> None:
    store = EventStore(tmp_path)
    rows = [
        {"received_at": START, "source": 1, "reason": "duplicate_id", "detail": "", "payload": b'{"row": 3}'}
    ]
    store.append(pa.Table.from_pylist(rows, schema=REJECTED))
    store.close()
    store = EventStore(tmp_path)
    assert store.append(visits(1, 1)) == Appended(1, 0, 0)
    store.close()


def test_events_that_merely_share_a_hash_are_both_kept(
    store: EventStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    from polku.store import intake

    monkeypatch.setattr(intake, "event_hashes", lambda s, e: np.full(len(e), 7, np.uint64))
    assert store.append(incoming([{"event_id": "x"}])) == Appended(1, 0, 0)
    assert store.append(incoming([{"event_id": "y"}, {"event_id": "x"}])) == Appended(1, 1, 0)


def test_identifiers_and_edges_are_noted_once(store: EventStore) -> None:
    rows = [
        {"event_id": "1", "anonymous_id": "a"},
        {"event_id": "2", "user_id": "u", "anonymous_id": "a", "type": EventType.IDENTIFY},
        {"event_id": "3", "user_id": "u", "anonymous_id": "a"},
        {"event_id": "4", "identifiers": [["phone", "+358401"], ["email", "m@x.fi"], ["name", "Maija Ä"]]},
        {"event_id": "5", "user_id": "u", "identifiers": [["email", "m@x.fi"], ["name", "Maija Ä"]]},
    ]
    store.append(incoming(rows[:2]))
    store.append(incoming(rows[2:]))
    key = identifier_key
    found = store.snapshot.sql("SELECT key, type, value, seq FROM identifiers ORDER BY seq, type").to_pylist()
    assert [(f["type"], f["value"], f["seq"]) for f in found] == [
        ("anonymous_id", "a", 1),
        ("user_id", "u", 2),
        ("email", "m@x.fi", 4),
        ("name", "Maija Ä", 4),
        ("phone", "+358401", 4),
        ("name", "Maija Ä", 5),
    ]
    labels = {f["seq"]: f["key"] for f in found if f["type"] == "name"}
    assert labels == {4: key("email", "m@x.fi"), 5: key("user_id", "u")}  # e-mail is foremost before phone
    edges = store.snapshot.sql("SELECT a, b, kind, seq FROM edges ORDER BY seq, b").to_pylist()
    assert [(e["a"], e["b"], e["kind"], e["seq"]) for e in edges] == [
        (key("user_id", "u"), key("anonymous_id", "a"), EventType.IDENTIFY, 2),
        (key("email", "m@x.fi"), key("phone", "+358401"), EventType.TRACK, 4),
        (key("user_id", "u"), key("email", "m@x.fi"), EventType.TRACK, 5),
    ]


def test_an_alias_names_a_user_if_there_is_one_else_a_visitor(store: EventStore) -> None:
    store.append(incoming([{"event_id": "1", "user_id": "old"}]))
    for number, previous in ((2, "old"), (3, "visitor")):
        store.append(
            incoming(
                [
                    {
                        "event_id": str(number),
                        "user_id": "new",
                        "type": 6,
                        "identifiers": [["previous_id", previous]],
                    }
                ]
            )
        )
    keys = store.snapshot.sql("SELECT b FROM edges ORDER BY seq")["b"].to_pylist()
    assert keys == [identifier_key("user_id", "old"), identifier_key("anonymous_id", "visitor")]


def test_reopening_finds_everything_and_knows_duplicates(tmp_path: Path) -> None:
    store = EventStore(tmp_path)
    store.append(visits(10, 10))
    store.close()
    store = EventStore(tmp_path)
    assert count(store) == 100
    assert store.append(visits(10, 10)) == Appended(0, 100, 0)
    assert store.append(visits(1, 1, 1000)) == Appended(1, 0, 0)
    assert store.snapshot.sql("SELECT max(seq) AS m FROM events")["m"].to_pylist() == [101]
    store.close()


def test_segments_are_written_joined_and_the_journal_dropped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal, "ROTATE_AT_BYTES", 50_000)
    store = EventStore(tmp_path, segment_rows=1000)
    for i in range(30):
        store.append(visits(10, 10, first=i * 100))
    assert count(store) == 3000
    store.close()
    files = store.snapshot.segments
    assert sum(s.rows for s in files["events"]) == 3000
    assert len(files["events"]) <= 6
    assert len(files["identifiers"]) == 1  # ten users: one file, joined again and again
    assert sum(p.stat().st_size for p in (tmp_path / "journal").iterdir()) < 150_000
    seqs = np.arange(1, 3001, 37)
    reopened = EventStore(tmp_path)
    assert reopened.snapshot.rows(seqs, ["event_id"])["seq"].to_pylist() == seqs.tolist()
    assert reopened.snapshot.columns("events", ["seq"])["seq"].to_pylist() == list(range(1, 3001))
    assert reopened.snapshot.after(2500).alone()[0].columns("events", ["seq"])["seq"][0].as_py() > 1500
    reopened.close()


def test_what_was_not_named_by_the_manifest_is_removed_and_replayed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a crash between writing a segment and naming it would leave things."""
    store = EventStore(tmp_path)
    store.append(visits(5, 5))

    def crash(*_: object) -> None:
        raise OSError(5, "crash")

    monkeypatch.setattr(segments.Manifest, "write", crash)
    store.close()  # the journal has what could not be written
    monkeypatch.undo()
    assert list((tmp_path / "events").glob("events-*.parquet"))
    again = EventStore(tmp_path)
    assert not list((tmp_path / "events").glob("events-*.parquet"))
    assert count(again) == 25
    assert again.append(visits(5, 5)) == Appended(0, 25, 0)
    again.close()


def test_a_large_record_that_a_crash_has_torn_is_cut_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its numbers look like the beginnings of records by the thousands; each took a checksum of megabytes."""
    store = EventStore(tmp_path / "running")
    store.append(visits(1, 1))
    store.append(visits(400, 40, first=10))
    shutil.copytree(tmp_path / "running", tmp_path / "killed")
    store.close()
    journal = tmp_path / "killed" / "journal" / "000001.log"
    os.truncate(journal, journal.stat().st_size - 1000)
    checked = 0

    def crc32(data: bytes) -> int:
        nonlocal checked
        checked += len(data)
        return zlib_crc32(data)

    zlib_crc32 = zlib.crc32
    monkeypatch.setattr("polku.store.journal.zlib.crc32", crc32)
    reopened = EventStore(tmp_path / "killed")
    assert checked < 10_000_000
    assert count(reopened) == 1
    reopened.close()


def test_a_newer_format_is_refused(tmp_path: Path) -> None:
    EventStore(tmp_path).close()
    (tmp_path / "events" / "manifest.json").write_text('{"format": 99}')
    with pytest.raises(FolderTooNew, match="Upgrade Polku"):
        EventStore(tmp_path)


def test_a_full_disk_refuses_and_recovers(store: EventStore, monkeypatch: pytest.MonkeyPatch) -> None:
    store.append(visits(2, 2))

    def full(records: object) -> None:
        raise StorageFull("full")

    monkeypatch.setattr(store._journal, "append", full)
    with pytest.raises(StorageFull):
        store.append(visits(2, 2, 100))
    monkeypatch.undo()
    assert store.append(visits(2, 2, 100)) == Appended(4, 0, 0)
    assert store.pending_rows == 0


def test_a_tail_that_cannot_be_written_stays_readable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "_RETRY_S", 0.0)
    store = EventStore(tmp_path, segment_rows=10)
    real = segments.write_segment

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(segments, "write_segment", full)
    store.append(visits(5, 5))
    store.append(visits(5, 5, 100))
    assert count(store) == 50
    monkeypatch.setattr(segments, "write_segment", real)
    store.append(visits(1, 1, 999))
    store.close()
    reopened = EventStore(tmp_path)
    assert count(reopened) == 51
    reopened.close()


def test_too_much_pending_is_refused(store: EventStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(committing, "MOST_PENDING_ROWS", -1)
    with pytest.raises(Overloaded) as refused:
        store.submit(lambda p: p, visits(1, 1), rows=1, ticket=None, to=events._FAILURES)
    assert refused.value.status == 429


def test_rows_that_we_fail_to_apply_are_set_aside(store: EventStore, monkeypatch: pytest.MonkeyPatch) -> None:
    def defect(*_: object) -> None:
        raise ValueError("defect")

    monkeypatch.setattr(store._intake, "_who", defect)
    assert store.append(visits(1, 2)) == Appended(0, 0, 2)
    assert store.snapshot.sql("SELECT DISTINCT reason, detail FROM rejected").to_pylist() == [
        {"reason": "not_applied", "detail": "ValueError('defect')"}
    ]


def test_rows_that_we_fail_to_apply_do_not_keep_a_folder_closed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are still in the journal after a crash, and fail again when it is replayed."""
    monkeypatch.setattr("polku.store.intake.Intake.take", lambda *_: 1 / 0)
    running = EventStore(tmp_path / "running")
    running.append(visits(1, 2))
    shutil.copytree(tmp_path / "running", tmp_path / "killed")
    running.close()
    reopened = EventStore(tmp_path / "killed")
    assert reopened.snapshot.sql("SELECT reason FROM rejected")["reason"].to_pylist() == ["not_applied"] * 2
    reopened.close()


def test_a_folder_made_anew_is_not_read_as_the_one_before(tmp_path: Path) -> None:
    for rows in (visits(3, 4), visits(1, 1, first=90)):
        store = EventStore(tmp_path / "data")
        store.append(rows)
        store.close()
        store = EventStore(tmp_path / "data")
        found = store.snapshot.rows(np.array([1]), ["event_id"])
        assert found["event_id"].to_pylist() == rows["event_id"].to_pylist()[:1]
        store.close()
        shutil.rmtree(tmp_path / "data")


def test_many_threads_lose_and_double_nothing(store: EventStore) -> None:
    def send(first: int) -> None:
        for i in range(20):
            store.append(visits(5, 2, first + i * 10))

    threads = [threading.Thread(target=send, args=(n * 100,)) for n in range(6)]  # halves overlap
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    ids = store.snapshot.sql("SELECT event_id FROM events")["event_id"].to_pylist()
    assert len(ids) == len(set(ids)) == 700


def test_rejected_rows_are_kept(store: EventStore) -> None:
    rows = [
        {"received_at": START, "source": 1, "reason": "event_too_large", "detail": "33 KB", "payload": b"{}"}
    ]
    assert store.append(pa.Table.from_pylist(rows, schema=REJECTED)) == Appended(0, 0, 1)
    assert store.snapshot.sql("SELECT * FROM rejected").to_pylist() == rows


def test_a_snapshot_does_not_change(store: EventStore) -> None:
    store.append(visits(2, 2))
    before = store.snapshot
    store.append(visits(2, 2, 100))
    assert before.sql("SELECT count(*) AS n FROM events")["n"].to_pylist() == [4]
    assert count(store) == 8


@pytest.mark.parametrize("missing", [False, True])
def test_some_events_by_their_numbers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, missing: bool) -> None:
    """From several segments and the tail; also from one in which numbers are missing."""
    monkeypatch.setattr(segments, "ROW_GROUP", 3)
    monkeypatch.setattr(snapshot, "ROW_GROUP", 3)
    store = EventStore(tmp_path, segment_rows=8)
    for first in (0, 100, 200):
        store.append(visits(1, 9, first))
    if missing:
        first_segment = store._segments.manifest.segments["events"][0]
        sparse = replace(first_segment, rows=8, last_seq=first_segment.last_seq)
        path = tmp_path / "events" / sparse.file
        pq.write_table(pq.read_table(path).filter(pc.field("seq") != 4), path, row_group_size=3)
        kept = {**store.snapshot.segments, "events": (sparse, *store.snapshot.segments["events"][1:])}
        view = replace(store.snapshot, segments=kept)
    else:
        view = store.snapshot
    whole = {r["seq"]: r for r in view.sql("SELECT seq, event_id, value FROM events").to_pylist()}
    assert len(whole) == 27 - missing
    rng = np.random.default_rng(3)
    for n in (0, 1, 2, 5, 40):
        seqs = rng.integers(1, 30, n)
        found = view.rows(seqs, ["event_id", "value"])
        assert found.to_pylist() == [whole[s] for s in sorted(set(seqs.tolist())) if s in whole]
        assert found.schema.names == ["seq", "event_id", "value"]
    store.close()
