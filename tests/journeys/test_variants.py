"""Whole paths against hand-counted cases and a slow obvious Python."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polku.journeys.asking.quantiles import FINE
from polku.journeys.asking.scope import Scope
from polku.journeys.variants.kernels import add_up, group
from polku.journeys.variants.outcomes import compared
from polku.journeys.variants.variants import Counted, PathsQuestion, VariantsQuestion, Whole
from polku.stats import FEWEST, false_discovery
from tests.journeys.journeys_of import Event, ask, ask_split, block_of, cuts_given, journeys_given, of, seen
from tests.journeys.test_paths import narrow_bin
from tests.journeys.test_questions import scope_given

ABC = Scope((1, 2, 3))
USUAL = [of((0, 1), (9, 2)), of((0, 1), (5, 2), (60, 3)), of((1, 3)), of((2, 2), (3, 2))]
flagged = st.tuples(st.sampled_from([0, 1, 2, 2**56, 2**64 - 1, 2**63]), st.booleans())


def path_of(journey: list[Event], whole: Whole) -> tuple[tuple[int, ...], int, bool, bool]:
    """A journey's path, how long it takes, whether it meets the outcome, and whether it is cut."""
    events = seen(journey, whole.scope, collapse=whole.collapse)
    met = [i for i, (_, k) in enumerate(events) if k == whole.outcome]
    before = events[: met[0]] if met else events
    last = events[met[0]] if met else (before or [(0, 0)])[-1]
    took = last[0] - before[0][0] if before else 0
    return tuple(k for _, k in before)[: whole.longest], took, bool(met), len(before) > whole.longest


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.sampled_from([of((0, 1), (9, 2)), of((0, 1), (5, 2), (60, 3)), of((1, 3)), of((2, 2), (3, 2))]),
        max_size=40,
    ),
    journeys_given,
    scope_given,
    st.builds(
        dict,
        outcome=st.sampled_from([None, 0, 2]),
        longest=st.sampled_from([1, 2, 50]),
        collapse=st.booleans(),
    ),
    cuts_given,
)
def test_variants_are_what_python_counts(
    usual: list[list[Event]],
    others: list[list[Event]],
    scope: Scope,
    asked: dict[str, Any],
    cuts: list[int],
) -> None:
    whole, journeys = Whole(scope, **asked), [*others, *usual]
    profiles, met, took = Counter[Any](), Counter[Any](), defaultdict[Any, list[int]](list)
    straight = cut = 0
    for journey in journeys:
        path, seconds, outcome, is_cut = path_of(journey, whole)
        if not path:
            straight += outcome
            continue
        profiles[path] += 1
        met[path] += outcome
        took[path].append(seconds)
        cut += is_cut
    found = ask_split(VariantsQuestion(whole), journeys, cuts)
    assert (found.different, found.single) == (len(profiles), sum(n == 1 for n in profiles.values()))
    assert (found.of_all, found.met_of_all) == (sum(profiles.values()), sum(met.values()))
    assert (found.straight, found.cut) == (straight, cut)
    assert list(found.profiles) == sorted((n for n in profiles.values() if n >= FEWEST), reverse=True)
    told = ask_split(PathsQuestion(whole, found.hashes), journeys, cuts)
    paths = [path for path, _ in told]
    assert sorted(paths) == sorted(p for p, n in profiles.items() if n >= FEWEST)
    for path, n, with_it, (_, lengths) in zip(paths, found.profiles, found.met, told, strict=True):
        assert (profiles[path], met[path]) == (n, with_it)
        assert lengths.tolist() == np.bincount([narrow_bin(s) for s in took[path]], minlength=FINE).tolist()


def test_only_the_most_frequent_are_told_and_ties_do_not_depend_on_the_order() -> None:
    journeys = [of((0, 1))] * 9 + [of((0, 2))] * 7 + [of((0, 3))] * 7 + [of((0, 1), (1, 2))] * 6
    question = VariantsQuestion(Whole(ABC), top=2)
    found, other_way = ask_split(question, journeys, [4, 12]), ask_split(question, journeys[::-1], [9])
    assert found.profiles == (9, 7)
    assert found.hashes == other_way.hashes
    assert found.different == 4


def test_paths_of_chosen_profiles() -> None:
    block = block_of([of((0, 1)), of((0, 2), (4, 1)), *[of((3, 2), (4, 1))] * 5])
    whole = Whole(ABC)
    ask(VariantsQuestion(whole), block)  # what is kept is of the whole block
    found = ask(VariantsQuestion(whole), block.choose(np.arange(1, 7)))
    assert found.profiles == (6,)
    assert ask(PathsQuestion(whole, found.hashes), block.choose(np.arange(3, 7)))[0][0] == (1, 0)
    assert ask(PathsQuestion(whole, (12345,)), block)[0][0] is None


def test_the_same_steps_in_another_order_or_more_of_them_are_another_path() -> None:
    paths = [(1, 2), (2, 1), (1, 1, 2), (1, 2, 2), (1,), (1, 1), (1, 2, 3), (3, 2, 1)]
    journeys = [of(*enumerate(p)) for p in paths]
    assert ask(VariantsQuestion(Whole(ABC)), block_of(journeys)).different == len(paths)


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from([0, 1, 2, 2**56, 2**64 - 1, 2**63]), st.booleans()), max_size=60),
    st.integers(0, 60),
)
def test_hashes_are_grouped_and_added_up(given_: list[tuple[int, bool]], cut: int) -> None:
    parts = [given_[:cut], given_[cut:]]
    grouped = [
        group(np.array([h for h, _ in p], np.uint64), np.array([m for _, m in p], np.bool_)) for p in parts
    ]
    first, second = grouped
    hashes, counts, met = (np.concatenate([first[i], second[i]]) for i in range(3))
    bounds = np.stack([first[3], second[3] + len(first[0])])
    found, often, often_met, different, single = add_up(hashes, counts, met, bounds, 2)
    expected = Counter(h for h, _ in given_ if h)
    with_it = Counter(h for h, m in given_ if h and m)
    assert {
        h: (n, m) for h, n, m in zip(found.tolist(), often.tolist(), often_met.tolist(), strict=True)
    } == {h: (n, with_it[h]) for h, n in expected.items() if n >= 2}
    assert (different, single) == (len(expected), sum(n == 1 for n in expected.values()))


# -- outcomes


def counted_of(*variants: tuple[int, int], others: tuple[int, int]) -> Counted:
    """(profiles, met) of the paths listed, and of all others together."""
    profiles, met = zip(*variants, strict=True)
    hashes = tuple(range(len(variants)))
    return Counted(hashes, profiles, met, 9, 0, sum(profiles) + others[0], sum(met) + others[1], 0, 0)


def test_a_path_is_compared_with_all_others() -> None:
    first, second = compared(counted_of((50, 40), (40, 10), others=(100, 30)))
    assert first[0].estimate == 0.8
    assert first[1].estimate == pytest.approx(0.8 - 40 / 140)
    assert second[1].estimate == pytest.approx(0.25 - 70 / 150)
    assert (first[1].low or 0) > 0
    assert (first[3] or 1) < 0.001


def test_few_who_meet_a_rare_outcome_prove_little() -> None:
    """Of five one meets what one of a thousand does: by a test of large numbers p would be 10⁻⁴⁴."""
    ((_, _, p, _),) = compared(counted_of((5, 1), others=(100_000, 100)))
    assert p == pytest.approx(0.00504, rel=0.01)  # 1 − (1 − 0.00101)⁵


def test_many_paths_are_corrected_for() -> None:
    found = counted_of((50, 16), (50, 5), (50, 6), (50, 4), others=(500, 50))
    effects = compared(found)
    assert effects[0][3] == pytest.approx((effects[0][2] or 0) * 4)
    assert [q for *_, q in effects] == false_discovery([p for _, _, p, _ in effects])


def test_nobody_else_to_compare_with() -> None:
    ((share, difference, p, q),) = compared(counted_of((9, 3), others=(0, 0)))
    assert (share.n, difference.reason, p, q) == (9, "too_few", None, None)
