from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from polku.stats import Estimate, difference_of_proportions


@pytest.mark.parametrize(
    ("first", "second", "low", "high"),
    [
        # Newcombe 1998, table II, method 10
        ((48, 80), (56, 70), 0.0524, 0.3339),
        ((3, 10), (9, 10), 0.1705, 0.8090),
        ((2, 7), (6, 7), 0.0582, 0.8062),
        ((0, 29), (5, 56), -0.0381, 0.1926),
        ((0, 20), (0, 10), -0.1611, 0.2775),
        ((0, 10), (10, 10), 0.6075, 1.0),
    ],
)
def test_intervals_are_newcombes(
    first: tuple[int, int], second: tuple[int, int], low: float, high: float
) -> None:
    told = difference_of_proportions((first[0], second[0]), (first[1], second[1]))
    assert (told.estimate.low, told.estimate.high) == pytest.approx((low, high), abs=5e-5)


@given(st.tuples(st.integers(0, 60), st.integers(5, 60)), st.tuples(st.integers(0, 60), st.integers(5, 60)))
def test_the_p_value_is_pearsons(first: tuple[int, int], second: tuple[int, int]) -> None:
    from scipy.stats import chi2_contingency

    assume(first[0] <= first[1] and second[0] <= second[1])
    told = difference_of_proportions((first[0], second[0]), (first[1], second[1]))
    table = [[first[0], first[1] - first[0]], [second[0], second[1] - second[0]]]
    if 0 < first[0] + second[0] < first[1] + second[1]:
        assert told.p_value == pytest.approx(chi2_contingency(table, correction=False).pvalue, abs=1e-12)
    else:
        assert told.p_value == 1


def test_too_few_are_not_compared() -> None:
    told = difference_of_proportions((1, 4), (4, 9))
    assert told.estimate == Estimate.unknown(13, "too_few")
    assert told.p_value is None
