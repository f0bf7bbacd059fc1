"""Themes through time: counted by hand, new and growing ones recovered, and none where nothing changes."""

from __future__ import annotations

import numpy as np

from polku.feedback.following import followed
from polku.stats import proportion
from polku.text import Theme, Themes


def themes_of(*members: list[int], n: int) -> Themes:
    made = tuple(Theme(f"t{i}", (f"t{i}",), tuple(m), len(m) / n) for i, m in enumerate(members))
    return Themes(made, np.zeros((n, len(members))), n)


def test_counted_by_hand() -> None:
    period = np.repeat([0, 1, 2], [10, 10, 20])
    feelings = ["negative"] * 5 + ["positive"] * 5 + [None] * 30
    (theme,) = followed(themes_of([0, 1, 9, 12, 39], n=40), feelings, period, 3)
    assert theme.counts == (3, 1, 1)
    assert theme.shares == (proportion(3, 10), proportion(1, 10), proportion(1, 20))
    assert theme.share == proportion(5, 40)
    assert theme.negative == proportion(2, 3)  # of those that have a sentiment
    assert theme.examples == (0, 1, 9)


def test_new_growing_and_shrinking_themes_are_told_from_steady_ones() -> None:
    period = np.repeat(np.arange(6), 200)
    rng = np.random.default_rng(4)
    last = period == 5

    def members(before: float, lately: float) -> list[int]:
        return np.flatnonzero(rng.random(1200) < np.where(last, lately, before)).tolist()

    found = themes_of(members(0, 0.1), members(0.1, 0.3), members(0.3, 0.1), members(0.2, 0.2), n=1200)
    told = followed(found, [None] * 1200, period, 6)
    assert [t.course for t in told] == ["new", "growing", "shrinking", "steady"]
    assert told[0].negative.reason == "no_observations"


def test_where_nothing_changes_hardly_anything_is_told() -> None:
    period = np.repeat(np.arange(6), 200)
    rng = np.random.default_rng(5)
    told = [
        t.course
        for _ in range(20)
        for t in followed(
            themes_of(*(np.flatnonzero(rng.random(1200) < 0.1).tolist() for _ in range(10)), n=1200),
            [None] * 1200,
            period,
            6,
        )
    ]
    assert sum(course != "steady" for course in told) <= 4  # of 200


def test_one_period_has_no_course() -> None:
    (theme,) = followed(themes_of([0, 1], n=30), [None] * 30, np.zeros(30, np.int64), 1)
    assert theme.course == "steady"
    assert theme.q_value is None
