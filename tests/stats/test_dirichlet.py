"""Where the mean of a Dirichlet distribution lies."""

from __future__ import annotations

import numpy as np
import pytest

from polku.stats import mean_intervals


@pytest.mark.parametrize("n", [1e3, 1e4, 1e5, 1e6, 1e7])
def test_of_many_answers_it_is_as_a_normal_distribution_has_it(n: float) -> None:
    points, shares = np.array([-1.0, 0.0, 1.0]), np.array([[0.26, 0.32, 0.42], [0.02, 0.03, 0.95]])
    mean = shares @ points
    deviation = np.sqrt((shares @ points**2 - mean**2) / (n + 1))
    found = mean_intervals(points, n * shares)
    assert found[:, 0] == pytest.approx(mean - 1.96 * deviation, abs=0.1 * deviation.max())
    assert found[:, 1] == pytest.approx(mean + 1.96 * deviation, abs=0.1 * deviation.max())


def test_of_few_answers_it_is_as_drawn_by_lot() -> None:
    points, masses = (
        np.array([1.0, 2, 3, 4, 5]),
        np.array([[0.5, 0, 0, 1, 5], [2, 2, 2, 2, 2], [40, 0, 0, 0, 1]]),
    )
    rng = np.random.default_rng(3)
    for row, (low, high) in zip(masses, mean_intervals(points, masses), strict=True):
        drawn = rng.dirichlet(row[row > 0], 400_000) @ points[row > 0]
        assert [low, high] == pytest.approx(np.quantile(drawn, [0.025, 0.975]), abs=0.02)
