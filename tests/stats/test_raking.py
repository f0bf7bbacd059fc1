"""Weights by raking: a case by hand, margins that are met, and bounds."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polku.stats import rake, weighed


def test_one_margin_by_hand() -> None:
    """Eight women and two men answered of as many of each: 5/8 and 5/2."""
    raked = rake({"sex": ["f"] * 8 + ["m"] * 2}, {"sex": {"f": 50, "m": 50}})
    assert raked.weights.tolist() == pytest.approx([0.625] * 8 + [2.5] * 2)
    assert (raked.converged, raked.bounded) == (True, 0)
    assert raked.effective_n == pytest.approx(100 / (8 * 0.625**2 + 2 * 2.5**2))


cells = st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from("xyz")), min_size=30, max_size=80)


@given(cells, st.floats(0.3, 0.7), st.floats(0.2, 0.4))
@settings(max_examples=40)
def test_margins_are_met_as_told(given_cells: list[tuple[str, str]], a: float, x: float) -> None:
    first, second = zip(*given_cells, strict=True)
    margins = {"one": {"a": a, "b": 1 - a}, "two": {"x": x, "y": 0.3, "z": 0.7 - x}}
    raked = rake({"one": first, "two": second}, margins)
    weights, gap = raked.weights, 0.0
    assert weights.mean() == pytest.approx(1)
    assert weights.min() >= 0.2 - 1e-6
    assert weights.max() <= 5 + 1e-6
    for values, margin in ((first, margins["one"]), (second, margins["two"])):
        aim = {v: margin[v] / sum(margin[u] for u in set(values)) for v in set(values)}
        for v, share in aim.items():
            gap = max(gap, abs(weights[np.array(values) == v].sum() / weights.sum() - share))
    assert raked.largest_gap == pytest.approx(gap, abs=1e-9)
    assert raked.converged == (gap <= 1e-6)
    assert raked.effective_n <= len(weights) + 1e-9


def test_it_is_the_slow_way_cell_by_cell() -> None:
    rng = np.random.default_rng(15)
    one, two = rng.choice(["a", "b"], 300, p=[0.8, 0.2]).tolist(), rng.choice(["x", "y", "z"], 300).tolist()
    margins = {"one": {"a": 0.5, "b": 0.5}, "two": {"x": 0.2, "y": 0.3, "z": 0.5}}
    counted = Counter(zip(one, two, strict=True))
    cells = {cell: float(n) for cell, n in counted.items()}
    for _ in range(200):
        for place, margin in enumerate(margins.values()):
            for value, share in margin.items():
                total = sum(w for cell, w in cells.items() if cell[place] == value)
                cells |= {c: w * share * 300 / total for c, w in cells.items() if c[place] == value}
    raked = rake({"one": one, "two": two}, margins, bounds=(0, 100))
    expected = [cells[cell] / counted[cell] for cell in zip(one, two, strict=True)]
    assert raked.weights == pytest.approx(np.array(expected), rel=1e-5)


def test_bounds_that_forbid_it_are_told() -> None:
    raked = rake({"age": ["young"] * 1 + ["old"] * 99}, {"age": {"young": 0.5, "old": 0.5}})
    assert not raked.converged
    assert raked.weights.max() == pytest.approx(5)
    assert raked.largest_gap == pytest.approx(0.45, abs=0.001)
    assert raked.bounded == 1


def test_unknown_values_and_values_nobody_has() -> None:
    raked = rake({"age": ["young", "old", None, "old"]}, {"age": {"young": 1, "old": 1, "child": 1}})
    assert raked.unreached == (("age", "child"),)
    assert raked.converged
    known = raked.weights[[0, 1, 3]]
    assert raked.weights[2] == pytest.approx(1)
    assert known[0] == pytest.approx(known[1:].sum())


def test_a_planted_bias_is_taken_away() -> None:
    """Old customers are happier and answer twice as often."""
    rng = np.random.default_rng(10)
    old = rng.random(20_000) < 0.4
    happy = rng.random(20_000) < np.where(old, 0.8, 0.5)
    answered = rng.random(20_000) < np.where(old, 0.4, 0.2)
    group = np.where(old, "old", "young")[answered].tolist()
    raked = rake({"age": group}, {"age": {"old": 0.4, "young": 0.6}})
    assert happy[answered].mean() > 0.65
    assert weighed(happy[answered], weights=raked.weights).mean == pytest.approx(0.62, abs=0.015)


def test_what_cannot_be_raked() -> None:
    with pytest.raises(ValueError, match="no answers to weight"):
        rake({"sex": []}, {})
    with pytest.raises(ValueError, match="for the margin 'age'"):
        rake({"sex": ["f"]}, {"age": {"old": 1}})
    with pytest.raises(ValueError, match="must have shares"):
        rake({"sex": ["f"]}, {"sex": {"m": 1}})
