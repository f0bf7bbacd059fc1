"""What differs between two groups or periods: counts against a slow obvious Python, and what is found in
journeys of which the truth is known."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polku.errors import InvalidInput, UnknownTouchpoint
from polku.journeys.asking.results import Met
from polku.journeys.asking.scope import Scope
from polku.journeys.comparison.comparing import Compared, compare
from polku.journeys.comparison.outlines import (
    FirstGapsQuestion,
    OutlineQuestion,
    OutlinesQuestion,
    SharedQuestion,
)
from polku.journeys.comparison.queries import JourneyCompare
from polku.journeys.comparison.results import ComparedTouchpoint, ComparedTransition
from polku.journeys.comparison.whole_paths import SharedTakenQuestion, TakenQuestion
from polku.journeys.variants.variants import Whole
from polku.store import Block
from polku.workspace import Workspace
from tests.journeys.journeys_of import Event, ask, ask_split, bins, block_of, cuts_given, journeys_given, of
from tests.journeys.shop import Shop

ABC = Scope((1, 2, 3))
EARLY, LATE = replace(ABC, high=13), replace(ABC, low=13)


def path_of(journey: Sequence[Event], scope: Scope) -> list[tuple[int, int]]:
    return [
        (t, scope.codes.index(touchpoint))
        for t, touchpoint, source, _ in journey
        if touchpoint in scope.codes and scope.low <= t < scope.high and scope.source in (None, source)
    ]


def first_gaps(path: Sequence[tuple[int, int]]) -> dict[int, int]:
    """The gap of the first time of each transition."""
    found: dict[int, int] = {}
    for (t, a), (u, b) in pairwise(path):
        found.setdefault(a * 3 + b, u - t)
    return found


# -- counting


def test_outline_by_hand() -> None:
    journeys = [of((0, 1), (10, 2), (40, 2), (50, 1), (53, 2)), of((5, 1), (6, 2)), of((5, 4)), []]
    told = ask(OutlineQuestion(ABC), block_of(journeys))
    assert told.profiles == 2
    assert told.reach.tolist() == [2, 2, 0]
    assert dict(zip(told.pairs.tolist(), told.made.tolist(), strict=True)) == {1: 2, 3: 1, 4: 1}
    (first, other), _ = ask(FirstGapsQuestion(ABC, (1, 8)), block_of(journeys))
    assert first.tolist() == bins([10, 1])  # of the first way, its first time only
    assert not other.any()


@settings(max_examples=60, deadline=None)
@given(journeys_given, cuts_given, st.sampled_from([ABC, EARLY, replace(ABC, source=1)]))
def test_outline_is_what_python_counts(journeys: list[list[Event]], cuts: list[int], scope: Scope) -> None:
    paths = [path_of(j, scope) for j in journeys]
    gaps: dict[int, list[int]] = defaultdict(list)
    for path in paths:
        for pair, gap in first_gaps(path).items():
            gaps[pair].append(gap)
    told = ask_split(OutlineQuestion(scope), journeys, cuts)
    assert told.profiles == sum(bool(p) for p in paths)
    assert told.reach.tolist() == [sum(any(k == at for _, at in p) for p in paths) for k in range(3)]
    assert dict(zip(told.pairs.tolist(), told.made.tolist(), strict=True)) == {
        p: len(g) for p, g in gaps.items()
    }
    wanted = tuple(sorted(gaps, reverse=True))[:5]
    rows, _ = ask_split(FirstGapsQuestion(scope, wanted), journeys, cuts)
    assert rows.tolist() == [bins(gaps[pair]) for pair in wanted]


@settings(max_examples=60, deadline=None)
@given(st.lists(journeys_given, min_size=1, max_size=3), st.data())
def test_those_chosen_and_all_others_are_told_at_once(
    several: list[list[list[Event]]], data: st.DataObject
) -> None:
    blocks = [Block.empty(), *map(block_of, several)]
    chosen = [data.draw(st.lists(st.booleans(), min_size=n, max_size=n)) for n in map(profiles_of, blocks)]
    these = [b.choose(np.flatnonzero(c)) for b, c in zip(blocks, chosen, strict=True)]
    those = [b.choose(np.flatnonzero(np.logical_not(c))) for b, c in zip(blocks, chosen, strict=True)]
    alone = [ask(OutlineQuestion(ABC), *part) for part in (these, those)]
    pairs = tuple(range(9))
    gaps = [ask(FirstGapsQuestion(ABC, pairs), *part)[0] for part in (these, those)]
    for told, apart in zip(ask(OutlinesQuestion(ABC), *these), alone, strict=True):
        assert told.profiles == apart.profiles
        assert told.reach.tolist() == apart.reach.tolist()
        assert (told.pairs.tolist(), told.made.tolist()) == (apart.pairs.tolist(), apart.made.tolist())
    for told, apart in zip(ask(FirstGapsQuestion(ABC, pairs, others=True), *these), gaps, strict=True):
        assert told.tolist() == apart.tolist()


def profiles_of(block: Block) -> int:
    return len(block.profiles)


@settings(max_examples=60, deadline=None)
@given(journeys_given, cuts_given)
def test_what_both_do_is_what_python_counts(journeys: list[list[Event]], cuts: list[int]) -> None:
    both = [(path_of(j, EARLY), path_of(j, LATE)) for j in journeys]
    both = [(a, b) for a, b in both if a and b]
    told = ask_split(SharedQuestion(EARLY, LATE), journeys, cuts)
    for found, scope in ((told.first, EARLY), (told.second, LATE)):
        alone = ask_split(OutlineQuestion(scope), journeys, cuts)
        assert (found.profiles, found.reach.tolist()) == (alone.profiles, alone.reach.tolist())
        assert (found.pairs.tolist(), found.made.tolist()) == (alone.pairs.tolist(), alone.made.tolist())
    assert told.profiles == len(both)
    for k in range(3):
        met = [tuple(any(at == k for _, at in path) for path in pair) for pair in both]
        shared = told.of_touchpoint(k)
        assert (shared.first, shared.second, shared.both) == (
            sum(a for a, _ in met), sum(b for _, b in met), sum(a and b for a, b in met)
        )  # fmt: skip
    for pair in range(9):
        made = [tuple(pair in first_gaps(path) for path in one) for one in both]
        shared = told.of_transition(pair)
        assert (shared.n, shared.first, shared.second, shared.both) == (
            len(both), sum(a for a, _ in made), sum(b for _, b in made), sum(a and b for a, b in made)
        )  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(journeys_given, st.sets(st.integers(0, 6)))
def test_the_rest_are_all_less_those_chosen(journeys: list[list[Event]], chosen: set[int]) -> None:
    block = block_of(journeys)
    places = np.array(sorted(c for c in chosen if c < len(journeys)), np.int64)
    rest = np.setdiff1d(np.arange(len(journeys)), places)
    question = OutlineQuestion(ABC)
    all_of_them, some, others = (ask(question, b) for b in (block, block.choose(places), block.choose(rest)))
    told = all_of_them.less(some)
    assert told.profiles == others.profiles
    assert told.reach.tolist() == others.reach.tolist()
    assert told.made.tolist() == others.of(told.pairs).made.tolist()


WHOLE, EARLY_PATHS, LATE_PATHS = (Whole(s, collapse=True) for s in (ABC, EARLY, LATE))


def whole_path(journey: Sequence[Event], scope: Scope) -> tuple[int, ...]:
    numbers = [at for _, at in path_of(journey, scope)]
    return tuple(at for i, at in enumerate(numbers) if i == 0 or numbers[i - 1] != at)


def hashes_of(paths: set[tuple[int, ...]]) -> dict[tuple[int, ...], int]:
    """The hash of each path, by a journey that takes it."""
    each = [
        (p, Whole(ABC, collapse=True).hashed(block_of([of(*((i, k + 1) for i, k in enumerate(p)))])))
        for p in paths
    ]
    return {p: int(h.hashes[0]) for p, h in each}


@settings(max_examples=60, deadline=None)
@given(journeys_given, cuts_given)
def test_whole_paths_are_taken_as_python_counts(journeys: list[list[Event]], cuts: list[int]) -> None:
    taken = [(whole_path(j, EARLY), whole_path(j, LATE)) for j in journeys]
    known = hashes_of({p for pair in taken for p in pair if p})
    paths = sorted(known, key=lambda p: known[p])[: len(known) // 2 + 1]  # not all are asked for
    hashes = tuple(known[p] for p in paths)
    told = ask_split(TakenQuestion(EARLY_PATHS, hashes), journeys, cuts)
    assert told.tolist() == [sum(a == p for a, _ in taken) for p in paths]
    both = [(a, b) for a, b in taken if a and b]
    first, second, shared = ask_split(SharedTakenQuestion(EARLY_PATHS, LATE_PATHS, hashes), journeys, cuts)
    assert first.tolist() == told.tolist()
    assert second.tolist() == [sum(b == p for _, b in taken) for p in paths]
    assert [(s.n, s.first, s.second, s.both) for s in shared] == [
        (
            len(both),
            sum(a == p for a, _ in both),
            sum(b == p for _, b in both),
            sum(a == b == p for a, b in both),
        )
        for p in paths
    ]


def test_outline_with_more_ways_than_fit_at_first() -> None:
    codes = tuple(range(1, 31))
    journeys = [of((0, a), (9, b)) for a in codes for b in codes]
    scope = Scope(codes)
    told = ask_split(OutlineQuestion(scope), journeys, [100, 400])
    assert told.made.tolist() == [1] * 900
    shared = ask_split(SharedQuestion(scope, scope), journeys, [100, 400])
    assert shared.made.tolist() == [[1, 1, 1]] * 900


# -- what is found in journeys of which the truth is known

TOUCHPOINTS = 12
MET = [Met(f"t{k}", f"T{k}", f"T{k}", "web") for k in range(TOUCHPOINTS)]
SCOPE = Scope(tuple(range(1, TOUCHPOINTS + 1)))
HOUR = 3_600
EARLIER, LATER = replace(SCOPE, high=TOUCHPOINTS * HOUR), replace(SCOPE, low=TOUCHPOINTS * HOUR)
PLANTED = (4, 8)
"""Touchpoints that truly differ. All are met in the order of their numbers, so with these differs what leads to them,
from them or past them, and nothing else."""


def likes(rng: np.random.Generator, profiles: int) -> npt.NDArray[np.float64]:
    """How much each profile likes each touchpoint, on the scale of log odds: each in its own way."""
    usual = np.linspace(1.0, -2.5, TOUCHPOINTS)
    return np.asarray(usual + 1.2 * rng.standard_normal((profiles, TOUCHPOINTS)))


def journeys_by(rng: np.random.Generator, *liked: npt.NDArray[np.float64]) -> Block:
    """A period of journeys for each of what is liked: each touchpoint is met at its hour, or not."""
    odds = np.concatenate(liked, axis=1)
    who, hour = np.nonzero(rng.random(odds.shape) < 1 / (1 + np.exp(-odds)))
    n = len(who)
    zeros = {name: np.zeros(n, kind) for name, kind in (("millisecond", np.uint16), ("kind", np.uint16))}
    columns = {
        "time": (hour * HOUR).astype(np.uint32),
        "touchpoint": (hour % TOUCHPOINTS + 1).astype(np.uint16),
        "source": np.ones(n, np.int16),
        "value": np.full(n, np.nan, np.float32),
        "score": np.full(n, np.nan, np.float32),
        "seq": np.arange(n),
        **zeros,
    }
    for column in columns.values():
        column.setflags(write=False)
    offsets = np.searchsorted(who, np.arange(len(odds) + 1)).astype(np.int64)
    return Block.of(np.arange(len(odds), dtype=np.uint64), offsets, **columns)


def planted(liked: npt.NDArray[np.float64], more: float) -> npt.NDArray[np.float64]:
    changed = liked.copy()
    changed[:, PLANTED] += more
    return changed


def of_two_groups(rng: np.random.Generator, sizes: tuple[int, int], more: float) -> Compared:
    """Two groups, of which the second likes what is planted so much more."""
    blocks = (journeys_by(rng, planted(likes(rng, n), m)) for n, m in zip(sizes, (0, more), strict=True))
    return compare(MET, *(ask(OutlineQuestion(SCOPE), b) for b in blocks))


def of_two_periods(rng: np.random.Generator, profiles: int, more: float, *, known: bool = True) -> Compared:
    """The same profiles twice, the second time liking what is planted so much more; a sixth are there once only.
    `known`: whether it is allowed for that they are the same."""
    liked = likes(rng, profiles)
    once = profiles // 6
    never = np.full((once, TOUCHPOINTS), -99.0)
    first, second = np.vstack([never, liked[once:]]), np.vstack([planted(liked[:-once], more), never])
    block = journeys_by(rng, first, second)
    outlines = [ask(OutlineQuestion(s), block) for s in (EARLIER, LATER)]
    return compare(MET, *outlines, ask(SharedQuestion(EARLIER, LATER), block) if known else None)


def is_true(row: ComparedTouchpoint | ComparedTransition) -> bool:
    """Whether the planted differences make this one."""
    if isinstance(row, ComparedTouchpoint):
        return int(row.touchpoint.key[1:]) in PLANTED
    came, went = int(row.came.key[1:]), int(row.went.key[1:])
    return came > went or any(came <= k <= went for k in PLANTED)


def clear_ones(compared: Compared) -> list[ComparedTouchpoint | ComparedTransition]:
    return [r for r in (*compared.touchpoints, *compared.transitions) if r.clear]


def at_most(rate: float, runs: int) -> float:
    """What a rate may look like in so many runs."""
    return rate + 2.6 * (rate * (1 - rate) / runs) ** 0.5


@pytest.mark.parametrize("sizes", [(400, 400), (40, 900), (15, 60)])
def test_between_groups_that_are_alike_hardly_ever_anything_is_found(sizes: tuple[int, int]) -> None:
    rng, runs = np.random.default_rng(11), 100
    wrong = [bool(clear_ones(of_two_groups(rng, sizes, 0.0))) for _ in range(runs)]
    assert np.mean(wrong) <= at_most(0.05, runs)


@pytest.mark.parametrize("profiles", [60, 400])
def test_between_periods_that_are_alike_hardly_ever_anything_is_found(profiles: int) -> None:
    rng, runs = np.random.default_rng(12), 100
    wrong = [bool(clear_ones(of_two_periods(rng, profiles, 0.0))) for _ in range(runs)]
    assert np.mean(wrong) <= at_most(0.05, runs)


@pytest.mark.parametrize("apart", [True, False])
def test_of_what_is_found_hardly_anything_is_chance_and_what_is_planted_is_found(apart: bool) -> None:
    rng, runs = np.random.default_rng(13), 80
    chance, seen = [], []
    for _ in range(runs):
        told = of_two_groups(rng, (500, 600), 0.8) if apart else of_two_periods(rng, 500, 0.8)
        clear = clear_ones(told)
        chance.append(sum(not is_true(r) for r in clear) / max(1, len(clear)))
        seen += [r.clear for r in told.touchpoints if is_true(r)]
        assert told.clear == len(clear)
        assert is_true(told.touchpoints[0])
    assert np.mean(chance) <= 0.05
    assert np.mean(seen) >= 0.85


def test_a_change_of_the_same_people_is_found_more_often_than_as_if_of_strangers() -> None:
    seen = []
    for known in (True, False):
        rng = np.random.default_rng(14)
        told = [of_two_periods(rng, 300, 0.4, known=known) for _ in range(40)]
        seen.append(sum(r.clear for t in told for r in t.touchpoints if is_true(r)))
    assert seen[0] > seen[1] > 0


# -- in a user's words


@pytest.fixture(scope="module")
def told_shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """Sixty customers: c0…c29 pro, c30…c49 free, of the rest nobody knows. Pro ones have the cart in March, all have
    an ad; in April c10… have an ad and an order."""
    shop = Shop(tmp_path_factory.mktemp("told"))
    for i in range(60):
        way = [
            (0.0, "ad"),
            *([(1.0, "cart")] if i < 30 else []),
            *([(32.0, "ad"), (33.0, "order")] if i >= 10 else []),
        ]
        shop.visits(f"c{i}", *way)
    shop.tell({f"c{i}": {"plan": "pro" if i < 30 else "free", "old": i % 2} for i in range(50)})
    yield shop
    shop.close()


@pytest.fixture
def folder(told_shop: Shop) -> Workspace:
    return told_shop.refreshed()


MARCH = {"since": date(2026, 3, 1), "until": date(2026, 3, 31)}
APRIL = {"since": date(2026, 4, 1), "until": date(2026, 4, 30)}


def test_a_group_and_everyone_else(folder: Workspace) -> None:
    told = JourneyCompare(who_a=["plan=pro"], **MARCH).answer(folder)
    assert (told.a.who, told.a.profiles, told.a.others) == (("plan=pro",), 30, False)
    assert (told.b.who, told.b.profiles, told.b.others) == ((), 30, True)
    cart, ad = told.touchpoints
    assert (cart.touchpoint.key, cart.first.estimate, cart.second.estimate) == ("cart", 1.0, 0.0)
    assert (cart.difference.estimate, cart.clear) == (1.0, True)
    assert (ad.touchpoint.key, ad.p_value, ad.clear) == ("ad", 1.0, False)
    [way] = told.transitions
    assert (way.came.key, way.went.key, way.first.estimate, way.clear) == ("ad", "cart", 1.0, True)
    assert way.first_after_s.estimate == pytest.approx(86_400, rel=0.07)
    assert (way.first_after_s.n, way.second_after_s.reason) == (30, "no_observations")
    assert (told.tested, told.clear, told.in_both) == (5, 4, 0)
    assert cart.q_value == pytest.approx(5 / 4 * (cart.p_value or 0))


def test_two_groups_without_those_who_are_in_both(folder: Workspace) -> None:
    told = JourneyCompare(who_a=["plan=pro"], who_b=["old=1"], **MARCH).answer(folder)
    assert (told.a.profiles, told.b.profiles, told.in_both) == (15, 10, 15)
    assert told.b.who == ("old=1",)
    swapped = JourneyCompare(who_b=["plan=pro"], who_a=["old=1"], **MARCH).answer(folder)
    assert swapped.touchpoints[0].difference.estimate == -(told.touchpoints[0].difference.estimate or 0)
    nobody = JourneyCompare(who_a=["plan=pro"], who_b=["plan=pro"]).answer(folder)
    assert (nobody.a.profiles, nobody.b.profiles, nobody.tested) == (0, 0, 0)


def test_groups_are_of_those_whom_the_question_is_about(folder: Workspace) -> None:
    told = JourneyCompare(who=["plan"], who_a=["plan=pro"], **MARCH).answer(folder)
    assert (told.a.profiles, told.b.profiles) == (30, 20)
    assert told.covered.who == ("plan",)


def test_a_period_and_the_one_right_before(folder: Workspace) -> None:
    told = JourneyCompare(**APRIL).answer(folder)
    assert (told.b.since, told.b.until) == (date(2026, 3, 2), date(2026, 3, 31))
    assert (told.a.profiles, told.b.profiles, told.in_both) == (50, 30, 20)
    given = JourneyCompare(**APRIL, since_b=date(2026, 3, 1), until_b=date(2026, 3, 31)).answer(folder)
    assert (given.a.profiles, given.b.profiles, given.in_both) == (50, 60, 50)
    first = given.touchpoints[0]
    assert (first.touchpoint.key, first.difference.estimate, first.clear) == ("order", 1.0, True)
    channel = JourneyCompare(**APRIL, channel="web", since_b=date(2026, 3, 1), until_b=date(2026, 3, 31))
    assert channel.answer(folder).in_both == 20


def test_where_nothing_is_chosen_the_last_thirty_days_are_compared(folder: Workspace) -> None:
    told = JourneyCompare().answer(folder)
    assert told.a.since is not None
    assert told.b.until is not None
    assert told.b.since is not None
    assert (told.a.since - told.b.until).days == 1
    assert (told.b.until - told.b.since).days == 29
    assert JourneyCompare(until=date(2026, 4, 30)).answer(folder).a.since == date(2026, 4, 1)


def test_what_groups_are_made_by_is_left_out(folder: Workspace) -> None:
    told = JourneyCompare(who_a=["met:cart"]).answer(folder)
    assert [t.key for t in told.by_definition] == ["cart"]
    assert {t.touchpoint.key for t in told.touchpoints} == {"ad", "order"}
    assert not any("cart" in (t.came.key, t.went.key) for t in told.transitions)


def test_whole_paths_of_groups_and_of_periods(folder: Workspace) -> None:
    told = JourneyCompare(who_a=["plan=pro"], **MARCH).answer(folder)
    assert {p.path: (p.first.estimate, p.second.estimate, p.clear) for p in told.paths} == {
        ("ad", "cart"): (1.0, 0.0, True),
        ("ad",): (0.0, 1.0, True),
    }
    assert told.paths[0].name("fi") in ("Mainos → Ostoskori", "Mainos")
    whole = JourneyCompare(who_a=["plan=pro"]).answer(folder)
    assert {p.path for p in whole.paths} == {("ad", "cart", "ad", "order"), ("ad", "order"), ("ad", "cart")}
    overlapping = JourneyCompare(who_a=["plan=pro"], who_b=["old=1"], **MARCH).answer(folder)
    assert {p.path: (p.first.estimate, p.second.estimate) for p in overlapping.paths} == {
        ("ad", "cart"): (1.0, 0.0),
        ("ad",): (0.0, 1.0),
    }
    periods = JourneyCompare(**APRIL, since_b=date(2026, 3, 1), until_b=date(2026, 3, 31)).answer(folder)
    assert {p.path: (p.first.estimate, p.second.estimate) for p in periods.paths} == {
        ("ad", "order"): (1.0, 0.0),
        ("ad",): (0.0, 0.5),
        ("ad", "cart"): (0.0, 0.5),
    }
    defined = JourneyCompare(who_a=["met:cart"], **MARCH).answer(folder)
    assert [p.path for p in defined.paths] == [("ad",)]


def test_of_fewer_than_five_nothing_is_told(shop: Shop) -> None:
    for i in range(20):
        shop.visits(f"c{i}", (0, "ad"))
    shop.tell({f"c{i}": {"plan": "pro"} for i in range(4)})
    told = JourneyCompare(who_a=["plan=pro"]).answer(shop.refreshed())
    assert [(t.first.reason, t.second.estimate, t.p_value) for t in told.touchpoints] == [
        ("too_few", 1.0, None)
    ]
    assert told.tested == 0


def test_only_the_clearest_transitions_are_listed(folder: Workspace) -> None:
    told = JourneyCompare(who_a=["plan=pro"], top=1).answer(folder)
    assert len(told.transitions) == 1
    assert told.transitions[0].clear


@pytest.mark.parametrize(
    ("asked", "error", "says"),
    [
        ({"until": date(1970, 1, 20)}, InvalidInput, "no time right before"),
        ({"who_b": ["plan=pro"]}, InvalidInput, "Say who the first group is"),
        ({"who_a": ["plan=pro"], "since_b": date(2026, 1, 1)}, InvalidInput, "not both at once"),
        ({"who_a": ["plaan=pro"]}, InvalidInput, "Did you mean 'plan'"),
        ({"who_a": ["met:crat"]}, UnknownTouchpoint, "Did you mean 'cart'"),
        ({**APRIL, "since_b": date(2026, 3, 9), "until_b": date(2026, 4, 1)}, InvalidInput, "days in common"),
        ({**APRIL, "until_b": date(2026, 5, 1)}, InvalidInput, "days in common"),
        (
            {**APRIL, "since_b": date(2026, 3, 9), "until_b": date(2026, 3, 1)},
            InvalidInput,
            "Swap the two days",
        ),
        ({"since": date(1970, 1, 2), "until": date(2026, 3, 1)}, InvalidInput, "no time right before"),
    ],
)
def test_what_cannot_be_compared_is_told(
    folder: Workspace, asked: dict[str, Any], error: type[Exception], says: str
) -> None:
    with pytest.raises(error, match=says):
        JourneyCompare(**asked).answer(folder)


def test_a_source_counts_in_both_periods(folder: Workspace) -> None:
    told = JourneyCompare(**APRIL, source="Kassa").answer(folder)
    assert (told.a.profiles, told.b.profiles, told.touchpoints) == (0, 0, ())
