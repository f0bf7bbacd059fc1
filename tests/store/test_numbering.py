"""Numbers for keys, against numpy's sorting ones."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from polku.store.numbering import distinct, empty_slots, enter, find, mixer, ranked

few = st.lists(st.sampled_from([1, 2, 7, 2**63, 2**64 - 1]))
any_keys = few | st.lists(st.integers(0, 2**64 - 1))


@settings(deadline=None)  # kernels are compiled at first
@given(any_keys)
def test_ranked_is_as_sorting_all(values: list[int]) -> None:
    keys = np.array(values, np.uint64)
    found, rank = ranked(keys)
    expected, inverse = np.unique(keys, return_inverse=True)
    assert found.tolist() == expected.tolist()
    assert rank.tolist() == inverse.tolist()


@settings(deadline=None)  # kernels are compiled at first
@given(st.lists(st.integers(-3, 12) | st.integers(-(10**12), 10**12), min_size=1))
def test_distinct_is_as_sorting_all_dense_or_not(values: list[int]) -> None:
    codes = np.array(values, np.int64)
    found, at = distinct(codes)
    expected, inverse = np.unique(codes, return_inverse=True)
    assert found.tolist() == expected.tolist()
    assert at.tolist() == inverse.tolist()


@settings(deadline=None)  # kernels are compiled at first
@given(any_keys, any_keys)
def test_keys_are_found_under_the_number_they_got(first: list[int], later: list[int]) -> None:
    slots, known, by = empty_slots(len(first + later)), np.zeros(len(first + later), np.uint64), mixer()
    old, new = np.array(first, np.uint64), np.array(later, np.uint64)
    numbers, count = enter(old, slots, known, 0, by)
    more, _ = enter(new, slots, known, count, by)
    assert known[numbers].tolist() == first
    assert known[more].tolist() == later
    assert find(old, slots, known, count, by).tolist() == numbers.tolist()
    assert (find(new, slots, known, count, by) < 0).tolist() == [k not in first for k in later]
