"""Funnels against hand-counted cases and a slow obvious Python that tries every way through a journey."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise, permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polku.errors import InvalidInput
from polku.journeys.asking.newest import NewestQuestion
from polku.journeys.asking.scope import Scope
from polku.journeys.funnel.dropouts import Dropped
from polku.journeys.funnel.funnel import ConversionQuestion, FunnelQuestion, Way
from tests.journeys.journeys_of import (
    NONE,
    Event,
    ask,
    ask_split,
    bins,
    block_of,
    cuts_given,
    journeys_among,
    of,
)

ABCD = Scope((1, 2, 3, 4))
EDGES = (2, 8, 15, 24)


def way(*steps: int | str, within: int | None = None, between: int | None = None) -> Way:
    """Steps as `1`, `"1|2"` or, what must not come before the next, `"!3"`."""
    wanted: list[tuple[int, ...]] = []
    barred: list[tuple[int, ...]] = [()]
    for step in map(str, steps):
        codes = tuple(map(int, step.removeprefix("!").split("|")))
        if step.startswith("!"):
            barred[-1] += codes
        else:
            wanted.append(codes)
            barred.append(())
    return Way(ABCD, tuple(wanted), tuple(barred[: len(wanted)]), within, between)


# -- by hand


@pytest.mark.parametrize(
    ("steps", "events", "reached"),
    [
        (way(1, 2, 3, within=9), [(0, 1), (5, 2), (9, 3)], [1, 1, 1]),
        (way(1, 2, 3, within=9), [(0, 1), (5, 2), (10, 3)], [1, 1, 0]),  # one second too late
        (way(1, 2, 3, within=9), [(0, 1), (50, 1), (55, 2), (59, 3)], [1, 1, 1]),  # a later attempt succeeds
        (way(1, 2, 3, within=9), [(0, 1), (8, 2), (9, 1), (17, 3)], [1, 1, 0]),  # two attempts do not add up
        (way(1, 2, 3, within=9), [(0, 2), (1, 1), (2, 3)], [1, 0, 0]),  # out of order
        (
            way(1, 2, 3, within=0),
            [(3, 1), (3, 2), (3, 3)],
            [1, 1, 1],
        ),  # of one second, in their order of arrival
        (way(1, 2, 3, within=9), [(3, 2), (3, 1)], [1, 0, 0]),
        (way(1, 2, 3), [(0, 2), (4, 3)], [0, 0, 0]),
        (way(1, 2, 3), [], [0, 0, 0]),
        (way(1, 1), [(0, 1)], [1, 0]),  # one event is one step
        (way(1, 1), [(0, 1), (7, 1)], [1, 1]),
        # any of several
        (way("1|2", 3), [(0, 2), (1, 3)], [1, 1]),
        (way("1|2", "1|2"), [(0, 2)], [1, 0]),
        (way("1|2", "1|2"), [(0, 2), (0, 1)], [1, 1]),
        # between one step and the next
        (way(1, 2, 3, between=9), [(0, 1), (9, 2), (18, 3)], [1, 1, 1]),
        (way(1, 2, 3, between=9), [(0, 1), (9, 2), (19, 3)], [1, 1, 0]),
        (way(1, 2, 3, between=9), [(0, 1), (9, 2), (12, 2), (19, 3)], [1, 1, 0]),  # 12 is too far from 0
        (way(1, 2, 3, between=9), [(0, 1), (5, 2), (8, 2), (17, 3)], [1, 1, 1]),  # the second 2 is taken
        (way(1, 2, 3, between=9), [(0, 1), (1, 2), (20, 1), (21, 2), (22, 3)], [1, 1, 1]),
        (way(1, 2, 3, within=15, between=9), [(0, 1), (8, 2), (16, 3)], [1, 1, 0]),
        (way(1, 2, 3, within=15, between=9), [(0, 1), (2, 1), (8, 2), (16, 3)], [1, 1, 1]),
        # without another in between
        (way(1, 2, "!4", 3), [(0, 1), (1, 2), (2, 4), (3, 3)], [1, 1, 0]),
        (way(1, 2, "!4", 3), [(0, 1), (1, 4), (2, 2), (3, 3)], [1, 1, 1]),  # between 1 and 2 it may come
        (way(1, 2, "!4", 3), [(0, 1), (1, 2), (2, 4), (3, 2), (4, 3)], [1, 1, 1]),  # a second cart is as good
        (way(1, 2, "!4", 3), [(0, 1), (1, 2), (1, 3), (1, 4)], [1, 1, 1]),
        (way(1, 2, "!4", 3), [(0, 1), (1, 2), (1, 4), (1, 3)], [1, 1, 0]),
        (way(1, "!4", "!2", 3), [(0, 1), (1, 2), (2, 3)], [1, 0]),
        (way(1, "!4|2", 3), [(0, 1), (1, 4), (2, 3)], [1, 0]),
        (way(1, "!1", 2), [(0, 1), (1, 1), (2, 2)], [1, 1]),  # from the last 1 there is none in between
        (way(1, "!1", 2, within=9), [(0, 1), (5, 1), (12, 2)], [1, 1]),
        (way(1, "!2", 2), [(0, 1), (1, 2)], [1, 1]),  # what is reached is not in between
    ],
)
def test_how_far_one_gets(steps: Way, events: list[tuple[int, int]], reached: list[int]) -> None:
    answer = ask(FunnelQuestion(steps), block_of([of(*events)]))
    assert answer.reached.tolist() == reached
    converted = ask(ConversionQuestion(steps, (0, 100)), block_of([of(*events)]))
    assert (converted.began.tolist(), converted.converted.tolist()) == ([reached[0]], [reached[-1]])


def test_times_are_from_the_first_step_and_from_the_one_before() -> None:
    journey = of((0, 1), (10, 1), (40, 2), (50, 2), (100, 3), (900, 3))
    answer = ask(FunnelQuestion(way(1, 2, 3)), block_of([journey]))
    assert answer.after.tolist() == [bins([0]), bins([30]), bins([90])]
    assert answer.wait.tolist() == [bins([0]), bins([30]), bins([50])]


def test_one_is_counted_in_each_span_in_which_one_begins_and_once_in_each() -> None:
    journey = of((0, 1), (1, 1), (10, 1), (11, 2), (20, 1), (30, 1))
    answer = ask(ConversionQuestion(way(1, 2, within=5), (0, 10, 20, 30)), block_of([journey, of((12, 1))]))
    assert answer.began.tolist() == [1, 2, 1]  # the last begins after the last edge
    assert answer.converted.tolist() == [0, 1, 0]


def test_those_who_drop_out_come_newest_first() -> None:
    journeys = [of((0, 1), (5, 2)), of((9, 1)), of((3, 1), (8, 2), (9, 2), (10, 1)), of((1, 1), (5, 2))]
    found = ask(NewestQuestion(Dropped(way(1, 2, 3), 2), 2), block_of(journeys))
    assert (found.total, found.profiles.tolist(), found.when.tolist()) == (3, [3, 1], [9, 5])


HOUR = 3600
MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY = (day * 24 * HOUR for day in range(5))
PRODUCT, CART, ORDER, RETURN = 1, 2, 3, 4
ANNA = of(
    (MONDAY, PRODUCT), (TUESDAY, CART), (WEDNESDAY, RETURN), (THURSDAY, PRODUCT), (THURSDAY + HOUR, CART),
    (FRIDAY, ORDER),
)  # fmt: skip


def test_the_example_of_the_guide() -> None:
    def furthest(steps: Way, journey: list[Event] = ANNA) -> tuple[int, int]:
        """The last step, and when it was last got to."""
        reached = ask(FunnelQuestion(steps), block_of([journey])).reached.tolist()
        found = ask(NewestQuestion(Dropped(steps, sum(reached)), 1), block_of([journey]))
        return sum(reached), int(found.when[0])

    usual = way(PRODUCT, CART, ORDER)
    assert furthest(usual) == (3, FRIDAY)
    assert ask(FunnelQuestion(usual), block_of([ANNA])).after[2].tolist() == bins([24 * HOUR])
    careful = way(PRODUCT, CART, f"!{RETURN}", ORDER)
    assert furthest(careful) == (3, FRIDAY)
    assert furthest(careful, [e for e in ANNA if e[0] not in (THURSDAY, THURSDAY + HOUR)]) == (2, TUESDAY)
    assert furthest(way(PRODUCT, CART, ORDER, within=12 * HOUR)) == (2, THURSDAY + HOUR)
    days = tuple(day * 24 * HOUR for day in range(6))
    by_day = ask(ConversionQuestion(usual, days), block_of([ANNA]))
    assert by_day.began.tolist() == by_day.converted.tolist() == [1, 0, 0, 1, 0]


@pytest.mark.parametrize("steps", [(), ((1,),) * 33])
def test_a_funnel_of_no_or_too_many_steps(steps: tuple[tuple[int, ...], ...]) -> None:
    with pytest.raises(InvalidInput, match="1 to 32 steps"):
        Way(ABCD, steps)


def test_steps_outside_the_scope_are_never_got_to() -> None:
    answer = ask(FunnelQuestion(Way(Scope((1,)), ((1,), (2,)))), block_of([of((0, 1), (7, 2))]))
    assert answer.reached.tolist() == [1, 0]


# -- beside a slow obvious Python

EACH = [(code,) for code in range(1, 5)]
PAIRS = [*permutations(range(1, 5), 2)]
step_given = st.sampled_from([*EACH * 3, *PAIRS])
barred_given = st.sampled_from([*[()] * 8, *EACH * 2, *PAIRS])
journeys_given = journeys_among(
    [(time, code, source, NONE) for time in range(26) for code in range(1, 5) for source in (1, 2)],
    longest=12,
    most=4,
)
scope_given = st.builds(
    Scope,
    st.sampled_from([*permutations([1, 2, 3, 4])]),
    low=st.sampled_from([0, 0, 2]),
    high=st.sampled_from([20, 2**32 - 1]),
    source=st.sampled_from([None, None, 1]),
)


@st.composite
def ways(draw: st.DrawFn) -> Way:
    steps = draw(st.lists(step_given, min_size=1, max_size=4))
    barred = ((), *draw(st.lists(barred_given, min_size=len(steps) - 1, max_size=len(steps) - 1)))
    windows = st.sampled_from([None, 0, 3, 6, 12, 10**9])
    return Way(draw(scope_given), tuple(steps), tuple(barred), draw(windows), draw(windows))


def that_count(journey: list[Event], scope: Scope) -> list[tuple[int, int]]:
    return [
        (t, code)
        for t, code, source, _ in journey
        if code in scope.codes and scope.low <= t < scope.high and scope.source in (None, source)
    ]


def attempts(path: list[tuple[int, int]], asked: Way) -> Iterator[tuple[int, ...]]:
    """The places of every choice of events that is a beginning of the way, of any number of steps."""
    found: list[tuple[int, ...]] = [(i,) for i, (_, code) in enumerate(path) if code in asked.steps[0]]
    while found:
        yield from found
        found = [
            (*places, i) for places in found if len(places) < len(asked.steps) for i in range(len(path))
            if i > places[-1] and goes_on(path, places, i, asked)
        ]  # fmt: skip


def goes_on(path: list[tuple[int, int]], places: tuple[int, ...], i: int, asked: Way) -> bool:
    step, (t, code) = len(places), path[i]
    barred = asked.barred[step]
    return (
        code in asked.steps[step]
        and (asked.within is None or t - path[places[0]][0] <= asked.within)
        and (asked.between is None or t - path[places[-1]][0] <= asked.between)
        and not any(c in barred for _, c in path[places[-1] + 1 : i])
    )


@settings(max_examples=300, deadline=None)
@given(journeys_given, ways(), cuts_given)
def test_a_funnel_is_the_best_of_all_attempts(
    journeys: list[list[Event]], asked: Way, cuts: list[int]
) -> None:
    steps = len(asked.steps)
    reached = [0] * steps
    after: list[list[int]] = [[] for _ in range(steps)]
    wait: list[list[int]] = [[] for _ in range(steps)]
    for path in (that_count(j, asked.scope) for j in journeys):
        every = list(attempts(path, asked))
        for k in range(steps):
            got = [a for a in every if len(a) == k + 1]
            if got:
                reached[k] += 1
                first = min(a[-1] for a in got)
                times = [[path[i][0] for i in a] for a in got if a[-1] == first]
                after[k].append(min(t[-1] - t[0] for t in times))
                wait[k].append(min(t[-1] - t[-2] for t in times) if k else 0)
    answer = ask_split(FunnelQuestion(asked), journeys, cuts)
    assert answer.reached.tolist() == reached
    assert answer.after.tolist() == list(map(bins, after))
    assert answer.wait.tolist() == list(map(bins, wait))


@settings(max_examples=300, deadline=None)
@given(journeys_given, ways(), cuts_given)
def test_conversion_over_time_is_of_all_attempts(
    journeys: list[list[Event]], asked: Way, cuts: list[int]
) -> None:
    began, converted = [0] * 3, [0] * 3
    for path in (that_count(j, asked.scope) for j in journeys):
        every = list(attempts(path, asked))
        for n, (low, high) in enumerate(pairwise(EDGES)):
            mine = [a for a in every if low <= path[a[0]][0] < high]
            began[n] += bool(mine)
            converted[n] += any(len(a) == len(asked.steps) for a in mine)
    answer = ask_split(ConversionQuestion(asked, EDGES), journeys, cuts)
    assert (answer.began.tolist(), answer.converted.tolist()) == (began, converted)


@settings(max_examples=200, deadline=None)
@given(journeys_given, ways(), st.integers(1, 4), st.integers(1, 3), st.integers(0, 7))
def test_those_who_drop_out_are_those_whose_best_attempt_ends_there(
    journeys: list[list[Event]], asked: Way, at: int, most: int, cut: int
) -> None:
    last = {}
    for n, path in enumerate(that_count(j, asked.scope) for j in journeys):
        every = list(attempts(path, asked))
        if max(map(len, every), default=0) == at:
            # of those who get through, the first time is enough
            when = [path[a[-1]][0] for a in every if len(a) == at]
            last[n + 1] = max(when) if at < len(asked.steps) else min(when)
    order = sorted(last, key=lambda n: (-last[n], n))[:most]
    question = NewestQuestion(Dropped(asked, at), most)
    whole = block_of(journeys)
    n = min(cut, len(journeys))
    parts = [whole.choose(np.arange(n)), whole.choose(np.arange(n, len(journeys)))]
    for blocks in ([whole], parts, parts[::-1]):
        found = ask(question, *blocks)
        assert found.total == len(last)
        assert (found.profiles.tolist(), found.when.tolist()) == (order, [last[n] for n in order])
