"""Groups drawn towards all: towards the truth, and not at all where groups truly differ."""

from __future__ import annotations

import numpy as np
import pytest

from polku.stats import shrink


def test_masses_are_counts_and_so_many_of_all() -> None:
    counts = np.array([[8, 2], [30, 70], [1, 0]])
    s = shrink(counts)
    assert s.common == pytest.approx([39 / 111, 72 / 111])
    assert s.masses == pytest.approx(counts + s.prior_n * s.common)
    assert s.shares.sum(axis=1) == pytest.approx([1, 1, 1])
    assert 39 / 111 < s.shares[2, 0] < 1


def test_it_finds_how_alike_groups_are() -> None:
    """400 groups drawn from Dirichlet(20 · (½, ³⁄₁₀, ⅕))."""
    rng = np.random.default_rng(11)
    shares = rng.dirichlet(20 * np.array([0.5, 0.3, 0.2]), 400)
    counts = np.array([rng.multinomial(rng.integers(5, 100), s) for s in shares])
    s = shrink(counts)
    assert 15 < s.prior_n < 26
    raw = counts / counts.sum(axis=1, keepdims=True)
    assert np.mean((s.shares - shares) ** 2) < 0.8 * np.mean((raw - shares) ** 2)


def test_groups_that_are_alike_become_one_and_groups_that_are_not_stay() -> None:
    rng = np.random.default_rng(12)
    alike = shrink(rng.multinomial(20, [0.5, 0.3, 0.2], 30))
    assert 200 < alike.prior_n <= 600  # no more is known of what is common
    assert np.ptp(alike.shares[:, 0]) < 0.1
    apart = shrink([[95, 5], [5, 95], [50, 50]])
    assert apart.prior_n < 5
    assert apart.shares[0, 0] > 0.93


def test_one_group_empty_groups_and_nonsense() -> None:
    alone = shrink([[3, 1]])
    assert alone.prior_n == 0
    assert alone.shares.tolist() == [[0.75, 0.25]]
    s = shrink([[3, 1], [0, 0], [30, 10]])
    assert s.shares[1] == pytest.approx(s.common)
    with pytest.raises(ValueError, match="groups × categories"):
        shrink([[0, 0]])
