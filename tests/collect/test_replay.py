"""Rejected events are listed by reason, and leave the list when they can be taken."""

from __future__ import annotations

import threading
from typing import Any

import msgspec
import pytest

from polku.collect import reading
from polku.collect import replay as replaying
from polku.collect.protocol import MOST_EVENTS
from polku.collect.queries import Rejected, Sources
from polku.collect.reasons import REASONS
from polku.collect.replay import Replay, Replayed
from polku.errors import Conflict, StorageFull
from polku.store import INCOMING
from polku.store.intake import rejections
from tests.collect.conftest import Collecting
from tests.collect.test_protocol import track


def replay(collecting: Collecting, reason: str) -> Replayed:
    collecting.workspace.store.flush()
    return collecting.workspace.part(Replay).replay(reason, 1)


def listed(collecting: Collecting) -> dict[str, int]:
    collecting.workspace.store.flush()
    return {g.reason: g.events for g in Rejected().answer(collecting.workspace).groups}


def test_what_can_be_taken_by_new_rules_leaves_the_list(
    collecting: Collecting, monkeypatch: pytest.MonkeyPatch
) -> None:
    large = track(messageId=None, properties={"x": "y" * 40_000})
    collecting.batch(large, track(event=None))
    assert listed(collecting) == {"event_too_large": 1, "no_name": 1}
    assert replay(collecting, "event_too_large") == Replayed(0, 0, 1)
    assert listed(collecting) == {"event_too_large": 1, "no_name": 1}
    monkeypatch.setattr(reading, "LARGEST_EVENT", 50_000)
    assert replay(collecting, "event_too_large") == Replayed(1, 0, 0)
    assert listed(collecting) == {"no_name": 1}
    assert collecting.event()["properties"] == large["properties"]
    assert replay(collecting, "event_too_large") == Replayed(0, 0, 0)


def test_a_batch_that_was_refused_whole_is_replayed_event_by_event(collecting: Collecting) -> None:
    events = [track(messageId=str(n)) for n in range(MOST_EVENTS)]
    assert collecting.batch(*events, track(messageId="c", event="")).status_code == 413
    assert replay(collecting, "batch_too_large") == Replayed(MOST_EVENTS, 0, 1)
    assert listed(collecting) == {"no_name": 1}


def test_what_the_batch_said_for_all_is_known_when_replayed(
    collecting: Collecting, monkeypatch: pytest.MonkeyPatch
) -> None:
    large = track(properties={"x": "y" * 40_000}, timestamp="2020-01-01T00:00:00Z")
    collecting.batch(large, sentAt="2020-01-01T00:05:00Z", context={"locale": "fi"})
    monkeypatch.setattr(reading, "LARGEST_EVENT", 50_000)
    assert replay(collecting, "event_too_large").taken == 1
    event = collecting.event()
    assert event["context"] == {"locale": "fi"}
    assert 299 < (event["received_at"] - event["occurred_at"]).total_seconds() < 301


def test_what_a_whole_batch_said_for_all_is_known_when_it_is_replayed(
    collecting: Collecting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "MOST_EVENTS", 1)
    events = [track(messageId=m, timestamp="2020-01-01T00:00:00Z") for m in "ab"]
    answer = collecting.batch(*events, sentAt="2020-01-01T00:05:00Z", context={"locale": "fi"})
    assert answer.status_code == 413
    monkeypatch.undo()
    assert replay(collecting, "batch_too_large") == Replayed(2, 0, 0)
    for event in collecting.events():
        assert event["context"] == {"locale": "fi"}
        assert 299 < (event["received_at"] - event["occurred_at"]).total_seconds() < 301


def test_a_batch_that_was_too_large_and_holds_a_number_that_is_none(
    collecting: Collecting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "MOST_EVENTS", 1)
    good = msgspec.json.encode(track())
    bad = b'{"type":"track","event":"E","userId":"u","properties":{"x":NaN}}'
    assert collecting.post("batch", b'{"batch":[%b,%b]}' % (good, bad)).status_code == 413
    monkeypatch.undo()
    assert replay(collecting, "batch_too_large") == Replayed(1, 0, 1)
    assert listed(collecting) == {"not_a_number": 1}
    assert replay(collecting, "not_a_number") == Replayed(0, 0, 1)
    assert listed(collecting) == {"not_a_number": 1}


@pytest.mark.parametrize("limits", [{"MOST_AT_ONCE": 7}, {"MOST_BYTES": 300_000}])
def test_a_large_group_is_replayed_to_its_end_in_parts(
    collecting: Collecting, monkeypatch: pytest.MonkeyPatch, limits: dict[str, int]
) -> None:
    for name, value in limits.items():
        monkeypatch.setattr(replaying, name, value)
    large = [track(messageId=f"m{n}", properties={"x": "y" * 40_000}) for n in range(50)]
    for start in range(0, 50, 10):
        collecting.batch(*large[start : start + 10])
    assert listed(collecting) == {"event_too_large": 50}
    assert replay(collecting, "event_too_large") == Replayed(0, 0, 50), "also those beyond the first part"
    monkeypatch.setattr(reading, "LARGEST_EVENT", 50_000)
    told = []
    keep = Replay._take
    monkeypatch.setattr(
        Replay, "_take", lambda self, part, *rest: (told.append(self.state), keep(self, part, *rest))[1]
    )
    assert replay(collecting, "event_too_large") == Replayed(50, 0, 0)
    assert [s.of for s in told] == [50] * len(told)
    assert len(told) > 5
    assert [s.read for s in told] == sorted({s.read for s in told}), "each part is told"
    assert [s.so_far.taken for s in told] == [s.read for s in told]
    assert {e["event_id"] for e in collecting.events()} == {f"m{n}" for n in range(50)}
    assert listed(collecting) == {}


def test_a_replay_that_was_cut_off_is_gone_on_with(
    collecting: Collecting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replaying, "MOST_AT_ONCE", 2)
    collecting.batch(*[track(messageId=f"m{n}", properties={"x": "y" * 40_000}) for n in range(5)])
    monkeypatch.setattr(reading, "LARGEST_EVENT", 50_000)
    append, calls = type(collecting.workspace.store).append, []

    def full(store: Any, table: Any) -> Any:
        calls.append(table)
        if len(calls) == 2:
            raise StorageFull("The disk is full.")
        return append(store, table)

    collecting.workspace.store.flush()
    monkeypatch.setattr(type(collecting.workspace.store), "append", full)
    state = collecting.workspace.part(Replay).start("event_too_large", 1, patience_s=30)
    assert isinstance(state.error, StorageFull)
    assert (state.read, state.so_far, state.running) == (2, Replayed(2, 0, 0), False)
    assert replay(collecting, "event_too_large") == Replayed(3, 0, 0)
    assert len(collecting.events()) == 5


def test_one_replay_at_a_time(collecting: Collecting, monkeypatch: pytest.MonkeyPatch) -> None:
    collecting.batch(track(event=None))
    collecting.workspace.store.flush()
    begun, going, keep = threading.Event(), threading.Event(), Replay._take
    monkeypatch.setattr(Replay, "_take", lambda self, *a: (begun.set(), going.wait(30), keep(self, *a))[2])
    ours = collecting.workspace.part(Replay)
    assert ours.start("no_name", 1, patience_s=0.1).running
    assert begun.wait(30)
    assert ours.state is not None
    assert (ours.state.running, ours.state.of, ours.state.read) == (True, 1, 0)
    with pytest.raises(Conflict, match="Another replay runs"):
        ours.replay("no_name", 1)
    going.set()
    assert ours._thread is not None
    ours._thread.join(30)
    assert ours.replay("no_name", 1) == Replayed(0, 0, 1)


def test_what_the_store_set_aside_is_stored_as_it_was(collecting: Collecting) -> None:
    collecting.batch(track())
    collecting.workspace.store.flush()
    stored = collecting.workspace.store.snapshot.sql("SELECT * EXCLUDE (seq, key, id_hash) FROM events")
    one = stored.cast(INCOMING)
    other = one.set_column(1, "event_id", [["m2"]]).cast(INCOMING)
    collecting.workspace.store.append(rejections(other, reason="not_applied", detail="x"))
    assert replay(collecting, "not_applied") == Replayed(1, 0, 0)
    first, second = collecting.events()
    assert {**first, "event_id": "m2", "seq": 0, "id_hash": 0} == {**second, "seq": 0, "id_hash": 0}


def test_some_reasons_cannot_be_replayed(collecting: Collecting) -> None:
    collecting.batch(track(event="One"), track(event="Two"))
    assert listed(collecting) == {"duplicate_id": 1}
    with pytest.raises(Conflict):
        replay(collecting, "duplicate_id")


def test_every_reason_that_is_given_is_explained(collecting: Collecting) -> None:
    import re
    from pathlib import Path

    code = "".join(p.read_text() for p in Path(reading.__file__).parent.glob("*.py"))
    given = set(re.findall(r'Refus(?:al|ed)\(\s*"(\w+)"', code))
    assert len(given) > 8
    assert given <= set(REASONS)
    code = "".join(p.read_text() for p in (Path(reading.__file__).parent / "files").glob("*.py"))
    of_files = set(re.findall(r'(?<!get)\(\s*"([a-z]+_[a-z_]+)",\s*(?:f?"|Words\()', code))
    of_files |= set(re.findall(r'BadRow\(.*?, "([a-z]+_[a-z]+)"', code))
    assert {"bad_time", "no_identifier", "too_few_columns", "bad_json", "cut_row", "bad_number"} <= of_files
    assert of_files <= set(REASONS)


def test_sources_tell_their_volume(collecting: Collecting) -> None:
    collecting.batch(*[track(messageId=str(n)) for n in range(3)])
    collecting.batch(track(), key=collecting.public_key)
    collecting.workspace.store.flush()
    Sources().answer(collecting.workspace)
    collecting.batch(track(messageId="later"))
    collecting.workspace.store.flush()
    server, shop = Sources().answer(collecting.workspace).sources
    assert (server.name, server.events, server.events_24_h, server.days[-1]) == ("Server", 4, 4, 4)
    assert (shop.events, sum(shop.days)) == (1, 1)
    assert server.last_seen is not None
