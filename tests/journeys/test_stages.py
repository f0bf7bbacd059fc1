"""Stages against hand-counted cases, a slow obvious Python, and planted truths."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polku.journeys.asking.gaps import median_gap, quantile_gap
from polku.journeys.asking.scope import Scope
from polku.journeys.stages.moves import Moved, MovesQuestion
from polku.journeys.stages.queries import JourneyStages
from tests.journeys.journeys_of import Event, ask, ask_split, bins, block_of, cuts_given, journeys_given, of
from tests.journeys.shop import Shop

ABC = Scope((1, 2, 3))
TENS = (10, 20, 30, 40)
"""Three spans of ten seconds."""


def moves_of(journeys: Sequence[Sequence[Event]], stages: tuple[int, ...] = (0, 1, 2), **more: Any) -> Moved:
    asked = {"edges": TENS, "low": 0, "now": 100} | more
    answer: Moved = ask(MovesQuestion(ABC, stages, 3, **asked), block_of(journeys))
    return answer


def test_moves_by_hand() -> None:
    journeys = [
        of(
            (5, 1), (12, 2), (13, 1), (14, 2), (21, 2), (35, 3)
        ),  # there, back and there again: once in the span
        of((15, 1), (16, 2), (17, 1)),  # back where it began is new, not a move
        of((22, 3), (31, 1), (39, 1)),  # backward
        of((45, 2)),  # after the last span
        of((11, 9)),
    ]
    moved = moves_of(journeys)
    assert moved.new.tolist() == [1, 1, 1, 0, 1]
    assert moved.entered.tolist() == [[1, 0, 0], [1, 1, 0], [0, 0, 1], [1, 0, 1], [0, 1, 0]]
    assert moved.left.tolist() == [[0, 0, 0], [1, 0, 0], [0, 0, 0], [0, 1, 1], [0, 0, 0]]
    assert moved.forward.sum(axis=1).tolist() == [0, 1, 0, 1, 0]
    assert moved.stock.tolist() == [[1, 0, 0], [1, 1, 0], [1, 1, 1], [2, 0, 1], [2, 1, 1]]
    assert moved.stays.tolist() == [bins([7, 1, 1]), bins([1, 1, 21]), bins([9])]
    assert moved.here.tolist() == [bins([83, 69]), bins([55]), bins([65])]


def test_a_move_within_a_span_that_ends_where_it_began_is_none() -> None:
    moved = moves_of([of((5, 1), (12, 2), (13, 1))])
    assert (moved.entered[1].tolist(), moved.left[1].tolist()) == ([0, 0, 0], [0, 0, 0])
    assert moved.stays.tolist() == [bins([7]), bins([1]), bins([])]


def test_at_one_moment_the_order_of_arrival_decides() -> None:
    assert moves_of([of((15, 1), (15, 3))]).stock[-1].tolist() == [0, 0, 1]
    assert moves_of([of((15, 3), (15, 1))]).stock[-1].tolist() == [1, 0, 0]
    assert moves_of([of((15, 3), (15, 1))]).stays[2].tolist() == bins([0])


def test_only_stays_that_end_in_the_period_are_told() -> None:
    journey = of((5, 1), (12, 2), (30, 3))
    assert moves_of([journey], low=13).stays.tolist() == [bins([]), bins([18]), bins([])]
    assert moves_of([journey], low=12).stays[0].tolist() == bins([7])


def test_a_stay_that_begins_after_now_has_no_length() -> None:
    assert moves_of([of((35, 1))], now=30).here[0].tolist() == bins([0])


def test_nobody_and_no_spans() -> None:
    assert moves_of([]).stock.tolist() == [[0, 0, 0]] * 5
    assert moves_of([of((5, 1))], edges=()).stock.tolist() == [[1, 0, 0]]
    assert moves_of([of((5, 1))], stages=(-1, -1, -1)).here.sum() == 0


@settings(max_examples=200, deadline=None)
@given(
    journeys_given,
    st.lists(st.integers(-1, 2), min_size=3, max_size=3),
    st.lists(st.sampled_from([0, 1, 2, 4, 5, 13, 14, 90, 3_000_000, 3_000_001]), max_size=5).map(sorted),
    st.sampled_from([0, 5, 60]),
    cuts_given,
)
def test_moves_are_what_python_counts(
    journeys: list[list[Event]], stages: list[int], limits: list[int], low: int, cuts: list[int]
) -> None:
    scope, now = Scope((3, 1, 2), source=1), 3_000_050
    of_code = dict(zip(scope.codes, stages, strict=True))
    moved, stays, here = [Counter[tuple[int, int]]() for _ in range(len(limits) + 1)], Counter(), Counter()
    for journey in journeys:
        at = [(t, of_code[c]) for t, c, source, _ in journey if source == 1 and of_code.get(c, -1) >= 0]
        for s in range(len(limits) + 1):
            ends = limits[s] if s < len(limits) else 2**32
            begins = limits[s - 1] if s else 0
            before = [k for t, k in at if t < begins]
            after = [k for t, k in at if t < ends]
            if after and (not before or before[-1] != after[-1]):
                moved[s][before[-1] + 1 if before else 0, after[-1]] += 1
        runs = [e for n, e in enumerate(at) if n == 0 or at[n - 1][1] != e[1]]
        for (t, k), (u, _) in pairwise(runs):
            if u >= low:
                stays[k, u - t] += 1
        if runs:
            here[runs[-1][1], now - runs[-1][0]] += 1
    answer = ask_split(MovesQuestion(scope, tuple(stages), 3, tuple(limits), low, now), journeys, cuts)
    seen = answer.moves.copy()
    seen[:, [1, 2, 3], [0, 1, 2]] = 0
    told = [{(int(i), int(k)): int(seen[s, i, k]) for i, k in zip(*np.nonzero(seen[s]), strict=True)}
            for s in range(len(limits) + 1)]  # fmt: skip
    assert told == [dict(m) for m in moved]
    for counts, lengths in ((answer.stays, stays), (answer.here, here)):
        assert counts.tolist() == [
            bins([t for (s, t), n in lengths.items() for _ in range(n) if s == k]) for k in range(3)
        ]
    assert answer.stock[-1].tolist() == answer.here.sum(axis=1).tolist()
    assert (answer.stock >= 0).all()
    assert (answer.forward + np.tril(seen[:, 1:], -1).sum(axis=2) == answer.left).all()


def test_planted_lengths_of_stays_are_found() -> None:
    """Stays in the first stage are log-normal: a quarter below 27 hours, a half below 2 days, a quarter above 3.6."""
    rng = np.random.default_rng(2)
    lengths = (2 * 86_400 * np.exp(rng.normal(0, 0.86, 4000))).astype(int)
    moved = moves_of([of((100, 1), (100 + int(n), 2)) for n in lengths], now=2**31)
    truth = [2 * 86_400 * np.exp(0.86 * z) for z in (-0.6745, 0, 0.6745)]
    told = [
        quantile_gap(moved.stays[0], 0.25),
        median_gap(moved.stays[0]),
        quantile_gap(moved.stays[0], 0.75),
    ]
    for estimate, true in zip(told, truth, strict=True):
        assert estimate.estimate == pytest.approx(true, rel=0.05)
        assert estimate.low is not None
        assert estimate.high is not None
        assert estimate.low < true < estimate.high


# -- the query


def test_stages_of_a_small_shop(busy_shop: Shop) -> None:
    """Everyone sees ad and product; of six who fill a cart five order, and get it delivered."""
    told = JourneyStages(by="day").answer(busy_shop.workspace)
    assert [s.now for s in told.stages] == [0, 4, 1, 5]
    assert (told.profiles, told.staged) == (10, 10)
    assert [s.share.estimate for s in told.stages] == [0, 0.4, 0.1, 0.5]
    assert told.stages[0].stayed_s.median.n == 10
    assert told.stages[2].stayed_s.median.estimate == pytest.approx(
        3 * 86_400, rel=0.07
    )  # from cart to delivery
    assert told.stages[1].been_s.median.reason == "too_few"
    days = {f.start.day: f for f in told.flow}
    assert days[1].new == 10
    assert [f.stock for f in days[1].stages] == [10, 0, 0, 0]
    assert (days[2].forward, days[2].backward) == (6, 0)  # the others see the product after midnight
    assert [f.entered for f in days[3].stages] == [0, 4, 6, 0]
    assert [f.left for f in days[3].stages] == [4, 6, 0, 0]
    assert [f.stock for f in told.flow[-1].stages] == [s.now for s in told.stages]
    assert [f.finished for f in told.flow] == [True] * 6 + [False]  # the last event is at eleven


def test_a_period_leaves_nobody_out_who_is_in_a_stage(busy_shop: Shop) -> None:
    whole = JourneyStages().answer(busy_shop.workspace)
    late = JourneyStages(since=date(2026, 3, 6)).answer(busy_shop.workspace)
    assert [s.now for s in late.stages] == [s.now for s in whole.stages]
    assert [s.reached for s in late.stages] == [0, 0, 0, 5]
    assert late.stages[0].stayed_s.median.n == 0
    assert late.stages[2].stayed_s.median.n == 5
    early = JourneyStages(until=date(2026, 3, 2), by="day").answer(busy_shop.workspace)
    assert [s.now for s in early.stages] == [4, 6, 0, 0]
    assert [f.finished for f in early.flow] == [True, True]


def test_those_who_have_been_there_have_been_until_the_end_of_what_is_known(shop: Shop) -> None:
    for i in range(6):
        shop.visits(f"c{i}", (0, "ad"))
    shop.visits("late", (9, "order"))
    told = JourneyStages().answer(shop.refreshed()).stages[0].been_s.median
    assert told.estimate == pytest.approx(timedelta(days=10).total_seconds(), rel=0.07)
