"""What comes next: counts against a slow obvious Python, the forecast against each thing tried by itself."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polku.journeys.asking.scope import Scope
from polku.journeys.next.forecast import BINS, ForecastQuestion
from polku.stats import FEWEST, witten_bell
from polku.store import Block
from tests.journeys.journeys_of import Event, ask, ask_split, block_of, cuts_given, journeys_given, of

ABC = Scope((1, 2, 3))
NOTHING = 3
Step = tuple[tuple[int, ...], int, int]
"""The path so far, what comes (3: nothing), and when its last touchpoint was."""


def after(path: tuple[int, ...], within: int, end: int) -> ForecastQuestion:
    return ForecastQuestion(ABC, path, 3, within, end, end)


def slow_steps(journey: list[Event], within: int) -> list[Step]:
    """What comes after each touchpoint of a journey."""
    events = [(t, ABC.codes.index(k)) for t, k, _, _ in journey if k in ABC.codes]
    steps: list[Step] = []
    path: tuple[int, ...] = ()
    for i, (t, k) in enumerate(events):
        path = (*path, k)
        follows = i + 1 < len(events) and events[i + 1][0] - t <= within
        steps.append((path, events[i + 1][1] if follows else NOTHING, t))
        if not follows:
            path = ()
    return steps


def slow_probability(steps: list[Step], path: tuple[int, ...]) -> np.ndarray:
    """From steps to the probability of what comes after a path: by its last 0, 1, 2, … touchpoints."""
    counts = []
    for back in range(len(path) + 1):
        after = Counter(
            comes
            for way, comes, _ in steps
            if len(way) >= back and way[len(way) - back :] == path[len(path) - back :]
        )
        counts.append(np.array([after[k] for k in range(4)]))
    return witten_bell(counts, fewest=FEWEST)


# -- what comes after a path


def test_by_hand() -> None:
    journeys = [of((0, 1), (5, 2), (9, 3)), of((0, 1), (5, 2), (50, 3)), of((0, 2), (4, 2), (4, 1))]
    found = ask(after((0, 1), 10, 1000), block_of(journeys * 3)).following
    # all: 1 comes once, 2 three times, 3 once, nothing four times; after 2: 1, 2, 3 and nothing once each;
    # after 1 and 2: 3 once and nothing once; and all of it three times
    assert found.seen == (27, 12, 6)
    assert found.rests_on == 2
    p0 = (3 * np.array([1, 3, 1, 4]) + 4 * 0.25) / 31
    p1 = (3 + 4 * p0) / 16
    assert found.probability == pytest.approx((3 * np.array([0, 0, 1, 1]) + 2 * p1) / 8)
    assert found.plain == pytest.approx(p0)
    rare = ask(after((0, 1), 10, 1000), block_of(journeys * 2)).following
    assert (rare.seen, rare.rests_on) == ((18, 8, 4), 1)  # of four one could see who


def test_what_is_not_seen_in_full_is_left_out() -> None:
    journeys = [of((0, 1), (100, 2))]
    assert ask(after((), 10, 111), block_of(journeys)).following.seen == (2,)
    assert ask(after((), 10, 110), block_of(journeys)).following.seen == (1,)


def test_nothing_at_all() -> None:
    found = ask(after((0,), 10, 100), Block.empty()).following
    assert found.seen == (0, 0)
    assert np.isnan(found.half).all()
    assert ask(ForecastQuestion(ABC, (), 3, 10, 50, 100), Block.empty()).tried is None


@settings(max_examples=60, deadline=None)
@given(
    st.lists(journeys_given, min_size=1, max_size=4).map(lambda several: [j for js in several for j in js]),
    st.lists(st.integers(0, 2), max_size=3).map(tuple),
    st.sampled_from([0, 4, 50, 4_000_000]),
    st.sampled_from([10, 200, 2**33]),
    cuts_given,
)
def test_following_is_what_python_counts(
    journeys: list[list[Event]], path: tuple[int, ...], within: int, end: int, cuts: list[int]
) -> None:
    steps = [s for j in journeys for s in slow_steps(j, within) if s[2] + within < end]
    found = ask_split(after(path, within, end), journeys, cuts).following
    assert found.seen[0] == len(steps)
    if len(steps) >= FEWEST:
        assert found.probability == pytest.approx(slow_probability(steps, path))


def test_intervals_hold_the_truth_as_often_as_they_say() -> None:
    """Profiles each with an inclination of their own, so that their steps are not independent."""
    rng = np.random.default_rng(4)

    def journeys(n: int) -> Block:
        liking = rng.dirichlet([2.0, 2.0, 2.0], n)
        kinds = (rng.random((n, 8))[:, :, None] > liking.cumsum(axis=1)[:, None, :2]).sum(axis=2) + 1
        return block_of([of(*enumerate(row)) for row in kinds.tolist()])

    question = after((0,), 1, 2**33)
    truth = ask(question, journeys(20_000)).following.probability
    found = [ask(question, journeys(150)).following for _ in range(100)]
    holds = np.mean([np.abs(f.probability - truth) <= f.half for f in found])
    assert holds == pytest.approx(0.95, abs=0.04)


# -- the forecast


@settings(max_examples=50, deadline=None)
@given(
    st.lists(journeys_given, min_size=1, max_size=4),
    st.sampled_from([1, 2, 3]),
    st.sampled_from([(4, 9, 100), (1, 5, 200), (0, 6, 14), (50, 60, 2**33)]),
    cuts_given,
)
def test_the_forecast_is_tried_on_what_comes_later(
    several: list[list[list[Event]]], order: int, times: tuple[int, int, int], cuts: list[int]
) -> None:
    within, cut, end = times
    journeys = [j for js in several for j in js]
    steps = [s for j in journeys for s in slow_steps(j, within)]
    early = [s for s in steps if s[2] + within < cut]
    late = [s for s in steps if s[2] >= cut and s[2] + within < end]
    found = ask_split(ForecastQuestion(ABC, (), order, within, cut, end), journeys, cuts).tried
    if not early or not late:
        assert found is None
        return
    told: dict[str, Any] = defaultdict(float)
    foretold, true = np.zeros(len(BINS) - 1), np.zeros(len(BINS) - 1)
    for path, comes, _ in late:
        for name, p in (
            ("forecast", slow_probability(early, path[-order:])),
            ("plain", slow_probability(early, ())),
        ):
            likely = sorted(range(4), key=lambda k: (-p[k], k))
            told[name, "loss"] -= math.log(p[comes])
            told[name, "first"] += likely[0] == comes
            told[name, "three"] += comes in likely[:3]
            if name == "forecast":
                for k in range(4):
                    place = int(np.searchsorted(BINS[1:-1], p[k], side="right"))
                    foretold[place] += p[k]
                    true[place] += k == comes
    assert (found.learned, found.n.sum()) == (len(early), len(late))
    for i, name in enumerate(("forecast", "plain")):
        assert found.loss.sum(axis=0)[i] == pytest.approx(told[name, "loss"])
        assert found.first.sum(axis=0)[i] == told[name, "first"]
        assert found.three.sum(axis=0)[i] == told[name, "three"]
    assert found.said.sum() == 4 * len(late)
    assert found.foretold.sum(axis=0) == pytest.approx(foretold)
    assert found.true.sum(axis=0).tolist() == true.tolist()


def test_what_depends_on_the_path_is_foretold_better_than_by_shares() -> None:
    """After 1 and 2 comes 3, after 2 and 1 comes nothing: shares know nothing of it."""
    journeys = [
        of(*((1000 * i + t, k) for t, k in enumerate((1, 2, 3) if i % 2 else (2, 1)))) for i in range(400)
    ]
    found = ask(ForecastQuestion(ABC, (), 2, 10, 300_000, 2**33), block_of(journeys)).tried
    loss, first = found.loss.sum(axis=0) / found.n.sum(), found.first.sum(axis=0) / found.n.sum()
    assert loss[0] < 0.5 * loss[1]
    assert first[0] > 0.75 > first[1]
