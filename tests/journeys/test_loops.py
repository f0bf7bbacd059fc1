"""What is met again, and times between two touchpoints, against a slow obvious Python."""

from __future__ import annotations

from collections import Counter, defaultdict
from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from polku.journeys.asking.quantiles import FINE
from polku.journeys.asking.scope import Scope
from polku.journeys.between.between import EDGES, BetweenQuestion
from polku.journeys.loops.loops import LoopsQuestion
from polku.journeys.sessions.sessions import SessionsOfEachQuestion
from tests.journeys.journeys_of import (
    Event,
    ask,
    ask_split,
    bins,
    block_of,
    cuts_given,
    journeys_given,
    of,
    seen,
)
from tests.journeys.test_paths import narrow_bin
from tests.journeys.test_questions import scope_given

ABC = Scope((1, 2, 3))


def test_loops_by_hand() -> None:
    journeys = [
        of((0, 1), (10, 1), (15, 2), (25, 2), (40, 1)),  # 1 again at once, and back by way of 2
        of((0, 1), (5, 2), (9, 3), (20, 1)),  # again, but not right back
        of((0, 2), (3, 1)),
    ]
    found = ask(LoopsQuestion(ABC), block_of(journeys))
    assert found.reach.tolist() == [3, 3, 1]
    assert found.again.tolist() == [2, 1, 0]
    assert found.times.tolist() == [5, 2, 0]
    assert (found.direct.tolist(), found.direct_reach.tolist()) == ([1, 1, 0], [1, 1, 0])
    assert found.spans[0].tolist() == bins([40, 20])
    assert found.waits[1].tolist() == bins([10])
    assert (found.came.tolist(), found.by.tolist(), found.loops.tolist()) == ([0], [1], [1])
    assert found.away[0].tolist() == bins([30])  # from 10 to 40


@settings(max_examples=150, deadline=None)
@given(journeys_given, scope_given, cuts_given)
def test_loops_are_what_python_finds(journeys: list[list[Event]], scope: Scope, cuts: list[int]) -> None:
    reach, again, times, direct, direct_reach = (Counter[int]() for _ in range(5))
    spans, waits, away = (defaultdict[object, list[int]](list) for _ in range(3))
    loops, loop_reach = Counter[tuple[int, int]](), Counter[tuple[int, int]]()
    for path in (seen(j, scope) for j in journeys):
        of_each = {k: [t for t, other in path if other == k] for _, k in path}
        for k, met in of_each.items():
            reach[k] += 1
            if len(met) > 1:
                again[k] += 1
                times[k] += len(met)
                spans[k].append(met[-1] - met[0])
        repeats = [(a, u - t) for (t, a), (u, b) in pairwise(path) if a == b]
        for k, gap in repeats:
            direct[k] += 1
            waits[k].append(gap)
        direct_reach.update({k for k, _ in repeats})
        runs: list[tuple[int, int, int]] = []  # touchpoint, first and last time
        for t, k in path:
            runs[-1:] = [(k, runs[-1][1], t)] if runs and runs[-1][0] == k else [*runs[-1:], (k, t, t)]
        mine = []
        for (a, _, left), (b, _, _), (c, back, _) in zip(runs, runs[1:], runs[2:], strict=False):
            if a == c:
                mine.append((a, b))
                away[a, b].append(back - left)
        loops.update(mine)
        loop_reach.update(set(mine))
    found = ask_split(LoopsQuestion(scope), journeys, cuts)
    for told, expected in (
        (found.reach, reach), (found.again, again), (found.times, times),
        (found.direct, direct), (found.direct_reach, direct_reach),
    ):  # fmt: skip
        assert told.tolist() == [expected[k] for k in range(3)]
    assert found.spans.tolist() == [bins(spans[k]) for k in range(3)]
    assert found.waits.tolist() == [bins(waits[k]) for k in range(3)]
    pairs = list(zip(found.came.tolist(), found.by.tolist(), strict=True))
    assert dict(zip(pairs, found.loops.tolist(), strict=True)) == dict(loops)
    assert [loop_reach[p] for p in pairs] == found.loop_reach.tolist()
    assert [bins(away[p]) for p in pairs] == found.away.tolist()


def test_more_loops_than_fit_at_first() -> None:
    codes = tuple(range(1, 41))
    pairs = [(a, b) for a in codes for b in codes if a != b]
    found = ask(LoopsQuestion(Scope(codes)), block_of([of((0, a), (1, b), (9, a)) for a, b in pairs]))
    assert list(zip(found.came + 1, found.by + 1, strict=True)) == pairs
    assert found.loops.tolist() == [1] * len(pairs)
    assert found.reach.tolist() == [2 * 39] * 40


# -- between


def test_between_by_hand() -> None:
    journeys = [
        of((0, 1), (50, 1), (60, 2), (70, 1), (90, 3)),
        of((5, 2), (9, 1)),
        of((0, 1), (3600, 2)),
        of((4, 2)),
    ]
    found = ask(BetweenQuestion(ABC, 0, 1), block_of(journeys))
    assert (found.profiles, found.arrive) == (3, 2)
    assert found.sums == (3, 5, 3, 5, 7, 11)
    assert {EDGES[i]: n for i, n in enumerate(found.bars[0].tolist()) if n} == {0: 1, 60: 1, 3600: 1}
    assert {EDGES[i]: n for i, n in enumerate(found.bars[1].tolist()) if n} == {60: 1, 3600: 1}
    soon = ask(BetweenQuestion(ABC, 0, 1, 59), block_of(journeys))
    assert (soon.sums[:2], soon.arrive) == ((1, 5), 0)  # the first time of the first is a second too early
    itself = ask(BetweenQuestion(ABC, 0, 0), block_of(journeys))
    assert (itself.sums[0], itself.arrive) == (2, 1)


@settings(max_examples=150, deadline=None)
@given(
    journeys_given,
    scope_given,
    st.tuples(st.integers(-1, 2), st.integers(-1, 2)),
    st.sampled_from([None, 0, 5, 60]),
    cuts_given,
)
def test_between_is_what_python_measures(
    journeys: list[list[Event]], scope: Scope, pair: tuple[int, int], window: int | None, cuts: list[int]
) -> None:
    every: list[int] = []
    first: list[int] = []
    sums = np.zeros(6, np.int64)
    for path in (seen(j, scope) for j in journeys):
        gaps: list[int | None] = []
        for i, (t, k) in enumerate(path):
            if k == pair[0]:
                after = [u - t for u, other in path[i + 1 :] if other == pair[1]][:1]
                gaps.append(after[0] if after and (window is None or after[0] <= window) else None)
        arrived = [g for g in gaps if g is not None]
        s, m = len(arrived), len(gaps)
        sums += np.array([s, m, m > 0, s * s, s * m, m * m])
        every += arrived
        first += [g for g in gaps[:1] if g is not None]
    found = ask_split(BetweenQuestion(scope, *pair, window), journeys, cuts)
    for row, gaps_of in enumerate((every, first)):
        assert (
            found.fine[row].tolist() == np.bincount(list(map(narrow_bin, gaps_of)), minlength=FINE).tolist()
        )
        places = np.searchsorted(EDGES, gaps_of, side="right") - 1
        assert found.bars[row].tolist() == np.bincount(places.astype(int), minlength=len(EDGES)).tolist()
    assert found.sums == tuple(sums.tolist())
    assert (found.profiles, found.arrive) == (sums[2], len(first))


# -- sessions of each channel


@settings(max_examples=100, deadline=None)
@given(
    journeys_given,
    scope_given,
    st.tuples(*[st.integers(0, 1)] * 3),
    st.sampled_from([0, 2, 50]),
    cuts_given,
)
def test_sessions_of_each_group_are_what_python_cuts(
    journeys: list[list[Event]], scope: Scope, group_of: tuple[int, ...], pause: int, cuts: list[int]
) -> None:
    groups = max(group_of) + 1
    sessions: list[list[list[tuple[int, int]]]] = [[] for _ in range(groups)]
    profiles = [0] * groups
    for path in (seen(j, scope) for j in journeys):
        for g in range(groups):
            mine = [e for e in path if group_of[e[1]] == g]
            profiles[g] += bool(mine)
            for i, e in enumerate(mine):
                if i == 0 or e[0] - mine[i - 1][0] > pause:
                    sessions[g].append([])
                sessions[g][-1].append(e)
    found = ask_split(SessionsOfEachQuestion(scope, group_of, pause), journeys, cuts)
    assert found.lengths.tolist() == [bins([s[-1][0] - s[0][0] for s in of_g]) for of_g in sessions]
    assert found.sizes.tolist() == [bins([len(s) for s in of_g]) for of_g in sessions]
    every = [s for of_g in sessions for s in of_g]
    assert found.starts.tolist() == [sum(s[0][1] == k for s in every) for k in range(3)]
    assert found.ends.tolist() == [sum(s[-1][1] == k for s in every) for k in range(3)]
    assert found.profiles.tolist() == profiles
