"""The graph's quantiles, and paths step by step, against hand-counted cases and a slow obvious Python."""

from __future__ import annotations

import math
from collections import Counter
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polku.journeys.asking.collapsing import counted
from polku.journeys.asking.quantiles import FINE, SHARES, WIDE, quantiles, quantiles_of_fine, wanted
from polku.journeys.asking.results import Quantiles
from polku.journeys.asking.scope import Scope
from polku.journeys.paths.graph import FollowsQuestion, NarrowQuestion
from polku.journeys.paths.walk_kernels import ANY
from polku.journeys.paths.walks import WalksQuestion
from tests.journeys.journeys_of import Event, ask, ask_split, block_of, cuts_given, journeys_given, of, seen
from tests.journeys.test_questions import scope_given

DAY = 86_400
lengths_given = st.lists(
    st.one_of(
        st.integers(0, 600),
        st.integers(0, 2**32 - 1),
        st.sampled_from([DAY, 7 * DAY, 30 * DAY]),
    ),
    min_size=5,
    max_size=60,
)


def told(q: Quantiles) -> list[float | None]:
    return [q.at_10.estimate, q.at_25.estimate, q.at_50.estimate, q.at_75.estimate, q.at_90.estimate]


def order_statistic(lengths: list[int], share: float) -> int:
    return sorted(lengths)[max(1, math.ceil(share * len(lengths) - 1e-9)) - 1]


def narrow_bin(length: int) -> int:
    octave = length.bit_length() - 1
    return 0 if length == 0 else 1 + octave * 256 + (length - 2**octave) * 256 // 2**octave


# -- quantiles


@settings(max_examples=100, deadline=None)
@given(lengths_given)
def test_quantiles_of_the_graph_are_the_order_statistics(lengths: list[int]) -> None:
    block = block_of([of((0, 1), (length, 2)) for length in lengths])
    follows = ask(FollowsQuestion(Scope((1, 2))), block)
    assert follows.counts.tolist() == [len(lengths)]
    bins = tuple(wanted(follows.gaps[0]))
    rows = ask(NarrowQuestion(Scope((1, 2)), (1,), (bins,)), block) if bins else ()
    found = quantiles(follows.gaps[0], dict(zip(bins, rows, strict=True)))
    for value, share in zip(told(found), SHARES, strict=True):
        if value is not None:
            exact = order_statistic(lengths, share)
            assert value == exact if exact < 512 else value == pytest.approx(exact, rel=0.002)
    assert [v is None for v in told(found)] == [share ** len(lengths) > 0.05 for share in SHARES]


@settings(max_examples=60, deadline=None)
@given(lengths_given)
def test_one_histogram_of_all_narrow_bins_tells_the_same(lengths: list[int]) -> None:
    fine, wide = np.zeros(FINE, np.int64), np.zeros(WIDE, np.int64)
    narrowed = {w: np.zeros(128, np.int64) for w in range(1, WIDE)}
    for length in lengths:
        place = narrow_bin(length)
        fine[place] += 1
        wide[0 if place == 0 else 1 + (place - 1) // 128] += 1
        if place:
            narrowed[1 + (place - 1) // 128][(place - 1) % 128] += 1
    assert quantiles_of_fine(fine) == quantiles(wide, narrowed)


def test_whole_days_are_told_as_whole_days() -> None:
    fine = np.zeros(FINE, np.int64)
    for days, times in ((1, 70), (2, 15), (14, 15)):
        fine[narrow_bin(days * DAY)] += times
    found = quantiles_of_fine(fine)
    assert told(found) == pytest.approx([DAY, DAY, DAY, 2 * DAY, 14 * DAY], rel=0.002)
    assert found.at_50.low == found.at_50.high == found.at_50.estimate  # a lump has no width
    assert (found.at_75.low, found.at_75.high) == pytest.approx((DAY, 2 * DAY), rel=0.002)


def test_quantiles_of_few() -> None:
    fine = np.zeros(FINE, np.int64)
    fine[0] = 4
    assert {e.reason for e in (quantiles_of_fine(fine).at_50, quantiles_of_fine(fine).at_10)} == {"too_few"}
    fine[0] = 5
    assert told(quantiles_of_fine(fine)) == [0, 0, 0, None, None]  # nothing bounds the upper ones
    assert quantiles_of_fine(np.zeros(FINE, np.int64)).at_50.reason == "no_observations"


def test_pairs_and_bins_are_told_apart() -> None:
    block = block_of([of((0, 1), (10, 2), (1010, 1), (1010, 1)), of((0, 1), (11, 2))])
    scope = Scope((1, 2))
    follows = ask(FollowsQuestion(scope), block)
    assert [(int(c), int(w)) for c, w in zip(follows.came, follows.went, strict=True)] == [
        (0, 0),
        (0, 1),
        (1, 0),
    ]
    wides = [int(np.flatnonzero(follows.gaps[i])[0]) for i in (1, 2)]
    rows = ask(NarrowQuestion(scope, (2, 1), ((wides[1],), (wides[0], wides[1]))), block)
    assert rows.sum(axis=1).tolist() == [1, 2, 0]


# -- collapsing


@settings(max_examples=60, deadline=None)
@given(journeys_given, scope_given)
def test_repeats_are_met_once(journeys: list[list[Event]], scope: Scope) -> None:
    block = block_of(journeys)
    for chosen in (None, np.array([i for i in range(len(journeys)) if i % 2], np.int64)):
        looked = block if chosen is None else block.choose(chosen)
        found = counted(scope, looked, collapse=True)
        of_each = [
            list(zip(found.time[a:b].tolist(), found.number[a:b].tolist(), strict=True))
            for a, b in zip(found.starts, found.ends, strict=True)
        ]
        whom = journeys if chosen is None else [journeys[i] for i in chosen]
        assert of_each == [seen(j, scope, collapse=True) for j in whom]


# -- walks


def walks_of(path: list[tuple[int, int]], q: WalksQuestion) -> list[list[tuple[int, int]]]:
    """The walks of a profile, each as what is met and how long after the beginning."""
    ordered = path[::-1] if q.backward else path
    if q.anywhere:
        begins = [i for i, (_, k) in enumerate(ordered) if k == q.asked[0]]
        if not q.every:
            begins = begins[-1:] if q.backward else begins[:1]
    else:
        begins = [0] if path else []
        if q.backward and path:
            ordered, begins = path[:1], [0]  # from the first event there is no way back
    walks = []
    for begin in begins:
        began, walk = ordered[begin][0], []
        for t, k in ordered[begin:]:
            if q.window is not None and abs(t - began) > q.window:
                break
            walk.append((k, abs(t - began)))
        walks.append(walk)
    return walks


@settings(max_examples=200, deadline=None)
@given(
    journeys_given,
    scope_given,
    st.builds(
        dict,
        asked=st.lists(st.sampled_from([0, 0, 1, 2, -1, ANY]), max_size=3).map(tuple),
        anywhere=st.booleans(),
        steps=st.integers(1, 4),
        window=st.sampled_from([None, 0, 5, 60]),
        backward=st.booleans(),
        every=st.booleans(),
        collapse=st.booleans(),
    ),
    cuts_given,
)
def test_walks_are_what_python_walks(
    journeys: list[list[Event]], scope: Scope, asked: dict[str, Any], cuts: list[int]
) -> None:
    asked["anywhere"] = asked["anywhere"] and bool(asked["asked"]) and asked["asked"][0] != ANY
    q = WalksQuestion(scope, **asked)
    reached, flows = Counter[int](), Counter[tuple[int, int, int]]()
    times = Counter[tuple[int, int]]()
    profiles = squares = 0
    for journey in journeys:
        mine = 0
        for walk in walks_of(seen(journey, scope, collapse=q.collapse), q):
            met = [k for k, _ in walk]
            depth = 0
            reached[0] += 1
            while depth < len(q.asked) and depth < len(met) and q.asked[depth] in (met[depth], ANY):
                depth += 1
                reached[depth] += 1
            if depth < len(q.asked):
                continue
            mine += 1
            rest = walk[max(0, len(q.asked) - 1) :][: q.steps + 1]
            for step, (k, _) in enumerate(rest):
                times[step, k] += 1
            for step, ((a, _), (b, _)) in enumerate(pairwise(rest)):
                flows[step, a, b] += 1
            if len(rest) <= q.steps:
                flows[len(rest) - 1, rest[-1][0], scope.size] += 1
        profiles += mine > 0
        squares += mine**2
    found = ask_split(q, journeys, cuts)
    assert found.reached.tolist() == [reached[d] for d in range(len(q.asked) + 1)]
    assert {tuple(p.tolist()): int(found.flows[tuple(p)]) for p in np.argwhere(found.flows)} == dict(flows)
    here = found.gaps.sum(axis=2)
    assert {tuple(p.tolist()): int(here[tuple(p)]) for p in np.argwhere(here)} == dict(times)
    assert (found.profiles, found.squares) == (profiles, squares)


def test_walks_by_hand() -> None:
    journeys = [
        of((0, 1), (5, 2), (9, 3)),
        of((0, 3), (1, 2), (4, 2), (8, 1)),
        of((7, 2)),
        of((3, 4)),  # not in the scope
    ]
    scope = Scope((1, 2, 3))
    onwards = ask(WalksQuestion(scope, (1,), True, steps=2), block_of(journeys))
    assert onwards.reached.tolist() == [3, 3]
    assert onwards.flows[0, 1].tolist() == [0, 1, 1, 1]  # to touchpoints 2 and 3, and one ends
    assert onwards.flows[1].tolist() == [[0] * 4, [1, 0, 0, 0], [0, 0, 0, 1]]
    back = ask(WalksQuestion(scope, (1,), True, steps=1, backward=True), block_of(journeys))
    assert back.flows[0, 1].tolist() == [1, 0, 1, 1]
    every = ask(WalksQuestion(scope, (1,), True, every=True), block_of(journeys))
    assert (every.reached.tolist(), every.profiles, every.squares) == ([4, 4], 3, 6)
    from_first = ask(WalksQuestion(scope, steps=1), block_of(journeys))
    assert from_first.flows[0].sum(axis=1).tolist() == [1, 1, 1]
