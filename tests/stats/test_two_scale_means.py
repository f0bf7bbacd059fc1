"""Whether two NPS, or two means, differ."""

from __future__ import annotations

import numpy as np
import pytest

from polku.stats import two_net_shares, two_proportions, two_scale_means, two_weighed_shares, weighed


def test_two_net_shares_by_hand() -> None:
    """z of −1/0/+1 without the prior: 0.2 / √((0.6 − 0.04)/100 + (0.6 − 0)/100) = 1.857, two-sided 0.063."""
    first, second = weighed([1] * 40 + [0] * 40 + [-1] * 20), weighed([1] * 30 + [0] * 40 + [-1] * 30)
    told = two_net_shares(first, second)
    assert told.difference.estimate == pytest.approx(0.2)
    assert told.p_value == pytest.approx(0.0633, abs=0.006)
    assert told.difference.low < 0 < told.difference.high
    assert told.difference.n == 200
    back = two_net_shares(second, first)
    assert back.p_value == told.p_value
    assert (back.difference.low, back.difference.high) == (-told.difference.high, -told.difference.low)


def test_too_few_and_all_alike() -> None:
    few, many = weighed([1] * 4), weighed([1] * 50)
    assert two_net_shares(few, many).difference.reason == "too_few"
    assert two_net_shares(few, many).p_value is None
    against = two_net_shares(weighed([1] * 5), weighed([-1] * 5))
    assert against.difference.estimate == 2
    assert 0 < against.p_value < 0.05


@pytest.mark.parametrize(
    ("n", "m", "shares"), [(10, 10, (0.5, 0.2)), (8, 100, (0.6, 0.1)), (30, 60, (0.3, 0.5))]
)
def test_net_test_keeps_its_level_and_the_interval_covers(
    n: int, m: int, shares: tuple[float, float]
) -> None:
    rng, runs, found, held = np.random.default_rng(8), 200, 0, 0
    p = [*shares, 1 - sum(shares)]
    for _ in range(runs):
        first, second = (weighed(rng.choice([1, -1, 0], k, p=p)) for k in (n, m))
        told = two_net_shares(first, second)
        found += told.p_value <= 0.05
        held += told.difference.low <= 0 <= told.difference.high
    assert found / runs <= 0.09
    assert held / runs >= 0.91


def test_a_planted_difference_is_found_and_clusters_are_minded() -> None:
    rng = np.random.default_rng(9)
    first, second = (
        rng.choice(5, 200, p=[0.05, 0.1, 0.2, 0.3, 0.35]),
        rng.choice(5, 200, p=[0.1, 0.2, 0.3, 0.2, 0.2]),
    )
    told = two_scale_means(weighed(first), weighed(second), 0, 4)
    assert told.p_value < 0.001
    who = np.repeat(np.arange(10), 20)
    of_ten = two_scale_means(
        weighed(np.sort(first), clusters=who), weighed(np.sort(second), clusters=who), 0, 4
    )
    assert of_ten.p_value > 50 * told.p_value
    assert of_ten.difference.half_width > 2 * told.difference.half_width


def test_shares_that_weigh_alike_are_two_proportions() -> None:
    first, second = [1.0] * 14 + [0.0] * 6, [1.0] * 9 + [0.0] * 16
    assert two_weighed_shares(weighed(first), weighed(second)) == two_proportions(14, 20, 9, 25)
    assert two_weighed_shares(weighed([1.0] * 3), weighed(second)).difference.reason == "too_few"
    who = [np.repeat(np.arange(n // 5), 5) for n in (20, 25)]
    clustered = two_weighed_shares(weighed(first, clusters=who[0]), weighed(second, clusters=who[1]))
    assert clustered.difference.estimate == pytest.approx(14 / 20 - 9 / 25)
    assert clustered.p_value > 0.1 > two_proportions(14, 20, 9, 25).p_value
    assert clustered.difference.low < 0 < clustered.difference.high
