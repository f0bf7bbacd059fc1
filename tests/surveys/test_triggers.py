from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pyarrow as pa

from polku.surveys.inviting import EVENTS, Contact, Trigger, batches, listed, triggered

START = datetime(2026, 3, 1, tzinfo=UTC)
DAY = timedelta(days=1)
DELIVERY = Trigger("after-delivery", "nps", "delivery", 3 * DAY, START)
LARGE = 2**64 - 5


def events(*rows: tuple[int, int, str, datetime]) -> pa.Table:
    return pa.Table.from_pylist([dict(zip(EVENTS.names, row, strict=True)) for row in rows], schema=EVENTS)


def test_a_candidate_for_each_event_of_the_touchpoint():
    table = events(
        (12, LARGE, "delivery", START + 2 * DAY),
        (11, 5, "delivery", START + DAY),
        (13, 5, "phone", START + DAY),
        (10, 5, "delivery", START - DAY),  # before the trigger was made
        (11, 5, "delivery", START + DAY),  # seen twice
    )
    contacts = {5: Contact("email", "a@example.fi", True, "fi")}
    found = triggered(DELIVERY, table, contacts)
    assert [(c.profile, c.about_event, c.wanted_at) for c in found] == [
        (5, 11, START + 4 * DAY),
        (LARGE, 12, START + 5 * DAY),
    ]
    assert (found[0].address, found[0].consent, found[0].language) == ("a@example.fi", True, "fi")
    assert found[1].address is None
    assert found == triggered(DELIVERY, table, contacts), "the same occasions each time"
    assert len({c.occasion for c in found}) == 2
    assert triggered(DELIVERY, events(), {}) == []


def test_a_list_gives_each_once_in_batches():
    found = batches(listed("spring", "nps", [3, 1, 3, 2, 1], {}, at=START), 2)
    parts = [[c.profile for c in part] for part in found]
    assert parts == [[3, 1], [2]]


def test_addresses_are_in_no_text_that_is_made_of_a_candidate():
    [candidate] = listed("spring", "nps", [3], {3: Contact("email", "anna@example.fi")}, at=START)
    assert "anna" not in repr(candidate)
