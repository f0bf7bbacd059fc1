"""Net shares and means of short scales: by hand, against draws of the distribution, and how often they hold."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.coverage import adjusted_wald, coverage, mixes, scale_coverage, told, wald
from polku.stats import mean_intervals, net_share, proportion, scale_mean, weighed_share


def test_a_net_share_by_hand() -> None:
    """Five promoters, three passives, two detractors."""
    e = net_share([1] * 5 + [0] * 3 + [-1] * 2)
    assert e.estimate == pytest.approx(0.3)
    assert e.n == 10
    assert -1 < e.low < 0.3 < e.high < 1


def test_an_interval_is_that_of_draws_of_the_distribution() -> None:
    rng = np.random.default_rng(1)
    masses = np.array([[2.6, 3.6, 5.6], [0.6, 0.6, 10.6], [30.6, 20.6, 50.6]])
    for row, (low, high) in zip(masses, mean_intervals([-1, 0, 1], masses), strict=True):
        gammas = rng.standard_gamma(row, (200_000, 3))
        drawn = (gammas[:, 2] - gammas[:, 0]) / gammas.sum(axis=1)
        assert (low, high) == pytest.approx(tuple(np.quantile(drawn, [0.025, 0.975])), abs=0.01)


def test_with_two_points_it_is_the_beta_distribution() -> None:
    """A mean of 0 and 1 is a share; its quantiles are known in closed form."""
    from scipy import special

    for a, b in (
        (0.6, 10.6),
        (5.5, 2.5),
        (300.5, 40.5),
        (5.6, 1e6),
        (3e5, 2e5),
        (2e7, 3e7),
        (0.5, 5.5),
    ):
        low, high = mean_intervals([0, 1], [[b, a]])[0]
        expected = special.betaincinv(a, b, [0.025, 0.975])
        assert (low, high) == pytest.approx(expected, abs=min(1e-4, 0.02 * float(expected[1] - expected[0])))
    for many in (1e3, 1e4, 1e5, 1e6):  # nobody on one side
        expected = special.betaincinv(0.6, many, [0.025, 0.975])
        assert mean_intervals([0, 1], [[many, 0.6]])[0] == pytest.approx(expected, abs=2e-4)


def test_of_many_answers_it_is_the_normal_interval() -> None:
    for scale in (1e3, 1e5, 1e7):
        masses = scale * np.array([1, 2, 0.5, 4, 3])
        points = np.arange(1, 6)
        mean = float(masses @ points / masses.sum())
        half = 1.959964 * float(np.sqrt(masses @ (points - mean) ** 2)) / masses.sum()
        low, high = mean_intervals(points, [masses])[0]
        assert (low, high) == pytest.approx((mean - half, mean + half), abs=0.05 * half)


@given(st.lists(st.integers(1, 7), min_size=5, max_size=40), st.integers(1, 7))
@settings(max_examples=40)
def test_an_interval_moves_with_the_scale_and_holds_the_mean(answers: list[int], more: int) -> None:
    e, mirrored = scale_mean(answers, 1, 7), scale_mean([8 - a for a in answers], 1, 7)
    assert 1 <= e.low <= e.estimate <= e.high <= 7
    assert (8 - mirrored.high, 8 - mirrored.low) == pytest.approx((e.low, e.high), abs=1e-3)
    stretched = scale_mean([10 * a for a in answers], 10, 70)
    assert (stretched.low, stretched.high) == pytest.approx((10 * e.low, 10 * e.high), abs=1e-2)
    longer = scale_mean(answers * 4 + [more], 1, 7)
    assert longer.n == 4 * len(answers) + 1


def test_nobody_few_and_all_alike() -> None:
    assert net_share([]).reason == "no_observations"
    assert net_share([1] * 4).reason == "too_few"
    assert scale_mean([5] * 4, 1, 5).reason == "too_few"
    assert weighed_share([1]).reason == "too_few"
    all_for = net_share([1] * 10)
    assert (all_for.estimate, all_for.high) == (1, 1)
    assert 0.3 < all_for.low < 0.6
    lowest = scale_mean([1] * 10, 1, 5)
    assert (lowest.estimate, lowest.low) == (1, 1)
    assert 1.2 < lowest.high < 2.2
    assert scale_mean([3] * 10, 1, 5).low < 3 < scale_mean([3] * 10, 1, 5).high
    with pytest.raises(ValueError, match="within 1…5"):
        scale_mean([6] * 10, 1, 5)
    with pytest.raises(ValueError, match="−1, 0 and 1"):
        net_share([0.5] * 10)


def test_a_share_without_weights_is_wilsons() -> None:
    e, plain = weighed_share([1] * 7 + [0] * 5), proportion(7, 12)
    assert (e.low, e.high, e.n) == pytest.approx((plain.low, plain.high, 12))


@pytest.mark.parametrize("n", [10, 12, 20])
def test_nps_intervals_hold_the_truth_as_often_as_they_say(n: int) -> None:
    """Of 171 mixes of promoters and detractors, each group at least 5%: 93 to 97%, but where nearly all are passive and
    so few others come that it must be more. `python -m benchmarks coverage` prints the whole table."""
    held, width = coverage(told, n, mixes())
    assert held.min() >= 0.927
    assert 0.945 <= held.mean() <= 0.957
    assert np.mean((held >= 0.93) & (held <= 0.97)) >= 0.94
    of_adjusted, its_width = coverage(adjusted_wald, n, mixes())
    assert np.mean(np.abs(held - 0.95) <= 0.02) >= np.mean(np.abs(of_adjusted - 0.95) <= 0.02)
    assert width.mean() <= 1.02 * its_width.mean()
    assert coverage(wald, n, mixes())[0].min() < 0.92


def test_nps_intervals_hold_in_draws_too() -> None:
    """The same by drawing answers 0–10 as a survey would have them."""
    from polku.metrics import metric

    rng, nps = np.random.default_rng(3), metric("nps")
    shares = np.array([3, 1, 1, 1, 2, 4, 5, 12, 19, 22, 30]) / 100
    truth, held = 100 * (shares[9:].sum() - shares[:7].sum()), 0
    for _ in range(300):
        e = nps.estimate(rng.choice(11, 15, p=shares))
        held += e.low <= truth <= e.high
    assert 0.93 <= held / 300 <= 0.98


def test_means_of_ten_answers_hold_the_truth_where_students_do_not() -> None:
    ours, students, _ = scale_coverage(5, 10, draws=300)
    assert ours.min() >= 0.90
    assert 0.945 <= ours.mean() <= 0.975
    assert students.min() < 0.75
