"""Retention and the life cycle against hand-counted cases, a slow obvious Python, SQL, and planted truths."""

from __future__ import annotations

import pickle
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import product
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polku.journeys.asking.calendar import Unit, edges, spans
from polku.journeys.asking.over_time import Calendar
from polku.journeys.asking.scope import Scope
from polku.journeys.retention.averages import averages, halves_of
from polku.journeys.retention.lifecycle import LifecycleQuestion
from polku.journeys.retention.retention import MOST_FOLLOWED, RetentionQuestion, Returned
from polku.journeys.stages.moves import MovesQuestion
from polku.store import Block
from tests.journeys.journeys_of import (
    NONE,
    Event,
    ask,
    ask_split,
    block_of,
    cuts_given,
    journeys_among,
    of,
)

ABC = Scope((1, 2, 3))
TENS = (10, 20, 30, 40, 50)
"""Four spans of ten seconds."""

HELSINKI = ZoneInfo("Europe/Helsinki")


def retention(
    journeys: Sequence[Sequence[Event]], *, starts: Any = (1,), returns: Any = (2,), **more: Any
) -> Returned:
    asked = {"edges": TENS, "over": 4, "follow": 3} | more
    answer: Returned = ask(RetentionQuestion(ABC, starts, returns, **asked), block_of(journeys))
    return answer


@pytest.mark.parametrize(
    ("first", "later", "sizes", "came"),
    [
        # the second start of the first profile counts only where any does
        (True, False, [2, 1, 0, 0], [[1, 1, 0], [0, 1, 0], [0, 0, 0], [0, 0, 0]]),
        (True, True, [2, 1, 0, 0], [[1, 1, 0], [1, 1, 0], [0, 0, 0], [0, 0, 0]]),
        (False, False, [2, 1, 1, 0], [[1, 1, 0], [0, 1, 0], [0, 0, 0], [0, 0, 0]]),
        (False, True, [2, 1, 1, 0], [[1, 1, 0], [1, 1, 0], [0, 0, 0], [0, 0, 0]]),
    ],
)
def test_retention_by_hand(first: bool, later: bool, sizes: list[int], came: list[list[int]]) -> None:
    journeys = [
        of((11, 1), (19, 2), (20, 2), (29, 2), (30, 1), (31, 2)),  # returns in its own span do not count
        of((10, 1), (10, 2)),
        of((9, 2), (21, 1), (49, 2)),
        of((12, 2), (25, 2)),  # never starts
        of((50, 1), (51, 2)),  # after the last span
        of(),
    ]
    found = retention(journeys, first=first, later=later)
    assert found.sizes.tolist() == sizes
    assert found.came.tolist() == came


def test_who_started_before_the_first_span_is_in_no_cohort_of_first_starts() -> None:
    journeys = [of((5, 1), (11, 1), (21, 2))]
    assert retention(journeys).sizes.tolist() == [0, 0, 0, 0]
    again = retention(journeys, first=False)
    assert again.sizes.tolist() == [1, 0, 0, 0]
    assert again.came[0].tolist() == [1, 0, 0]


def test_start_and_return_may_be_one_touchpoint() -> None:
    found = retention([of((11, 1), (12, 1), (22, 1), (45, 1))], returns=(1,), first=False)
    assert found.sizes.tolist() == [1, 1, 0, 1]
    assert found.came.tolist() == [[1, 0, 1], [0, 1, 0], [0, 0, 0], [0, 0, 0]]


def test_a_window_without_anything() -> None:
    empty = retention([])
    assert (empty.sizes.tolist(), empty.came.sum(), empty.squares.sum()) == ([0] * 4, 0, 0)
    for more in ({"first": True}, {"first": False}, {"later": True}):
        nothing = retention([of((11, 1), (22, 2))], edges=(), over=0, **more)
        assert nothing.sizes.tolist() == []
        assert averages(nothing, 0, 3, clustered=False) == ()


# -- against a slow and obvious Python, over the midnights of daylight saving


def midnights(first: date, days: int) -> list[int]:
    """The moments right before, at and right after each midnight, and noon."""
    found = []
    for n in range(days):
        day = datetime.combine(first + timedelta(days=n), datetime.min.time(), HELSINKI)
        at = int(day.astimezone(UTC).timestamp())
        found += [at - 1, at, at + 1, at + 43_200]
    return found


MOMENTS = [*midnights(date(2026, 3, 25), 9), *midnights(date(2026, 10, 22), 6)]
journeys_given = journeys_among(
    [(at, code, source, NONE) for source in (1, 2) for code in range(4) for at in MOMENTS], longest=12, most=6
)
period_given = st.tuples(
    st.sampled_from([date(2026, 3, 20), date(2026, 3, 28), date(2026, 3, 30), date(2026, 10, 24)]),
    st.integers(0, 250),
    st.sampled_from(["day", "week", "month"]),
)
codes_given = st.sampled_from([(1,), (2,), (1, 2), (1, 2, 3), ()])


@cache
def local_day(t: int) -> date:
    return datetime.fromtimestamp(t, UTC).astimezone(HELSINKI).date()


class Slow:
    """Which spans a profile was seen in, by the local day of each event."""

    def __init__(self, period: tuple[date, int, Unit]) -> None:
        first, days, unit = period
        self.starts = spans(first, first + timedelta(days=days), unit)
        self.edges = edges(self.starts, unit, HELSINKI)

    def span(self, t: int) -> int:
        """From 0; −1 before the first, as many as there are after the last."""
        if t >= self.edges[-1]:
            return len(self.starts)
        return bisect_right(self.starts, local_day(t)) - 1

    def seen(self, journey: Sequence[Event], codes: Sequence[int]) -> list[int]:
        return [self.span(t) for t, code, source, _ in journey if code in codes and source == 1]


@settings(max_examples=200, deadline=None)
@given(
    journeys_given, period_given, codes_given, codes_given, st.integers(1, 20), st.booleans(), st.booleans(),
    cuts_given, st.integers(0, 3),
)  # fmt: skip
def test_retention_is_what_python_counts(
    journeys: list[list[Event]],
    period: tuple[date, int, Unit],
    starts: tuple[int, ...],
    returns: tuple[int, ...],
    follow: int,
    first: bool,
    later: bool,
    cuts: list[int],
    open_spans: int,
) -> None:
    slow = Slow(period)
    n = len(slow.starts)
    sizes, came = [0] * n, [[0] * follow for _ in range(n)]
    for journey in journeys:
        began = slow.seen(journey, starts)[: 1 if first else None]
        back = set(slow.seen(journey, returns))
        for c in set(began) & set(range(n)):
            sizes[c] += 1
            for k in range(1, follow + 1):
                came[c][k - 1] += any(b >= c + k for b in back) if later else c + k in back
    over = max(0, n - open_spans)
    scope = Scope((3, 1, 2), source=1)
    question = RetentionQuestion(scope, starts, returns, slow.edges, over, follow, first, later)
    answer = ask_split(question, journeys, cuts)
    assert answer.sizes.tolist() == sizes
    for c in range(n):  # of spans that there are
        assert answer.came[c, : n - 1 - c].tolist() == came[c][: n - 1 - c]


@settings(max_examples=60, deadline=None)
@given(journeys_given, cuts_given, st.booleans())
def test_random_groups_are_the_blocks(journeys: list[list[Event]], cuts: list[int], later: bool) -> None:
    slow = Slow((date(2026, 3, 20), 30, "week"))
    question = RetentionQuestion(ABC, (1,), (1, 2), slow.edges, 4, 3, False, later)
    whole = ask_split(question, journeys, cuts)
    groups = [block_of(journeys[a:b]) for a, b in zip([0, 2, 4], [2, 4, None], strict=True)]
    parts = [ask(question, g) for g in groups]
    merged = ask(question, *groups)
    assert (merged.sizes.tolist(), merged.came.tolist()) == (whole.sizes.tolist(), whole.came.tolist())
    for k in range(3):
        s = np.array([p.came[: 3 - k, k].sum() for p in parts])
        m = np.array([p.sizes[: 3 - k].sum() for p in parts])
        assert merged.squares[:, k].tolist() == [(m > 0).sum(), (s * s).sum(), (s * m).sum(), (m * m).sum()]


def test_more_profiles_than_a_lane_of_sixteen_bits_holds() -> None:
    profiles = 70_000
    block = block_of([of((11, 1), (22, 1), (33, 1))] * profiles)
    question = RetentionQuestion(ABC, (1,), (1,), TENS, 4, 3, first=False)
    found = ask(question, block)
    assert found.came.tolist() == [[profiles, profiles, 0], [profiles, 0, 0], [0, 0, 0], [0, 0, 0]]


def test_a_cohort_is_followed_for_sixty_spans() -> None:
    limits = tuple(range(0, 1300, 10))
    journey = of(*((10 * s, 1) for s in range(128)))
    for first in (True, False):
        question = RetentionQuestion(ABC, (1,), (1,), limits, 129, MOST_FOLLOWED, first)
        found = ask(question, block_of([journey, of((0, 1), (1290, 1))]))
        assert found.came[0].tolist() == [1] * MOST_FOLLOWED
        assert found.came[100].tolist() == ([0] * 60 if first else [1] * 27 + [0] * 33)


# -- life cycle


def lifecycle(journeys: Sequence[Sequence[Event]], limits: tuple[int, ...] = TENS) -> list[list[int]]:
    found = ask(LifecycleQuestion(ABC, limits), block_of(journeys))
    return [found.new.tolist(), found.returning.tolist(), found.resurrecting.tolist()]


def test_life_cycle_by_hand() -> None:
    journeys = [
        of((10, 1), (19, 2), (20, 1), (45, 1)),  # new, returning, –, resurrecting
        of((5, 1), (12, 1), (25, 1)),  # seen before: resurrecting, returning
        of((39, 1), (50, 1)),
        of((15, 9)),
    ]
    assert lifecycle(journeys) == [[1, 0, 1, 0], [0, 2, 0, 0], [1, 0, 0, 1]]
    assert lifecycle([]) == [[0] * 4] * 3
    assert lifecycle([], ()) == [[]] * 3


@settings(max_examples=150, deadline=None)
@given(journeys_given, period_given, cuts_given)
def test_life_cycle_is_what_python_counts(
    journeys: list[list[Event]], period: tuple[date, int, Unit], cuts: list[int]
) -> None:
    slow = Slow(period)
    n = len(slow.starts)
    new, returning, resurrecting = [0] * n, [0] * n, [0] * n
    for journey in journeys:
        active = slow.seen(journey, (1, 2))
        for s in set(active) & set(range(n)):
            if not any(a < s for a in active):
                new[s] += 1
            elif s > 0 and s - 1 in active:
                returning[s] += 1
            else:
                resurrecting[s] += 1
    found = ask_split(LifecycleQuestion(Scope((1, 2), source=1), slow.edges), journeys, cuts)
    assert [found.new.tolist(), found.returning.tolist(), found.resurrecting.tolist()] == [
        new, returning, resurrecting,
    ]  # fmt: skip
    seen = [set(slow.seen(j, (1, 2))) for j in journeys]
    assert found.active.tolist() == [sum(s in each for each in seen) for s in range(n)]


# -- what every question must stand


@pytest.mark.parametrize(
    "question",
    [
        *(RetentionQuestion(ABC, (1,), (1, 2), TENS, 4, 3, *how) for how in product([True, False], repeat=2)),
        LifecycleQuestion(ABC, TENS),
        MovesQuestion(ABC, (0, 1, 0), 2, TENS, 0, 60),
    ],
    ids=lambda q: type(q).__name__,
)
def test_some_profiles_only_and_on_another_machine(question: Any) -> None:
    journeys = [of((11, 1), (22, 2)), of((12, 1), (33, 1), (41, 3)), of(), of((25, 1), (38, 2))]
    chosen = block_of(journeys).choose(np.array([1, 3]))
    there = pickle.loads(pickle.dumps(question))
    partial = pickle.loads(pickle.dumps(there.partial(chosen)))
    alone = question.partial(block_of([journeys[1], journeys[3]]))
    for part, same in zip(_parts(partial), _parts(alone), strict=True):
        assert part.tolist() == same.tolist()


def _parts(partial: Any) -> tuple[Any, ...]:
    return partial if isinstance(partial, tuple) else (partial,)


# -- against SQL


def random_journeys(seed: int, profiles: int) -> list[list[Event]]:
    rng = np.random.default_rng(seed)
    begin = int(datetime(2026, 1, 1, tzinfo=UTC).timestamp())
    return [
        of(*sorted((int(begin + rng.integers(0, 330 * 86_400)), int(rng.integers(1, 4))) for _ in range(n)))
        for n in rng.integers(0, 30, profiles)
    ]


SQL = """
WITH seen AS (SELECT profile, code, date_trunc('{unit}', day) AS span, row_number() OVER
                (PARTITION BY profile, code ORDER BY time) AS nth FROM log),
starts AS (SELECT DISTINCT profile, span FROM seen WHERE code = 1 AND (nth = 1 OR {any})),
backs AS (SELECT DISTINCT profile, span FROM seen WHERE code = 2)
SELECT CAST(s.span AS DATE), date_diff('{unit}', s.span, b.span), count(*) FROM starts s JOIN backs b
  ON s.profile = b.profile AND b.span > s.span GROUP BY ALL
"""


@pytest.mark.parametrize("unit", ["day", "week", "month"])
@pytest.mark.parametrize("first", [True, False])
def test_cohorts_are_those_of_sql(unit: Unit, first: bool) -> None:
    journeys = random_journeys(5, 300)
    rows = [
        {"profile": p, "code": code, "time": t, "day": local_day(t)}
        for p, journey in enumerate(journeys)
        for t, code, _, _ in journey
    ]
    database = duckdb.connect()
    database.register("log", pa.Table.from_pylist(rows))
    told = database.execute(SQL.format(unit=unit, any=not first)).fetchall()
    days = sorted(r["day"] for r in rows)
    starts = spans(days[0], days[-1], unit)
    question = RetentionQuestion(ABC, (1,), (2,), edges(starts, unit, HELSINKI), len(starts), 14, first=first)
    found = ask_split(question, journeys, [100, 200])
    ours = {
        (starts[c], k + 1, int(n))
        for (c, k), n in np.ndenumerate(found.came)
        if n and c + k + 1 < len(starts)
    }
    assert ours == {(start, k, n) for start, k, n in told if k <= 14}
    assert len(ours) > 30


# -- planted truths


def active_months(rng: np.random.Generator, rates: Any, months: int) -> Block:
    """Profiles that start in a month at random, and are active in each after it at a rate of their own."""
    began = rng.integers(0, months, len(rates))
    on = (rng.random((len(rates), months)) < rates[:, None]) & (np.arange(months) > began[:, None])
    on[np.arange(len(rates)), began] = True
    return block_of([of(*((10 * int(m) + 5, 1) for m in np.flatnonzero(row))) for row in on])


def test_the_average_finds_the_planted_rate_as_often_as_it_says() -> None:
    rng, limits, held, runs = np.random.default_rng(3), tuple(range(0, 130, 10)), 0, 60
    for _ in range(runs):
        found = ask(
            RetentionQuestion(ABC, (1,), (1,), limits, 12, 5), active_months(rng, np.full(400, 0.3), 12)
        )
        told = averages(found, 12, 5, clustered=False)
        assert [a.cohorts for a in told] == [11, 10, 9, 8, 7]
        for a in told:
            assert a.share.low is not None
            assert a.share.high is not None
            assert a.share.high - a.share.low < 0.13
            held += a.share.low < 0.3 < a.share.high
    assert 0.91 <= held / (5 * runs) <= 0.98


def test_intervals_of_repeated_starts_hold_the_truth_as_often_as_they_say() -> None:
    """Profiles differ in how often they come, and each is in many cohorts."""
    rng, limits, held, runs = np.random.default_rng(11), tuple(range(0, 130, 10)), 0, 100
    question = RetentionQuestion(ABC, (1,), (1,), limits, 12, 1, first=False)
    # a profile of rate r is active in E starts that have a month after them: r each month but the first
    grid = (np.arange(2000) + 0.5) / 2000
    truth = _share_after(grid)
    for _ in range(runs):
        rates = rng.beta(1, 1, 320)
        parts = (active_months(rng, r, 12) for r in np.split(rates, 64))
        [average] = averages(ask(question, *parts), 12, 1, clustered=True)
        assert average.share.low is not None
        assert average.share.high is not None
        held += average.share.low <= truth <= average.share.high
    assert 0.9 <= held / runs <= 0.99


def _share_after(rates: Any) -> float:
    """The exact share of starts in months 0…10 that are followed by an active month, over all rates alike."""
    came = m = 0.0
    for began in range(12):
        starts = np.where(
            np.arange(11)[:, None] == began, 1.0, np.where(np.arange(11)[:, None] > began, rates, 0)
        )
        m += starts.sum()
        came += (starts * rates).sum()
    return came / m


def returned(sizes: list[int], came: list[int]) -> Returned:
    column = np.array(came, np.int64)[:, None]
    return Returned(np.array(sizes, np.int64), column, np.zeros((4, 1), np.int64))


def test_later_cohorts_beside_earlier_ones() -> None:
    found = returned([900, 100, 100, 100, 100, 100, 50], [800, 20, 30, 60, 40, 0, 0])
    starts = tuple(date(2026, 1 + n, 1) for n in range(7))
    limits = edges(list(starts), "month", HELSINKI)
    calendar = Calendar("month", starts, limits, until=limits[6], last=limits[6])
    told = halves_of(
        found, calendar, began=limits[0]
    )  # in the first, customers of before; the last is not over
    assert told is not None
    assert told.cohorts == 2
    assert (told.first_half.estimate, told.second_half.estimate) == (0.25, 0.5)
    assert told.difference.estimate == 0.25
    assert told.p_value is not None
    assert told.p_value < 0.001
    assert told.of_before
    later = halves_of(found, calendar, began=limits[0] - 400 * 86_400)
    assert later is not None
    assert (later.cohorts, later.of_before) == (2, False)
    assert later.first_half.n == 1000
    few = replace(calendar, until=limits[4])
    assert halves_of(found, few, began=limits[0]) is None
    assert halves_of(returned([0] * 7, [0] * 7), calendar, began=0) is None
