"""Attempts at a designed journey: hand-counted cases and a slow obvious Python."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polku.journeys.asking.scope import Scope
from polku.journeys.conformance.conformance import (
    BETWEEN,
    DEVIATING,
    FULLY,
    LATE,
    NOT_AT_ALL,
    OUT_OF_ORDER,
    REPEATED,
    SKIPPED,
    STOPPED,
    UNDER_WAY,
    WAITS,
    ConformanceQuestion,
    Conformed,
    LastEventQuestion,
    Planned,
    sums_of,
)
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
)

DAY = 86_400
LONG = 10_000 * DAY
"""A time at which nothing is under way any more."""
SCOPE = Scope((1, 2, 3, 4))
ABC = (Planned((1,)), Planned((2,)), Planned((3,)))


def held(plan: tuple[Planned, ...], *journeys: list[Event], until: int = LONG, **more: Any) -> Conformed:
    told: Conformed = ask(ConformanceQuestion(SCOPE, plan, until, **more), block_of(journeys))
    return told


def found(told: Conformed) -> set[tuple[int, int]]:
    """The deviations that somebody has: kind and step."""
    has = told.counts[:, :, 1].sum(axis=2)
    return {(int(kind), int(step)) for kind, step in zip(*np.nonzero(has), strict=True)}


def way(told: Conformed) -> int:
    assert told.ways.sum() == 1
    return int(told.ways.argmax())


OPTIONAL = (Planned((1,)), Planned((2,), required=False), Planned((3,)))
AGAIN = (Planned((1,), repeats=True), Planned((2,), repeats=True), Planned((3,)))
LIMITED = (Planned((1,)), Planned((2,), within_s=10), Planned((3,), within_s=10))
DIRECT = (Planned((1,)), Planned((2,), direct=True), Planned((3,), direct=True))
EITHER = (Planned((1,)), Planned((2, 4)), Planned((3,)))
TWICE = (Planned((1,)), Planned((1,)), Planned((2,)))
THERE_AND_BACK = (Planned((1,)), Planned((2,)), Planned((1,), required=False), Planned((3,)))
LAST_OPTIONAL = (Planned((1,)), Planned((2,)), Planned((3,), required=False))


@pytest.mark.parametrize(
    ("plan", "events", "goes", "deviations"),
    [
        (ABC, [1, 2, 3], FULLY, set()),
        (ABC, [4, 2, 3, 1, 2, 3], FULLY, set()),  # what came before the first step is not of the attempt
        (ABC, [1, 4, 4, 2, 4, 3], FULLY, set()),  # others in between
        (ABC, [1, 2, 3, 1, 3, 2], FULLY, set()),  # over at the first event of the last step
        (ABC, [1, 3], DEVIATING, {(SKIPPED, 1)}),
        (ABC, [1, 3, 2], DEVIATING, {(SKIPPED, 1)}),
        (ABC, [1, 2], DEVIATING, {(STOPPED, 1)}),
        (ABC, [1], NOT_AT_ALL, {(STOPPED, 0)}),
        (ABC, [1, 4, 1], NOT_AT_ALL, {(STOPPED, 0), (REPEATED, 0)}),
        (ABC, [1, 1, 2, 3], DEVIATING, {(REPEATED, 0)}),
        (ABC, [1, 2, 1, 2, 3], DEVIATING, {(REPEATED, 0), (REPEATED, 1)}),
        (AGAIN, [1, 2, 1, 2, 3], FULLY, set()),
        (OPTIONAL, [1, 3], FULLY, set()),
        (OPTIONAL, [1, 2, 3], FULLY, set()),
        (LAST_OPTIONAL, [1, 2], FULLY, set()),
        (LAST_OPTIONAL, [1, 3], DEVIATING, {(SKIPPED, 1)}),
        (LAST_OPTIONAL, [1, 2, 2], DEVIATING, {(REPEATED, 1)}),  # it goes on until the last step
        ((*ABC, Planned((4,))), [1, 3, 2, 4], DEVIATING, {(OUT_OF_ORDER, 1)}),
        ((*ABC, Planned((4,))), [1, 3, 2, 3, 4], DEVIATING, {(OUT_OF_ORDER, 1), (REPEATED, 2)}),
        ((*ABC, Planned((4,))), [1, 3, 4], DEVIATING, {(SKIPPED, 1)}),
        ((*ABC, Planned((4,))), [1, 3], DEVIATING, {(SKIPPED, 1), (STOPPED, 2)}),
        (EITHER, [1, 4, 3], FULLY, set()),
        (EITHER, [1, 4, 2, 3], DEVIATING, {(REPEATED, 1)}),
        (TWICE, [1, 1, 2], FULLY, set()),
        (TWICE, [1, 2], DEVIATING, {(SKIPPED, 1)}),
        (TWICE, [1, 1, 1, 2], DEVIATING, {(REPEATED, 1)}),
        (THERE_AND_BACK, [1, 2, 1, 3], FULLY, set()),
        (THERE_AND_BACK, [1, 1, 2, 3], DEVIATING, {(REPEATED, 0)}),  # not the third step, which is not yet in turn
        (DIRECT, [1, 2, 3], FULLY, set()),
        (DIRECT, [1, 4, 2, 3], DEVIATING, {(BETWEEN, 1)}),
        (DIRECT, [1, 2, 1, 3], DEVIATING, {(BETWEEN, 2), (REPEATED, 0)}),
        (DIRECT, [1, 4, 1, 2, 3], DEVIATING, {(REPEATED, 0)}),  # nothing came after the last time of the first
        (DIRECT, [1, 4, 3], DEVIATING, {(SKIPPED, 1)}),  # of what was skipped to, it is not asked
    ],
)  # fmt: skip
def test_by_hand(
    plan: tuple[Planned, ...], events: list[int], goes: int, deviations: set[tuple[int, int]]
) -> None:
    told = held(plan, of(*((i, t) for i, t in enumerate(events))))
    assert way(told) == goes
    assert found(told) == deviations


@pytest.mark.parametrize(
    ("events", "late"),
    [
        ([(0, 1), (10, 2), (20, 3)], {}),
        ([(0, 1), (11, 2), (21, 3)], {1: 1}),
        ([(0, 1), (11, 2), (50, 3)], {1: 1, 2: 29}),
        ([(0, 1), (100, 1), (105, 2), (110, 3)], {}),  # since the last time of the step before
        ([(0, 1), (5, 2), (6, 1), (16, 3)], {2: 1}),  # since the step before, not since what came between
        ([(0, 1), (90, 3)], {}),  # of a step that was skipped to, it is not asked
    ],
)
def test_late_and_by_how_much(events: list[tuple[int, int]], late: dict[int, int]) -> None:
    told = held(LIMITED, of(*events))
    assert {step for kind, step in found(told) if kind == LATE} == set(late)
    for step in range(3):
        assert told.delays[step].tolist() == bins([late[step]] if step in late else [])


def test_who_has_not_waited_long_is_under_way() -> None:
    plan = (Planned((1,)), Planned((2,), within_s=100), Planned((3,)))
    assert way(held(plan, of((0, 1)), until=99)) == UNDER_WAY
    assert way(held(plan, of((0, 1)), until=100)) == NOT_AT_ALL
    waits = int(WAITS.total_seconds())
    told = held(plan, of((0, 1), (50, 2)), until=50 + waits - 1)
    assert way(told) == UNDER_WAY
    assert told.counts[STOPPED].sum() == 0
    assert told.counts[REPEATED, 1].tolist() == [[0, 0, 1], [0, 0, 0]]  # of whom the outcome is not known yet
    assert way(held(plan, of((0, 1), (50, 2)), until=50 + waits)) == DEVIATING
    assert way(held(plan, of((0, 1), (5, 2), (6, 3)), until=6)) == FULLY


def test_who_never_begins_is_told_apart() -> None:
    told = held(ABC, of((0, 2), (1, 3)), of((0, 4)), of((0, 2), (1, 1)), [])
    assert (told.profiles, told.attempts, told.elsewhere) == (3, 1, 1)


def test_steps_are_counted() -> None:
    told = held(ABC, of((0, 1), (1, 2), (2, 3)), of((0, 1), (5, 3)), of((0, 1), (0, 1), (7, 2)), of((3, 1)))
    assert told.met.tolist() == [4, 2, 2]
    assert told.through.tolist() == [4, 3, 2]
    assert told.clean.tolist() == [3, 1, 1]
    assert told.gaps[1].tolist() == bins([1, 7])
    assert told.gaps[2].tolist() == bins([1])


def test_answers_of_the_attempt_are_its_own() -> None:
    waits = int(WAITS.total_seconds())
    answers = [
        (5, 0, 2, -100.0),
        (10, 1, 1, NONE),
        (11, 0, 2, 20.0),
        (20, 2, 1, NONE),
        (20 + waits, 0, 2, 40.0),
    ]
    told = held(ABC, [*answers, (21 + waits, 0, 2, 90.0)])
    assert sums_of(told.way_scores[DEVIATING]).total == 60
    assert sums_of(told.way_scores[DEVIATING]).n == 2
    assert told.sums(STOPPED, 1, having=True).total == 40
    assert told.sums(STOPPED, 0, having=False).total == 60
    assert told.sums(STOPPED, 0, having=True).n == 0
    later = held(ABC, [(0, 1, 1, NONE), (1, 0, 2, 90.0), (5, 2, 1, NONE), (6, 0, 2, 30.0), (9, 3, 1, NONE)])
    assert later.sums(STOPPED, 0, having=False).total == 120
    assert later.sums(STOPPED, 1, having=False).total == 30  # from when the second step was met
    assert sums_of(later.way_scores[FULLY]).n == 2


def test_an_outcome_of_ones_own_comes_after_the_beginning() -> None:
    early, after = of((0, 4), (1, 1), (2, 2), (3, 3)), of((0, 1), (1, 2), (2, 3), (9, 4))
    told = held(ABC, early, after, of((0, 1), (1, 4)), outcome=4)
    assert told.counts[REPEATED, 2].tolist() == [[1, 1, 0], [0, 0, 0]]
    assert told.counts[STOPPED, 0].tolist() == [[1, 1, 0], [0, 1, 0]]
    nothing = ask(ConformanceQuestion(Scope((1, 2, 3)), ABC, LONG, outcome=4), block_of([after]))
    assert nothing.counts[REPEATED, 2].tolist() == [[1, 0, 0], [0, 0, 0]]


def test_the_last_event_of_the_scope() -> None:
    assert ask(LastEventQuestion(SCOPE), Block.empty(), block_of([of((5, 1), (9, 2)), [], of((7, 3))])) == 9
    assert ask(LastEventQuestion(Scope((1,))), block_of([of((5, 1), (9, 2))])) == 5
    assert ask(LastEventQuestion(SCOPE), Block.empty()) == 0


# -- a slow obvious Python


@dataclass
class Attempt:
    """What the guide says of an attempt, in its words."""

    began: int
    furthest: int = 0
    first: dict[int, int] = field(default_factory=dict)  # of each step that was met, when first
    passed: dict[int, int] = field(default_factory=dict)  # of each step, when it or a later one was met
    latest: int = 0
    anchor: int = 0  # the last event of the furthest step
    between: bool = False
    over: bool = False
    comes: bool = False
    deviations: set[tuple[int, int]] = field(default_factory=set)
    in_turn: set[int] = field(default_factory=set)
    gaps: dict[int, int] = field(default_factory=dict)
    delays: dict[int, int] = field(default_factory=dict)


def attempt_of(
    journey: list[tuple[int, int]], plan: tuple[Planned, ...], outcome: int | None
) -> Attempt | None:
    start = next((i for i, (_, code) in enumerate(journey) if code in plan[0].codes), None)
    if start is None:
        return None
    began = journey[start][0]
    a = Attempt(began, first={0: began}, passed={0: began}, latest=began, anchor=began)
    for t, code in journey[start + 1 :]:
        a.comes |= code == outcome
        if not a.over:
            _read(a, t, [k for k, s in enumerate(plan) if code in s.codes], plan)
    a.deviations |= {(SKIPPED, k) for k in range(a.furthest) if plan[k].required and k not in a.first}
    return a


def _read(a: Attempt, t: int, fits: list[int], plan: tuple[Planned, ...]) -> None:
    if not fits:
        a.between = True
        return
    a.latest = t
    turn = []
    for k in range(a.furthest + 1, len(plan)):
        turn.append(k)
        if plan[k].required:
            break
    in_turn = [k for k in fits if k in turn]
    known = [k for k in fits if k in a.first]
    later = [k for k in fits if k > a.furthest]
    if in_turn:
        _advance_in_turn(a, t, in_turn[0], plan[in_turn[0]])
    if in_turn or (not known and later):
        k = (in_turn or later)[0]
        for step in range(k + 1):
            a.passed.setdefault(step, t)
        a.furthest, a.anchor, a.between = k, t, False
        a.first[k] = t
        a.over = k == len(plan) - 1
        return
    if a.furthest in known:
        a.anchor, a.between = t, False
    else:
        a.between = True
    if known:
        if not any(plan[k].repeats for k in known):
            a.deviations.add((REPEATED, known[-1]))
    else:
        a.deviations.add((OUT_OF_ORDER, fits[-1]))
        a.first[fits[-1]] = t


def _advance_in_turn(a: Attempt, t: int, k: int, step: Planned) -> None:
    a.in_turn.add(k)
    a.gaps[k] = t - a.anchor
    if step.within_s is not None and a.gaps[k] > step.within_s:
        a.deviations.add((LATE, k))
        a.delays[k] = a.gaps[k] - step.within_s
    if step.direct and a.between:
        a.deviations.add((BETWEEN, k))


def could_have(a: Attempt, kind: int, k: int, plan: tuple[Planned, ...], *, open: bool) -> bool:
    last = max(k for k, s in enumerate(plan) if s.required)
    step = plan[k]
    return {
        SKIPPED: step.required and k < a.furthest,
        OUT_OF_ORDER: k > 0 and k in a.first,
        REPEATED: k in a.first and not step.repeats,
        LATE: k in a.in_turn and step.within_s is not None,
        BETWEEN: k in a.in_turn and step.direct,
        STOPPED: not open and k <= a.furthest and k < last,
    }[kind]


plan_given = (
    st.lists(
        st.builds(
            Planned,
            st.lists(st.integers(1, 4), min_size=1, max_size=2, unique=True).map(tuple),
            required=st.booleans(),
            repeats=st.booleans(),
            direct=st.booleans(),
            within_s=st.sampled_from([None, 1, 5, 60]),
        ),
        min_size=2,
        max_size=5,
    )
    .filter(lambda steps: any(s.required for s in steps[1:]))
    .map(lambda steps: (Planned(steps[0].codes, repeats=steps[0].repeats), *steps[1:]))
)


@settings(max_examples=150, deadline=None)
@given(
    journeys_given,
    plan_given,
    cuts_given,
    st.sampled_from([13, 100, 3_000_000, LONG]),
    st.sampled_from([None, 1, 4]),
)
def test_attempts_are_what_python_finds(
    journeys: list[list[Event]], plan: tuple[Planned, ...], cuts: list[int], until: int, outcome: int | None
) -> None:
    waits, last = int(WAITS.total_seconds()), max(k for k, s in enumerate(plan) if s.required)
    ways: Counter[int] = Counter()
    counts: Counter[tuple[int, int, int, int]] = Counter()
    scores: dict[tuple[int, int, int], list[list[float]]] = defaultdict(list)
    reached, gaps, delays = np.zeros((3, len(plan)), int), defaultdict(list), defaultdict(list)
    for journey in journeys:
        a = attempt_of([(t, code) for t, code, _, _ in journey if code], plan, outcome)
        if a is None:
            continue
        complete = a.furthest >= last
        following = next((s for s in plan[a.furthest + 1 :] if s.required), None)
        patience = waits if following is None or following.within_s is None else following.within_s
        open = not complete and until - a.latest < patience
        wrong = set(a.deviations)
        if not open and not complete:
            a.deviations.add((STOPPED, a.furthest))
        goes = (
            UNDER_WAY
            if open
            else NOT_AT_ALL
            if a.furthest == 0
            else FULLY
            if complete and not wrong
            else DEVIATING
        )
        ways[goes] += 1
        state = 2 if open else int(complete if outcome is None else a.comes)
        answers = [(t, s) for t, _, _, s in journey if not np.isnan(s) and a.began <= t <= a.latest + waits]
        for k in range(len(plan)):
            reached[0, k] += k in a.first
            reached[1, k] += k <= a.furthest
            reached[2, k] += k <= a.furthest and not any(step <= k for _, step in wrong)
            for kind in range(6):
                if could_have(a, kind, k, plan, open=open):
                    has = int((kind, k) in a.deviations)
                    counts[kind, k, has, state] += 1
                    if own := [s for t, s in answers if t >= a.passed[k]]:
                        scores[kind, k, has].append(own)
        for k, gap in a.gaps.items():
            gaps[k].append(gap)
        for k, delay in a.delays.items():
            delays[k].append(delay)
    told = ask_split(ConformanceQuestion(SCOPE, plan, until, outcome), journeys, cuts)
    assert told.ways.tolist() == [ways[w] for w in range(4)]
    assert told.attempts == sum(ways.values())
    assert [told.met.tolist(), told.through.tolist(), told.clean.tolist()] == reached.tolist()
    assert {tuple(map(int, at)): int(told.counts[tuple(at)]) for at in np.argwhere(told.counts)} == dict(
        counts
    )
    for k in range(len(plan)):
        assert told.gaps[k].tolist() == bins(gaps[k])
        assert told.delays[k].tolist() == bins(delays[k])
    for at in np.ndindex(6, len(plan), 2):
        own_scores = scores[tuple(map(int, at))]  # type: ignore[index]
        assert told.scores[at].tolist() == [
            sum(map(sum, own_scores)), sum(map(len, own_scores)), len(own_scores),
            sum(sum(o) ** 2 for o in own_scores), sum(sum(o) * len(o) for o in own_scores),
            sum(len(o) ** 2 for o in own_scores),
        ]  # fmt: skip
