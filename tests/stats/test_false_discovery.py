"""q-values against an independent implementation, and what they promise by simulation."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from polku.stats import CLEAR, false_discovery


@given(st.lists(st.floats(0, 1), min_size=1, max_size=40))
def test_q_values_are_as_an_independent_implementation_has_them(p: list[float]) -> None:
    from scipy import stats

    assert false_discovery(p) == pytest.approx(list(stats.false_discovery_control(p)))


def test_what_was_not_tested_does_not_count() -> None:
    assert false_discovery([None, 0.01, None, 0.04]) == [None, pytest.approx(0.02), None, pytest.approx(0.04)]
    assert false_discovery([]) == []
    assert false_discovery([None]) == [None]


def test_of_what_is_called_clear_few_are_chance() -> None:
    from scipy import special

    rng = np.random.default_rng(1)
    rates: list[Any] = []
    for _ in range(400):
        z = rng.standard_normal(200)
        z[:20] += 3.5
        clear = np.array(false_discovery(list(2 * special.ndtr(-abs(z))))) <= CLEAR
        rates.append(clear[20:].sum() / max(1, clear.sum()))
        assert clear[:20].any()
    assert np.mean(rates) <= CLEAR
