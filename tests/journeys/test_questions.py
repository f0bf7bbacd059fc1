"""Journey questions against hand-counted cases and a slow obvious Python."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import astuple
from itertools import pairwise, permutations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polku.journeys.asking.gaps import EDGES, median_gap
from polku.journeys.asking.newest import NewestQuestion
from polku.journeys.asking.over_time import ExtentQuestion
from polku.journeys.asking.scope import Scope
from polku.journeys.funnel.dropouts import Dropped
from polku.journeys.funnel.funnel import ConversionQuestion, FunnelQuestion, Way
from polku.journeys.map.encounters import EncountersQuestion
from polku.journeys.map.experience import ExperienceQuestion
from polku.journeys.map.responses import LatestQuestion
from polku.journeys.paths.graph import FollowsQuestion
from polku.journeys.retention.lifecycle import LifecycleQuestion
from polku.journeys.retention.retention import RetentionQuestion
from polku.journeys.sessions.sessions import SessionsQuestion
from polku.journeys.stages.moves import MovesQuestion
from polku.journeys.stages.reached import StagesQuestion
from polku.journeys.volumes.volumes import VolumesQuestion
from polku.stats import FEWEST
from polku.store import Block
from tests.journeys.journeys_of import (
    NONE,
    Event,
    ask,
    ask_split,
    bins,
    block_of,
    cuts_given,
    journeys_given,
    of,
    wide_bins,
)

ABC = Scope((1, 2, 3))
AB = Way(ABC, ((1,), (2,)), within=60)
DAY = 86_400

scope_given = st.builds(
    Scope,
    st.sampled_from([*permutations([1, 2, 3, 4], 3)]),
    low=st.sampled_from([0, 2, 5]),
    high=st.sampled_from([13, 60, 2**32 - 1]),
    source=st.sampled_from([None, 1]),
)


def counted(journey: list[Event], scope: Scope) -> list[tuple[int, int]]:
    """The (time, place of the touchpoint in the scope) that count."""
    return [
        (t, scope.codes.index(touchpoint))
        for t, touchpoint, source, _ in journey
        if touchpoint in scope.codes and scope.low <= t < scope.high and scope.source in (None, source)
    ]


# -- which follows which


def test_follows_by_hand() -> None:
    answer = ask(FollowsQuestion(ABC), block_of([of((0, 1), (10, 2), (10, 0), (40, 2)), of((5, 1), (6, 2))]))
    edges = dict(zip(zip(answer.came, answer.went, strict=True), answer.gaps, strict=True))
    assert {pair: int(g.sum()) for pair, g in edges.items()} == {(0, 1): 2, (1, 1): 1}
    assert edges[0, 1].tolist() == wide_bins([10, 1])
    assert edges[1, 1].tolist() == wide_bins([30])
    assert answer.starts.tolist() == [2, 0, 0]
    assert answer.ends.tolist() == [0, 2, 0]


def test_follows_with_more_pairs_than_fit_at_first() -> None:
    codes = tuple(range(1, 41))
    pairs = list(product(codes, codes))
    journeys = [of((0, a), (9, b)) for a, b in pairs]
    answer = ask_split(FollowsQuestion(Scope(codes)), journeys, [100, 1000])
    assert answer.counts.tolist() == [1] * len(pairs)
    assert list(zip(answer.came + 1, answer.went + 1, strict=True)) == pairs


@settings(max_examples=60, deadline=None)
@given(journeys_given, scope_given, cuts_given)
def test_follows_is_what_python_counts(journeys: list[list[Event]], scope: Scope, cuts: list[int]) -> None:
    gaps: dict[tuple[int, int], list[int]] = defaultdict(list)
    starts, ends = [0, 0, 0], [0, 0, 0]
    for path in (counted(j, scope) for j in journeys):
        for (t, a), (u, b) in pairwise(path):
            gaps[a, b].append(u - t)
        if path:
            starts[path[0][1]] += 1
            ends[path[-1][1]] += 1
    answer = ask_split(FollowsQuestion(scope), journeys, cuts)
    found = zip(zip(answer.came, answer.went, strict=True), answer.gaps.tolist(), strict=True)
    assert dict(found) == {pair: wide_bins(g) for pair, g in gaps.items()}
    assert (answer.starts.tolist(), answer.ends.tolist()) == (starts, ends)


# -- stages


def test_stages_by_hand() -> None:
    journeys = [
        of((0, 1), (5, 2), (9, 3)),
        of((0, 2), (5, 1)),  # stage 2 before stage 1: reaches both, does not go on
        of((5, 2), (5, 1)),  # at the same moment: goes on
        of((0, 3)),
        of((0, 9)),
    ]
    answer = ask(StagesQuestion(ABC, (0, 1, 2), 3), block_of(journeys))
    assert answer.reached.tolist() == [3, 3, 2]
    assert answer.went_on.tolist() == [2, 1, 0]
    assert answer.profiles == 4


@settings(max_examples=60, deadline=None)
@given(journeys_given, scope_given, cuts_given)
def test_stages_are_what_python_counts(journeys: list[list[Event]], scope: Scope, cuts: list[int]) -> None:
    stage_of = (1, 0, 1)
    times = [{s: [t for t, k in counted(j, scope) if stage_of[k] == s] for s in (0, 1)} for j in journeys]
    answer = ask_split(StagesQuestion(scope, stage_of, 2), journeys, cuts)
    assert answer.reached.tolist() == [sum(bool(t[s]) for t in times) for s in (0, 1)]
    assert answer.went_on.tolist() == [sum(any(b >= min(t[0]) for b in t[1]) for t in times if t[0]), 0]
    assert answer.profiles == sum(bool(t[0] or t[1]) for t in times)


# -- encounters


@settings(max_examples=60, deadline=None)
@given(journeys_given, scope_given, cuts_given)
def test_encounters_are_what_python_counts(
    journeys: list[list[Event]], scope: Scope, cuts: list[int]
) -> None:
    paths = [counted(j, scope) for j in journeys]
    volume = Counter(k for p in paths for _, k in p)
    reach = Counter(k for p in paths for k in {k for _, k in p})
    gaps = [[u - t for p in paths for (t, a), (u, _) in pairwise(p) if a == k] for k in range(3)]
    answer = ask_split(EncountersQuestion(scope), journeys, cuts)
    assert answer.reach.tolist() == [reach[k] for k in range(3)]
    assert answer.volume.tolist() == [volume[k] for k in range(3)]
    assert answer.gaps.tolist() == [bins(g) for g in gaps]
    assert answer.profiles == sum(map(bool, paths))


def test_touchpoint_none_never_counts() -> None:
    answer = ask(EncountersQuestion(Scope((0, 1))), block_of([of((0, 0), (4, 1))]))
    assert answer.volume.tolist() == [0, 1]


# -- experience


def test_a_response_tells_of_each_touchpoint_once_within_30_days() -> None:
    journey = [
        (0, 1, 1, NONE),
        (10, 1, 1, NONE),
        (20, 2, 1, NONE),
        (10 + 30 * DAY, 0, 1, 40.0),  # exactly 30 days after the last of touchpoint 1
        (21 + 30 * DAY, 0, 1, -20.0),  # too late for both
    ]
    sums = ExperienceQuestion(ABC).partial(block_of([journey]))
    assert sums.tolist() == [[40, 1, 1, 1600, 40, 1], [40, 1, 1, 1600, 40, 1], [0] * 6]


def test_a_response_does_not_tell_of_what_comes_with_or_after_it() -> None:
    sums = ExperienceQuestion(ABC).partial(block_of([[(5, 1, 1, 80.0), (5, 2, 1, NONE)]]))
    assert not sums.any()


def test_the_scope_is_of_encounters_not_of_responses() -> None:
    scope = Scope((1,), low=0, high=10, source=1)
    sums = ExperienceQuestion(scope).partial(block_of([[(9, 1, 1, NONE), (500, 7, 2, 30.0)]]))
    assert sums[0, :2].tolist() == [30, 1]


@settings(max_examples=100, deadline=None)
@given(journeys_given, scope_given, cuts_given)
def test_scores_are_what_python_adds(journeys: list[list[Event]], scope: Scope, cuts: list[int]) -> None:
    edges = (1, 3, 60, 4_000_000)
    expected = np.zeros((3, 3, 6))
    for journey in journeys:
        mine = np.zeros((3, 3, 2))
        for i, (r, _, _, score) in enumerate(journey):
            if np.isnan(score):
                continue
            before = [(t, k) for t, k in counted(journey[:i], scope) if edges[0] <= t < edges[-1]]
            for k, t in {k: t for t, k in before}.items():  # the last encounter stands
                if r - t <= 30 * DAY:
                    span = int(np.searchsorted(edges, t, side="right")) - 1
                    mine[k, span] += (score, 1)
        s, m = mine[..., 0], mine[..., 1]
        expected += np.stack([s, m, m > 0, s * s, s * m, m * m], axis=-1)
    question = ExperienceQuestion(scope, edges)
    parts = [question.partial(block_of(p)) for p in (journeys[: len(cuts)], journeys[len(cuts) :])]
    assert np.allclose(question.merge(*parts), expected.reshape(9, 6))


def test_experience_is_told_of_five_answers_and_not_of_four() -> None:
    def mean_of(scores: list[float]) -> object:
        return ask(
            ExperienceQuestion(Scope((1,))), block_of([[(0, 1, 1, NONE), (9, 0, 1, s)] for s in scores])
        )[0][0]

    four, five = mean_of([10, 20, 30, 40]), mean_of([10, 20, 30, 40, 50])
    assert astuple(four) == (None, None, None, FEWEST - 1, "too_few")
    assert five.estimate == pytest.approx(30)  # type: ignore[attr-defined]
    # Student's t with 4 degrees of freedom, standard error √(250/5)
    assert five.high == pytest.approx(30 + 2.776445 * 50**0.5, abs=1e-4)  # type: ignore[attr-defined]


@settings(max_examples=100, deadline=None)
@given(journeys_given, scope_given, cuts_given, st.sampled_from([1, 3, 24]))
def test_the_latest_responses_are_those_that_python_finds(
    journeys: list[list[Event]], scope: Scope, cuts: list[int], most: int
) -> None:
    times = []
    for journey in journeys:
        for i, (r, _, _, score) in enumerate(journey):
            before = [t for t, _ in counted(journey[:i], scope)]
            if not np.isnan(score) and before and r - before[-1] <= 30 * DAY:
                times.append(r)
    found = ask_split(LatestQuestion(scope, most), journeys, cuts)
    assert [t for t, _, _ in found] == sorted(times, reverse=True)[:most]


def test_a_response_belongs_to_who_gave_it() -> None:
    block = block_of([of((0, 1)), [(5, 1, 1, NONE), (9, 0, 1, 80.0)], of((0, 2))])
    assert ask(LatestQuestion(ABC), block) == ((9, int(block.seq[2]), int(block.profiles[1])),)


# -- volumes and sessions


@settings(max_examples=60, deadline=None)
@given(journeys_given, scope_given, cuts_given)
def test_volumes_are_what_python_counts(journeys: list[list[Event]], scope: Scope, cuts: list[int]) -> None:
    edges = (1, 3, 60)
    volume, met = np.zeros((3, 2)), np.zeros((3, 2))
    for path in (counted(j, scope) for j in journeys):
        mine = np.zeros((3, 2))
        for t, k in path:
            if 1 <= t < 60:
                mine[k, int(t >= 3)] += 1
        volume, met = volume + mine, met + (mine > 0)
    answer = ask_split(VolumesQuestion(scope, edges), journeys, cuts)
    assert answer.volume.tolist() == volume.tolist()
    assert answer.reach.tolist() == met.tolist()


def test_sessions_by_hand() -> None:
    journey = of((0, 1), (1800, 2), (3601, 1))  # half an hour holds together, a second more does not
    answer = ask(SessionsQuestion(ABC), block_of([journey, of((5, 3))]))
    assert answer.lengths.tolist() == bins([1800, 0, 0])
    assert answer.sizes.tolist() == bins([2, 1, 1])
    assert (answer.starts.tolist(), answer.ends.tolist()) == ([2, 0, 1], [1, 1, 1])
    assert answer.profiles == 2


@settings(max_examples=60, deadline=None)
@given(journeys_given, scope_given, cuts_given, st.sampled_from([0, 2, 50]))
def test_sessions_are_what_python_cuts(
    journeys: list[list[Event]], scope: Scope, cuts: list[int], pause: int
) -> None:
    sessions: list[list[tuple[int, int]]] = []
    for path in (counted(j, scope) for j in journeys):
        for i, e in enumerate(path):
            if i == 0 or e[0] - path[i - 1][0] > pause:
                sessions.append([])
            sessions[-1].append(e)
    answer = ask_split(SessionsQuestion(scope, pause), journeys, cuts)
    assert answer.lengths.tolist() == bins([s[-1][0] - s[0][0] for s in sessions])
    assert answer.sizes.tolist() == bins([len(s) for s in sessions])
    assert answer.starts.tolist() == [sum(s[0][1] == k for s in sessions) for k in range(3)]
    assert answer.ends.tolist() == [sum(s[-1][1] == k for s in sessions) for k in range(3)]


# -- all of them


@pytest.mark.parametrize(
    "question",
    [
        FollowsQuestion(ABC),
        FunnelQuestion(AB),
        ConversionQuestion(AB, (0, 60)),
        NewestQuestion(Dropped(AB, 1), 10),
        StagesQuestion(ABC, (0, 0, 1), 2),
        EncountersQuestion(ABC),
        ExperienceQuestion(ABC),
        VolumesQuestion(ABC, (0, 60)),
        SessionsQuestion(ABC),
        RetentionQuestion(ABC, (1,), (2, 3), (0, 60, 90), 2, 5),
        RetentionQuestion(ABC, (1,), (2, 3), (0, 60, 90), 2, 5, first=False),
        RetentionQuestion(ABC, (1,), (2, 3), (0, 60, 90), 2, 5, later=True),
        LifecycleQuestion(ABC, (0, 60, 90)),
        MovesQuestion(ABC, (0, 0, 1), 2, (0, 60, 90), 0, 100),
        ExtentQuestion(),
    ],
    ids=lambda q: type(q).__name__,
)
@pytest.mark.parametrize(
    "journeys",
    [[], [[]], [of((7, 2))], [of((7, 0))]],
    ids=["none", "empty", "one", "other"],
)
def test_hardly_anything_is_answered(question: object, journeys: list[list[Event]]) -> None:
    ask(question, block_of(journeys), Block.empty())
    assert hash(question) == hash(question)


def test_bins_tell_a_median_within_five_per_cent() -> None:
    rng = np.random.default_rng(7)
    for scale in (30, 4_000, 900_000):
        gaps = np.maximum(1, rng.lognormal(np.log(scale), 1.0, 2_000)).astype(int)
        told = median_gap(np.array(bins(gaps.tolist())))
        assert told.estimate == pytest.approx(float(np.median(gaps)), rel=0.05)
    assert np.all(np.diff(EDGES) > 0)
