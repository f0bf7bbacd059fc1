from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from polku.profiles.partition import pieces

NOBODY = -1
Told = tuple[int, int, list[int], list[int], list[int], list[int], int, int]


def compared(before: list[int], after: list[int], events: list[int]) -> Told:
    found = pieces(np.array(before, np.int32), np.array(after, np.int32), np.array(events, np.int64))
    return (
        found.customers_before,
        found.customers_after,
        found.split.tolist(),
        found.joined.tolist(),
        found.losing.tolist(),
        found.gaining.tolist(),
        found.events_to_nobody,
        found.events_from_nobody,
    )


def slow(before: list[int], after: list[int], events: list[int]) -> Told:
    rows = list(zip(before, after, events, strict=True))
    flipped = [(a, b, e) for b, a, e in rows]

    def customers(rows: list[tuple[int, int, int]]) -> set[int]:
        return {one for one, _, e in rows if one >= 0 and e}

    def several(rows: list[tuple[int, int, int]]) -> list[int]:
        into = {c: {o for one, o, e in rows if one == c and o >= 0 and e} for c in customers(rows)}
        sums = {c: sum(e for one, o, e in rows if one == c and o >= 0) for c in into}
        return sorted((c for c in into if len(into[c]) > 1), key=lambda c: (-len(into[c]), -sums[c], c))

    def others(rows: list[tuple[int, int, int]]) -> list[int]:
        found = []
        for c in customers(rows) - set(several(rows)):
            into = {o for one, o, _ in rows if one == c}
            if len(into) > 1 or NOBODY in into:
                found.append(c)
        return sorted(found, key=lambda c: (-sum(e for one, _, e in rows if one == c), c))

    return (
        len(customers(rows)),
        len(customers(flipped)),
        several(rows),
        several(flipped),
        others(rows),
        others(flipped),
        sum(e for b, a, e in rows if a == NOBODY and b != NOBODY),
        sum(e for b, a, e in rows if b == NOBODY and a != NOBODY),
    )


def test_counted_by_hand() -> None:
    # customers 0 (nodes 0–2) and 3 (3, 4) and 5; 2 leaves 0 with its events, 4 goes over to 5 without any
    before, events = [0, 0, 0, 3, 3, 5], [4, 0, 2, 1, 0, 7]
    after = [0, 0, 2, 3, 5, 5]
    assert compared(before, after, events) == (3, 4, [0], [], [3], [5], 0, 0)
    assert compared(after, before, events) == (4, 3, [], [0], [5], [3], 0, 0)


def test_blocking_takes_events_to_nobody() -> None:
    assert compared([0, 0, 2], [0, NOBODY, NOBODY], [1, 5, 3]) == (2, 1, [], [], [0, 2], [], 8, 0)


def test_empty_alone_and_the_same_by_another_node() -> None:
    assert compared([], [], []) == (0, 0, [], [], [], [], 0, 0)
    assert compared([0], [0], [1]) == (1, 1, [], [], [], [], 0, 0)
    assert compared([0, 0], [1, 1], [1, 1]) == (1, 1, [], [], [], [], 0, 0)


rows = st.tuples(st.integers(-1, 6), st.integers(-1, 6), st.integers(0, 3))


@given(st.lists(rows, max_size=14))
def test_same_as_the_slow_way(given_rows: list[tuple[int, int, int]]) -> None:
    before, after, events = ([r[i] for r in given_rows] for i in range(3))
    assert compared(before, after, events) == slow(before, after, events)
