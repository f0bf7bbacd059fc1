"""Attribution against hand-counted cases, a slow obvious Python, every coalition, every path walked, and simulation."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import replace
from functools import reduce
from itertools import combinations, pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polku.journeys.asking.contexts import deepest
from polku.journeys.asking.scope import Scope
from polku.journeys.attribution.attribution import AttributionQuestion
from polku.journeys.attribution.removal import removal
from polku.journeys.attribution.shares import MODELS, RULES, Shares
from polku.journeys.attribution.tally import Tally
from polku.store import Block
from polku.store.blocks import COLUMNS
from tests.journeys.journeys_of import Event, ask, block_of, cuts_given, journeys_given, of

NAN = float("nan")
OUTCOME = 4
"""The touchpoint that is the outcome; 1, 2 and 3 may earn it."""
SCOPE = Scope((1, 2, 3, OUTCOME))
Path = tuple[tuple[tuple[int, int], ...], float | None]
"""The touchpoints of a path as (seconds before its end, number), and what its conversion is worth; None: none."""


def worth(time: int) -> float:
    """What an outcome at a time is worth in these tests; that of some is not known."""
    return NAN if time == 8 else float(time % 7 + 1)


def paid(journeys: list[list[Event]]) -> Block:
    block = block_of(journeys)
    return replace(block, value=np.array([worth(int(t)) for t in block.time], np.float32))


def asked(lookback: int = 10**6, half_life: float = 7.0, **more: Any) -> AttributionQuestion:
    return AttributionQuestion(SCOPE, 3, lookback, half_life, **more)


def shares(
    journeys: list[list[Event]], question: AttributionQuestion | None = None
) -> dict[str, list[float]]:
    """What each model gives to the touchpoints 1, 2, 3 of the conversions, rounded."""
    found: Shares = ask(question or asked(), paid(journeys))
    return {m: np.round(found.share[0, i], 6).tolist() for i, m in enumerate(found.models)}


def slow_paths(journey: list[Event], q: AttributionQuestion) -> list[Path]:
    """The paths of a journey, each event looked at in turn."""
    events = [(t, SCOPE.codes.index(k)) for t, k, _, _ in journey if k in SCOPE.codes]
    paths: list[Path] = []
    stretch: list[tuple[int, int]] = []

    def close(until: int, money: float | None) -> None:
        kept = tuple((until - t, k) for t, k in stretch if until - t <= q.lookback)
        if until >= q.low:
            paths.append((kept, money))
        stretch.clear()

    for t, k in events:
        if stretch and t - stretch[-1][0] > q.lookback:
            close(stretch[-1][0], None)
        if k == q.outcome:
            close(t, worth(t))
            if q.once:
                return paths
        else:
            stretch.append((t, k))
    if stretch:
        close(stretch[-1][0], None)
    return paths


def weights(path: tuple[tuple[int, int], ...], half_life: float) -> dict[str, list[float]]:
    """How each rule divides a conversion between the places of its path."""
    n = len(path)
    numbers = [k for _, k in path]
    decay = [
        2 ** ((path[-1][0] - age) / half_life) for age, _ in path
    ]  # only what they are of each other matters
    position = [1.0] if n == 1 else [0.5, 0.5] if n == 2 else [0.4, *[0.2 / (n - 2)] * (n - 2), 0.4]
    return {
        "first": [float(i == 0) for i in range(n)],
        "last": [float(i == n - 1) for i in range(n)],
        "linear": [1 / n] * n,
        "decay": [d / sum(decay) for d in decay],
        "position": position,
        "shapley": [1 / len(set(numbers)) if numbers.index(k) == i else 0.0 for i, k in enumerate(numbers)],
    }


def slow_chain(paths: list[Path], order: int, removed: int | None, *, money: bool) -> float:
    """What a path of the chain gains on average, without a touchpoint: one linear equation for each state."""
    follows: dict[Any, dict[Any, float]] = defaultdict(lambda: defaultdict(float))
    gains: dict[Any, float] = defaultdict(float)
    for path, value in paths:
        state: tuple[Any, ...] = ("begin",) * order
        for _, k in path:
            after = (*state[1:], k)
            follows[state][after] += 1
            state = after
        follows[state]["end"] += 1
        if value is not None:
            gains[state] += (0.0 if math.isnan(value) else value) if money else 1.0
    states = list(follows)
    matrix, right = np.eye(len(states)), np.zeros(len(states))
    for i, state in enumerate(states):
        n = sum(follows[state].values())
        if state[-1] == removed:
            continue
        right[i] = gains[state] / n
        for after, count in follows[state].items():
            if after != "end":
                matrix[i, states.index(after)] -= count / n
    return float(np.linalg.solve(matrix, right)[states.index(("begin",) * order)])


def slow_removal(paths: list[Path], order: int, *, money: bool) -> list[float]:
    whole = slow_chain(paths, order, None, money=money)
    effects = [1 - slow_chain(paths, order, k, money=money) / whole for k in range(3)]
    return [e / sum(effects) for e in effects]


# -- paths and rules


def test_by_hand() -> None:
    # touchpoints 1, 2, 2, 3 before one conversion, 14, 7, 7 and 0 seconds before it; the half-life is 7 seconds
    told = shares([of((0, 1), (7, 2), (7, 2), (14, 3), (14, OUTCOME))])
    assert told["first"] == [1, 0, 0]
    assert told["last"] == [0, 0, 1]
    assert told["linear"] == [0.25, 0.5, 0.25]
    assert told["decay"] == pytest.approx([0.25 / 2.25, 1 / 2.25, 1 / 2.25], abs=1e-6)
    assert told["position"] == [0.4, 0.2, 0.4]
    assert told["shapley"] == pytest.approx([1 / 3] * 3, abs=1e-6)
    assert list(told) == list(MODELS)


@pytest.mark.parametrize(
    ("events", "more", "first", "conversions", "led", "paths"),
    [
        ([(0, 1), (10, OUTCOME)], {"lookback": 10}, 1, 1, 1, 1),  # the last second that counts
        (
            [(0, 1), (11, OUTCOME)],
            {"lookback": 10},
            None,
            1,
            0,
            1,
        ),  # too long ago: a path that led to nothing
        ([(0, 1), (5, 2), (11, OUTCOME)], {"lookback": 10}, 2, 1, 1, 1),
        ([(0, 1), (5, OUTCOME), (6, OUTCOME)], {}, 1, 2, 1, 1),  # nothing between the two
        ([(0, 1), (5, OUTCOME), (6, 2), (7, OUTCOME)], {"once": True}, 1, 1, 1, 1),
        ([(0, 1), (5, OUTCOME), (6, 2), (7, OUTCOME)], {"low": 6, "once": True}, None, 0, 0, 0),
        (
            [(0, 1), (5, OUTCOME), (6, 2), (7, OUTCOME)],
            {"low": 6},
            2,
            1,
            1,
            1,
        ),  # paths are of the time before too
        ([(0, 1), (5, OUTCOME)], {"low": 5}, 1, 1, 1, 1),
        ([(3, OUTCOME), (3, 1)], {}, None, 1, 0, 1),  # the same second, in their order of arrival
        ([(3, 1), (3, OUTCOME)], {}, 1, 1, 1, 1),
        ([(0, 1), (20, 2), (21, 3)], {"lookback": 10}, None, 0, 0, 2),  # a silence ends a path
        ([(OUTCOME, OUTCOME)], {}, None, 1, 0, 0),
        ([], {}, None, 0, 0, 0),
    ],
)
def test_paths_by_hand(
    events: list[tuple[int, int]], more: Any, first: int | None, conversions: int, led: int, paths: int
) -> None:
    found = ask(asked(**more), paid([of(*events)]))
    assert (found.conversions, found.led, found.paths) == (conversions, led, paths)
    earns = found.share[0, 0]
    assert (
        np.isnan(earns).all() if first is None else earns.tolist() == [float(k == first) for k in (1, 2, 3)]
    )


def test_nothing_at_all() -> None:
    assert ask(asked(), Block.empty()) is None


question_given = st.builds(
    asked,
    lookback=st.sampled_from([0, 3, 50, 10**7]),
    half_life=st.sampled_from([1.0, 40.0, 1e6]),
    low=st.sampled_from([0, 5, 60]),
    once=st.booleans(),
)


@settings(max_examples=80, deadline=None)
@given(journeys_given, question_given, cuts_given)
def test_rules_are_what_python_counts(
    journeys: list[list[Event]], q: AttributionQuestion, cuts: list[int]
) -> None:
    paths = [p for j in journeys for p in slow_paths(j, q)]
    places = sorted({0, len(journeys), *(c % (len(journeys) + 1) for c in cuts)})
    parts = [Block.empty(), *(paid(journeys[a:b]) for a, b in pairwise(places))]
    tallies = reduce(q.merge, map(q.partial, parts)).values()
    if not tallies:
        return
    credit = {m: np.zeros((2, 3)) for m in RULES}
    met = [0, 0, 0]
    for path, value in paths:
        if value is None or not path:
            continue
        for k in {k for _, k in path}:
            met[k] += 1
        for m, given_to in weights(path, q.half_life).items():
            for (_, k), w in zip(path, given_to, strict=True):
                credit[m][:, k] += w, w * (0.0 if math.isnan(value) else value)
    together: Tally = reduce(lambda a, b: a + b, tallies)
    assert together.met.tolist() == met
    assert together.conversions == sum(v is not None for _, v in paths)
    assert together.valued == sum(v is not None and not math.isnan(v) for _, v in paths)
    assert together.paths == sum(bool(p) for p, _ in paths)
    for i, m in enumerate(RULES):
        np.testing.assert_allclose(together.credit[:, [i, 6 + i]].T, credit[m], atol=1e-9)


def test_the_same_whichever_blocks_profiles_are_in() -> None:
    rng = np.random.default_rng(5)
    journeys = [
        of(*((int(t), int(k)) for t, k in zip(range(9), rng.integers(1, 5, 9), strict=True)))
        for _ in range(40)
    ]
    whole = paid(journeys)
    parts = [whole.choose(np.arange(a, b)) for a, b in ((0, 7), (7, 7), (7, 40))]
    one, other = ask(asked(), whole), ask(asked(), *reversed(parts))
    np.testing.assert_allclose(one.share, other.share)
    np.testing.assert_allclose(one.half, other.half)


# -- Markov's chain


def test_a_published_chain() -> None:
    # C1 → C2 → C3 → converts, C1 → nothing, C2 → C3 → nothing: removal effects 0.5, 1 and 1
    # (Bryl, Marketing Multi-Channel Attribution model with R, part 1, 2016)
    journeys = [of((0, 1), (1, 2), (2, 3), (3, OUTCOME)), of((0, 1)), of((0, 2), (1, 3))]
    assert shares(journeys)["markov1"] == [0.2, 0.4, 0.4]


def test_a_chain_solved_by_hand() -> None:
    # 1 → 1 → 2 → converts, 2 → 1 → nothing. From the beginning half go to 1, half to 2. From 1: a third to 1 again,
    # a third to 2, a third end. From 2: half to 1, half convert.
    # With x from 1, y from 2: x = x/3 + y/3, y = x/2 + 1/2, so x = 1/3, y = 2/3 and the whole is 1/2.
    # Without 1: y = 1/2, whole 1/4, effect 1/2. Without 2: nobody converts, effect 1.
    journeys = [of((0, 1), (1, 1), (2, 2), (3, OUTCOME)), of((0, 2), (1, 1))]
    assert shares(journeys)["markov1"] == pytest.approx([1 / 3, 2 / 3, 0], abs=1e-6)


def test_a_chain_that_remembers_whole_paths_counts_those_with_the_touchpoint() -> None:
    journeys = [
        *[of((0, 1), (1, 2), (2, OUTCOME))] * 3,
        *[of((0, 2), (1, 1), (2, 3), (3, OUTCOME))] * 2,
        *[of((0, 3), (1, OUTCOME))],
        *[of((0, 1), (1, 2), (2, 3))] * 4,
    ]
    assert shares(journeys)["markov3"] == pytest.approx([5 / 13, 5 / 13, 3 / 13], abs=1e-6)


@settings(max_examples=60, deadline=None)
@given(st.lists(journeys_given, min_size=1, max_size=3), question_given)
def test_chains_are_what_is_solved_state_by_state(
    several: list[list[list[Event]]], q: AttributionQuestion
) -> None:
    journeys = [j for js in several for j in js]
    found = ask(q, paid(journeys)) if journeys else None
    paths = [p for j in journeys for p in slow_paths(j, q) if p[0]]
    if found is None or not any(v is not None for _, v in paths):
        return
    for order in (1, 2, 3):
        share = found.share[:, MODELS.index(f"markov{order}")]
        np.testing.assert_allclose(share[0], slow_removal(paths, order, money=False), atol=1e-7)
        if found.led_worth:
            np.testing.assert_allclose(share[1], slow_removal(paths, order, money=True), atol=1e-7)


@pytest.mark.timeout(20)
def test_a_chain_is_solved_where_the_short_one_hardly_helps() -> None:
    """Going round and round it never gets there: what is left becomes less by rounding only."""
    ways = [[0, 1], [3, 4, 1, 0, 0]]
    journeys = [of(*((i, k + 1) for i, k in enumerate(way)), (len(way), 6)) for way in ways]
    found = ask(AttributionQuestion(Scope((1, 2, 3, 4, 5, 6)), 5, 100, 7.0), block_of(journeys))
    paths: list[Path] = [(tuple(enumerate(way)), 1.0) for way in ways]
    for order in (1, 2, 3):
        whole = slow_chain(paths, order, None, money=False)
        effects = [1 - slow_chain(paths, order, k, money=False) / whole for k in range(5)]
        share = found.share[0, MODELS.index(f"markov{order}")]
        np.testing.assert_allclose(share, np.array(effects) / sum(effects), atol=1e-7)


def random_paths(rng: np.random.Generator, n: int, size: int) -> list[list[Event]]:
    """Journeys in which what comes next depends on the last two touchpoints."""
    after = rng.dirichlet(np.full(size, 0.5), (size + 1, size + 1))
    journeys = []
    for _ in range(n):
        a = b = size
        events: list[tuple[int, int]] = []
        while not events or rng.random() > 0.25:
            a, b = b, int(rng.choice(size, p=after[a, b]))
            events.append((len(events), b + 1))
        if rng.random() < 0.1 + 0.6 * (1 in {k for _, k in events}):
            events.append((len(events), size + 1))
        journeys.append(of(*events))
    return journeys


def test_a_chain_is_what_walking_it_gives() -> None:
    """A hundred thousand walks through the chain of order 2, with and without each touchpoint."""
    rng = np.random.default_rng(3)
    journeys = random_paths(rng, 300, 3)
    paths = [p for j in journeys for p in slow_paths(j, asked())]
    follows: dict[tuple[int, int], list[int]] = defaultdict(list)
    for path, value in paths:
        numbers = [3, 3, *(k for _, k in path), 4 if value is None else 5]
        for a, b, c in zip(numbers, numbers[1:], numbers[2:], strict=False):
            follows[a, b].append(c)
    walks = 100_000
    met = np.zeros(3)
    for _ in range(walks):
        a, b, seen = 3, 3, set()
        while b < 4:
            options = follows[a, b]
            a, b = b, options[int(rng.random() * len(options))]
            seen.add(b)
        met += [b == 5 and k in seen for k in range(3)]
    effects = met / sum(v is not None for _, v in paths) * len(paths) / walks
    found = ask(asked(), paid(journeys)).share[0, MODELS.index("markov2")]
    np.testing.assert_allclose(found, effects / effects.sum(), atol=0.006)


# -- Shapley


@settings(max_examples=30, deadline=None)
@given(st.lists(st.lists(st.integers(0, 4), min_size=1, max_size=6), min_size=1, max_size=12))
def test_shapley_is_the_mean_over_all_coalitions(paths: list[list[int]]) -> None:
    def value(coalition: frozenset[int]) -> int:
        return sum(set(p) <= coalition for p in paths)

    size = 5
    credit = [0.0] * size
    for k in range(size):
        others = [i for i in range(size) if i != k]
        for n in range(size):
            weight = math.factorial(n) * math.factorial(size - n - 1) / math.factorial(size)
            for chosen in map(frozenset, combinations(others, n)):
                credit[k] += weight * (value(chosen | {k}) - value(chosen))
    journeys = [of(*((i, k + 1) for i, k in enumerate(p)), (len(p), 6)) for p in paths]
    question = AttributionQuestion(Scope((1, 2, 3, 4, 5, 6)), 5, 100, 7.0)
    found = ask(question, block_of(journeys)).share[0, MODELS.index("shapley")]
    np.testing.assert_allclose(found, np.array(credit) / len(paths), atol=1e-9)


# -- how sure it is


def simulated(rng: np.random.Generator, profiles: int) -> Block:
    """Profiles who meet 1 to 6 of three touchpoints by chance, each in their own way, and buy if touchpoint 2 came last
    more likely than not."""
    sizes = rng.integers(1, 7, profiles)
    liking = rng.dirichlet([1.0, 1.0, 1.0], profiles)
    who = np.repeat(np.arange(profiles), sizes)
    kind = (rng.random(len(who))[:, None] > liking[who].cumsum(axis=1)[:, :2]).sum(axis=1) + 1
    ends = np.cumsum(sizes)
    buys = rng.random(profiles) < np.where(kind[ends - 1] == 2, 0.6, 0.25)
    touchpoint = np.insert(kind, ends[buys], OUTCOME)
    sizes = sizes + buys
    offsets = np.insert(np.cumsum(sizes), 0, 0).astype(np.int64)
    columns = {name: np.zeros(len(touchpoint), kind) for name, kind in COLUMNS.items()}
    columns["time"][:] = np.arange(len(touchpoint)) - np.repeat(offsets[:-1], sizes)
    columns["touchpoint"][:] = touchpoint
    columns["value"][:] = rng.gamma(2.0, 20.0, len(touchpoint))
    return Block.of(np.sort(rng.integers(0, 2**63, profiles).astype(np.uint64)), offsets, **columns)


def test_intervals_hold_the_truth_as_often_as_they_say() -> None:
    """For every model, of conversions and of money; the truth is that of a very large sample."""
    rng = np.random.default_rng(11)
    truth = ask(asked(), simulated(rng, 200_000)).share
    times = 80
    holds = np.zeros(truth.shape)
    for _ in range(times):
        found = ask(asked(), simulated(rng, 800))
        holds += np.abs(found.share - truth) <= found.half
    coverage = holds / times
    assert coverage.mean() == pytest.approx(0.95, abs=0.03)
    assert coverage.min() > 0.86


def test_without_a_group_is_nearly_what_counting_without_it_gives() -> None:
    rng = np.random.default_rng(2)
    partial = asked().partial(simulated(rng, 4_000))
    groups = sorted(partial)
    follows, worths = [partial[g].follows for g in groups], [partial[g].worths for g in groups]
    _, near = removal(follows, worths, 3)
    for i in range(len(groups)):
        others = [j for j in range(len(groups)) if j != i]
        exact, _ = removal([follows[j] for j in others], [worths[j] for j in others], 3)
        whole, _ = removal(follows, worths, 3)
        change = np.abs(exact - whole).max()
        np.testing.assert_allclose(near[i], exact, atol=0.05 * change + 1e-5)


def test_many_touchpoints_leave_little_room_to_remember() -> None:
    assert [deepest(n) for n in (1, 30, 43, 44, 150, 200, 5_000)] == [3, 3, 3, 2, 2, 1, 1]
    scope = Scope(tuple(range(1, 52)))
    found = ask(AttributionQuestion(scope, 50, 100, 7.0), block_of([of((0, 1), (1, 50), (2, 51))] * 3))
    assert [m for m in found.models if m.startswith("markov")] == ["markov1", "markov2"]
    assert found.share.shape == (2, 8, 50)
