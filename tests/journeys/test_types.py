"""Types of journeys: planted ones are found, chance is called chance, kernels against a slow obvious Python."""

from __future__ import annotations

from datetime import date
from functools import cache
from itertools import combinations, pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from polku.errors import InvalidInput, UnknownTouchpoint
from polku.journeys.asking.scope import Scope
from polku.journeys.types import types
from polku.journeys.types.clustering import Features, clustered
from polku.journeys.types.kernels import edit_distances
from polku.journeys.types.queries import JourneyTypes
from polku.journeys.types.types import FindTypesQuestion, JourneysQuestion, TypesQuestion
from polku.store import Block
from tests.journeys.journeys_of import (
    Event,
    ask,
    ask_split,
    bins,
    block_of,
    cuts_given,
    journeys_given,
    of,
)
from tests.journeys.shop import Shop

SIX = Scope((1, 2, 3, 4, 5, 6))
CYCLES = ((0, 1, 2), (3, 4, 5), (0, 3, 2))
"""What the planted types go through, again and again."""


def planted(rng: np.random.Generator, journeys: int, noise: float) -> tuple[list[list[Event]], np.ndarray]:
    """Journeys that go through the touchpoints of their type; now and then through any."""
    kinds = rng.integers(0, 3, journeys)
    made = []
    for kind in kinds:
        cycle, start = CYCLES[kind], int(rng.integers(3))
        steps = [
            int(rng.integers(6)) if rng.random() < noise else cycle[(start + i) % 3]
            for i in range(int(rng.integers(4, 12)))
        ]
        made.append(of(*((60 * i, k + 1) for i, k in enumerate(steps))))
    return made, kinds


def labels_of(block: Block, weights: bytes, types: int) -> Any:
    """The type of each journey, found by asking of each by itself."""
    told = [
        TypesQuestion(SIX, None, weights, types, 1).partial(block.choose(np.array([p]))).journeys.argmax()
        for p in range(len(block.profiles))
    ]
    return np.array(told)


def agreement(a: Any, b: Any) -> float:
    """The share of pairs that both put together or both keep apart."""
    same_a, same_b = a[:, None] == a, b[:, None] == b
    return float((same_a == same_b)[np.triu_indices(len(a), 1)].mean())


@pytest.mark.parametrize("seed", range(3))
def test_planted_types_are_found(seed: int) -> None:
    journeys, kinds = planted(np.random.default_rng(seed), 600, noise=0.1)
    block = block_of(journeys)
    of_all = ask(JourneysQuestion(SIX), block)
    assert of_all == 600
    found = ask(FindTypesQuestion(SIX, None, None, of_all), block)
    assert (found.size, found.sampled, found.is_distinct) == (3, 600, True)
    assert agreement(labels_of(block, found.weights, found.size), kinds) > 0.95
    typical = {frozenset(m) for m in found.medoids}
    assert typical == {frozenset(c) for c in CYCLES}


@pytest.mark.parametrize("seed", range(5))
def test_where_there_are_no_types_chance_is_called_chance(seed: int) -> None:
    rng = np.random.default_rng(seed)
    journeys = [of(*((i, int(k)) for i, k in enumerate(rng.integers(1, 7, 8)))) for _ in range(400)]
    block = block_of(journeys)
    assert not ask(FindTypesQuestion(SIX, None, None, 400), block).is_distinct


def test_types_are_the_same_however_journeys_lie_in_blocks() -> None:
    journeys, _ = planted(np.random.default_rng(7), 200, noise=0.2)
    block = block_of(journeys)
    odd = block.choose(np.arange(1, 200, 2))
    even = block.choose(np.arange(0, 200, 2))
    question = FindTypesQuestion(SIX, None, 3, 200)
    assert ask(question, block) == ask(question, odd, even) == ask(question, even, Block.empty(), odd)


def test_too_few_have_no_types() -> None:
    assert ask(FindTypesQuestion(SIX, None, None, 10), block_of([of((0, 1), (1, 2))] * 10)) is None


def test_a_sample_is_of_about_the_size_that_is_asked() -> None:
    keys = np.random.default_rng(1).integers(1, 2**63, 40_000).astype(np.uint64)
    keys.sort()
    whole = block_of([of((0, 1), (1, 2))] * 40_000)
    block = Block(keys, whole.starts, whole.ends, *(getattr(whole, c) for c in COLUMNS))
    (sample,) = FindTypesQuestion(SIX, None, 2, 40_000).partial(block)
    assert 5_700 < len(sample[0]) < 6_300


def test_of_very_many_some_are_told_their_type(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(types, "COUNTED", 3_000)
    rng = np.random.default_rng(2)
    journeys, kinds = planted(rng, 12_000, noise=0.0)
    whole = block_of(journeys)
    keys = np.sort(rng.integers(1, 2**63, 12_000).astype(np.uint64))
    block = Block(keys, whole.starts, whole.ends, *(getattr(whole, c) for c in COLUMNS))
    found = ask(FindTypesQuestion(SIX, None, 3, 12_000), block)
    of_all = ask(TypesQuestion(SIX, None, found.weights, 3, 3_000), block)
    of_some = ask(TypesQuestion(SIX, None, found.weights, 3, 12_000), block)
    assert of_all.journeys.sum() == 12_000
    assert sorted(of_all.journeys) == sorted(np.bincount(kinds))
    assert 2_800 < of_some.journeys.sum() < 3_200
    assert of_some.journeys / of_some.journeys.sum() == pytest.approx(of_all.journeys / 12_000, abs=0.03)
    assert (of_some.meets <= of_all.meets).all()
    odd, even = block.choose(np.arange(1, 12_000, 2)), block.choose(np.arange(0, 12_000, 2))
    again = ask(TypesQuestion(SIX, None, found.weights, 3, 12_000), odd, even)
    assert again.journeys.tolist() == of_some.journeys.tolist()


COLUMNS = ("time", "millisecond", "touchpoint", "kind", "source", "value", "score", "seq")


# -- the kernels


def path_before(journey: list[Event], outcome: int | None) -> tuple[list[tuple[int, int]], bool]:
    path = [(t, k - 1) for t, k, _, _ in journey if 1 <= k <= 4]
    stops = [i for i, (_, k) in enumerate(path) if k == outcome]
    return (path[: stops[0]], True) if stops else (path, False)


def features_of(path: list[tuple[int, int]]) -> set[int]:
    steps = [k for i, (_, k) in enumerate(path) if i == 0 or path[i - 1][1] != k]
    return set(steps) | {4 + a * 4 + b for a, b in pairwise(steps)}


@settings(max_examples=60, deadline=None)
@given(journeys_given, cuts_given, st.sampled_from([None, 0, 2]), st.integers(0, 100))
def test_every_journey_goes_to_the_type_that_python_finds(
    journeys: list[list[Event]], cuts: list[int], outcome: int | None, seed: int
) -> None:
    weights = np.random.default_rng(seed).integers(-64, 64, (20, 3)).astype(np.float32)
    told = ask_split(
        TypesQuestion(Scope((1, 2, 3, 4)), outcome, weights.tobytes(), 3, len(journeys)), journeys, cuts
    )
    counts, reached, meets = [0] * 3, [0] * 3, np.zeros((3, 4))
    sizes: list[list[int]] = [[], [], []]
    lengths: list[list[int]] = [[], [], []]
    scores = np.zeros((3, 3))
    others = 0
    for journey in journeys:
        path, stopped = path_before(journey, outcome)
        if not path:
            others += stopped
            continue
        kind = int(weights[sorted(features_of(path))].sum(axis=0).argmax())
        counts[kind] += 1
        reached[kind] += stopped
        for k in {k for _, k in path}:
            meets[kind, k] += 1
        sizes[kind].append(len(path))
        lengths[kind].append(path[-1][0] - path[0][0])
        said = [s for *_, s in journey if s == s]
        if said:
            scores[kind] += (sum(said), len(said), 1)
    assert (told.journeys.tolist(), told.reached.tolist(), told.others) == (counts, reached, others)
    assert told.meets.tolist() == meets.tolist()
    assert told.encounters.tolist() == [bins(s) for s in sizes]
    assert told.lengths.tolist() == [bins(x) for x in lengths]
    assert told.scores[:, :3].tolist() == scores.tolist()


def levenshtein(a: list[int], b: list[int]) -> int:
    @cache
    def of(i: int, j: int) -> int:
        """Of what is left of both from there on."""
        if i == len(a) or j == len(b):
            return len(a) - i + len(b) - j
        return min(of(i + 1, j) + 1, of(i, j + 1) + 1, of(i + 1, j + 1) + (a[i] != b[j]))

    return of(0, 0)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(st.integers(0, 3), max_size=64), min_size=1, max_size=4))
@example([[0] * 64, [0] * 63 + [1], [2], [], [1, 0] * 32])
def test_distances_are_those_of_the_definition(paths: list[list[int]]) -> None:
    ends = np.cumsum([len(p) for p in paths])
    steps = np.array([k for p in paths for k in p], np.uint16)
    found = edit_distances(ends - [len(p) for p in paths], ends, steps)
    for i, j in combinations(range(len(paths)), 2):
        longest = max(len(paths[i]), len(paths[j]), 1)
        assert found[i, j] == pytest.approx(levenshtein(paths[i], paths[j]) / longest)
    assert (found == found.T).all()


def test_the_silhouette_is_that_of_the_definition() -> None:
    rng = np.random.default_rng(3)
    sets = [rng.permutation(8)[: rng.integers(2, 5)] for _ in range(60)]
    ends = np.cumsum([len(s) for s in sets])
    found = clustered(Features(ends, np.concatenate(sets).astype(np.int32), 8), 2)
    x = np.zeros((60, 8))
    for row, s in zip(x, sets, strict=True):
        row[s] = 1
    x *= x.std(axis=0)
    x /= np.linalg.norm(x, axis=1, keepdims=True)
    best = max(_silhouettes(x))
    assert found.silhouette <= best + 1e-9


def _silhouettes(x: Any) -> list[float]:
    """Of every split in two by a single feature: a bound that a reader can follow is enough to catch a wrong sign."""
    distance = 1 - x @ x.T
    told = [1.0]
    for feature in range(x.shape[1]):
        inside = x[:, feature] > 0
        if 1 < inside.sum() < len(x) - 1:
            own = np.array(
                [
                    distance[i, (inside == inside[i])].sum() / ((inside == inside[i]).sum() - 1)
                    for i in range(len(x))
                ]
            )
            other = np.array([distance[i, inside != inside[i]].mean() for i in range(len(x))])
            told.append(float(((other - own) / np.maximum(own, other)).mean()))
    return told


# -- the query


@pytest.fixture(scope="module")
def two_kinds(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Those who come by an advertisement and mostly order, and those who look at products and do not."""
    shop = Shop(tmp_path_factory.mktemp("types"))
    for i in range(80):
        if i % 2:
            way: list[Any] = [(0, "ad"), (1, "cart"), (2, "ad"), (3, "cart")]
            way += [(4, "order"), (5, "answer", 60.0 + i / 10)] if i % 8 != 1 else []
        else:
            way = [(0, "product"), (1, "delivery"), (2, "product")]
            way += [(4, "order")] if i % 16 == 0 else []
        shop.visits(f"c{i}", *way)
    yield shop
    shop.close()


def test_types_are_told_with_what_comes_of_them(two_kinds: Shop) -> None:
    told = JourneyTypes(outcome="order", types=2).answer(two_kinds.refreshed())
    assert told.is_distinct
    buyers = next(t for t in told.types if "ad" in {m.key for m in t.path})
    assert (buyers.profiles, buyers.share.estimate) == (40, 0.5)
    assert buyers.outcome is not None
    assert buyers.outcome_difference is not None
    assert buyers.outcome.estimate == 30 / 40
    assert buyers.outcome_difference.estimate == 30 / 40 - 5 / 40
    assert buyers.outcome_q is not None
    assert buyers.outcome_q < 0.001
    assert {m.touchpoint.key for m in buyers.marks} == {"ad", "cart", "product", "delivery"}
    assert buyers.score.n == 30
    assert [m.key for m in buyers.path] == ["ad", "cart", "ad", "cart"]


def test_it_says_of_how_many_the_types_are_told(two_kinds: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    everyone = JourneyTypes(types=2).answer(two_kinds.refreshed())
    assert everyone.profiles == everyone.all_profiles == 80
    monkeypatch.setattr(types, "COUNTED", 40)
    some = JourneyTypes(types=2, since=date(2020, 1, 1)).answer(two_kinds.workspace)
    assert some.all_profiles == 80
    assert 20 < some.profiles < 60
    low, high = some.types[0].share.low, some.types[0].share.high
    assert low is not None
    assert high is not None
    assert low < 0.5 < high


# -- the groups of a breakdown


@pytest.fixture(scope="module")
def of_plans(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The pro mostly come by an advertisement and order, the free mostly look at products and do not; those on trial
    go either way. Three on loan are too few to be told, and of two nothing is known."""
    shop = Shop(tmp_path_factory.mktemp("plans"))
    by_ad: list[Any] = [(0, "ad"), (1, "cart"), (2, "ad"), (3, "cart"), (4, "order")]
    by_product: list[Any] = [(0, "product"), (1, "delivery"), (2, "product")]
    ways = {
        "pro": [by_ad] * 36 + [by_product] * 4,
        "free": [by_product] * 33 + [by_ad] * 3,
        "trial": [by_ad, by_product] * 15,
        "loan": [by_ad] * 3,
        "": [by_product] * 2,
    }
    for plan, each in ways.items():
        for i, way in enumerate(each):
            shop.visits(f"{plan}{i}", *way)
    shop.tell({f"{p}{i}": {"plan": p} for p, each in ways.items() if p for i in range(len(each))})
    shop.refreshed()
    yield shop
    shop.close()


def test_groups_are_told_of_the_same_types_and_of_their_own_shares(of_plans: Shop) -> None:
    told = JourneyTypes(outcome="order", types=2, breakdown="plan").answer(of_plans.workspace)
    (by_ad,) = [k for k, t in enumerate(told.types) if t.path[0].key == "ad"]
    assert [g.key for g in told.breakdown] == ["pro", "free", "trial", "loan"]
    for one in told.each:
        assert [(t.number, t.path) for t in one.types] == [(t.number, t.path) for t in told.types]
        assert (one.sampled, one.silhouette, one.strength) == (told.sampled, told.silhouette, told.strength)
    counted = [(one.types[by_ad].profiles, one.profiles) for one in told.each]
    assert counted == [(36, 40), (3, 36), (15, 30), (3, 3)]
    shares = [one.types[by_ad].share for one in told.each]
    assert [s.estimate for s in shares] == [36 / 40, 3 / 36, 15 / 30, None]
    assert all(s.low is not None and s.low < s.estimate < s.high for s in shares[:3])  # type: ignore[operator]
    assert told.outcome_share is not None
    assert told.outcome_share.estimate == 57 / 111
    assert [one.outcome_share and one.outcome_share.estimate for one in told.each] == [
        36 / 40,
        3 / 36,
        15 / 30,
        None,
    ]
    assert told.types[by_ad].profiles == 57


def test_a_group_that_walks_one_type_more_than_the_others_is_told(of_plans: Shop) -> None:
    told = JourneyTypes(outcome="order", types=2, breakdown="plan").answer(of_plans.workspace)
    by_ad = next(t.number for t in told.types if t.path[0].key == "ad")
    found = {(d.group, d.type): d for d in told.differences}
    assert set(found) == {(g.key, n) for g in told.breakdown for n in (None, 1, 2)}
    pro = found["pro", by_ad]
    assert (pro.share.estimate, pro.others.estimate) == (36 / 40, 21 / 69)
    assert pro.difference.estimate == pytest.approx(36 / 40 - 21 / 69)
    assert {k[0] for k, d in found.items() if d.is_clear} == {"pro", "free"}
    assert pro.q is not None
    assert pro.q < 1e-6
    alone = JourneyTypes(outcome="order", types=2, who=["plan=pro"]).answer(of_plans.workspace)
    assert alone.differences == alone.each == ()


def test_where_paths_are_too_few_for_types_groups_have_none(of_plans: Shop) -> None:
    told = JourneyTypes(breakdown="plan", who=["plan=trial"]).answer(of_plans.workspace)
    assert ([g.key for g in told.breakdown], told.each[0].types, told.differences) == (["trial"], (), ())


def test_chance_is_no_difference_between_groups(of_plans: Shop) -> None:
    """Halves drawn by lot walk the types alike: hardly any q may be small."""
    rng = np.random.default_rng(11)
    customers = [*(f"pro{i}" for i in range(40)), *(f"free{i}" for i in range(36))]
    clear = 0
    of_plans.tell({c: {f"lot{k}": "ab"[int(rng.integers(2))] for k in range(12)} for c in customers}, day=1)
    of_plans.refreshed()
    for k in range(12):
        told = JourneyTypes(types=2, breakdown=f"lot{k}").answer(of_plans.workspace)
        assert len(told.differences) == 4
        clear += any(d.is_clear for d in told.differences)
    assert clear <= 2


def test_what_cannot_be_asked_is_told(two_kinds: Shop) -> None:
    with pytest.raises(UnknownTouchpoint, match="Did you mean 'order'"):
        JourneyTypes(outcome="ordr").answer(two_kinds.workspace)
    with pytest.raises(InvalidInput, match="at most 8"):
        JourneyTypes.of({"types": 9})
