from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from polku.stats import witten_bell

rows = st.lists(st.integers(0, 9), min_size=4, max_size=4).map(np.array)


def test_by_hand() -> None:
    # order 0: a three times, b once, c never. a: (3 + 2/3) / 6 = 11/18, b: 5/18, c: 2/18
    shortest = np.array([3, 1, 0])
    assert np.allclose(witten_bell([shortest]), [11 / 18, 5 / 18, 2 / 18])
    # order 1: b twice and nothing else. b: (2 + 5/18) / 3, the others a third of what they were
    assert np.allclose(witten_bell([shortest, np.array([0, 2, 0])]), [11 / 54, 41 / 54, 2 / 54])


def test_contexts_that_never_occurred_are_left_out() -> None:
    counts = [np.array([3, 1, 0]), np.array([0, 0, 0]), np.array([0, 0, 1])]
    assert np.allclose(witten_bell(counts), witten_bell([counts[0], counts[2]]))
    assert np.allclose(witten_bell([np.zeros(4, int)]), 0.25)


def test_contexts_that_are_rare_are_left_out() -> None:
    often, rare = np.array([3, 2, 0]), np.array([0, 4, 0])
    assert np.allclose(witten_bell([often, rare], fewest=5), witten_bell([often]))
    assert np.allclose(witten_bell([often, rare], fewest=4), witten_bell([often, rare]))


@given(st.lists(rows, min_size=1, max_size=4))
def test_probabilities_are_all_positive_and_one_together(counts: list[np.ndarray]) -> None:
    p = witten_bell(counts)
    assert (p > 0).all()
    assert np.isclose(p.sum(), 1)


@given(rows, st.lists(rows, min_size=3, max_size=3), st.lists(rows, min_size=6, max_size=6))
def test_tables_of_contexts_are_each_context_by_itself(
    shortest: np.ndarray, by_one: list[np.ndarray], by_two: list[np.ndarray]
) -> None:
    """Order 2 has its contexts as (second last, last): the last one is that of order 1."""
    table = witten_bell([shortest, np.array(by_one), np.array(by_two).reshape(2, 3, 4)])
    for second in range(2):
        for last in range(3):
            alone = witten_bell([shortest, by_one[last], by_two[second * 3 + last]])
            assert np.allclose(table[second, last], alone)
