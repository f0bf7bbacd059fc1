"""Rejected events are listed by reason, and leave the list when they can be taken."""

from __future__ import annotations

import pytest

from polku.collect import reading
from polku.collect.protocol import MOST_EVENTS
from polku.collect.queries import Rejected, Sources
from polku.collect.reasons import REASONS
from polku.collect.replay import Replay, Replayed
from polku.errors import Conflict
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
