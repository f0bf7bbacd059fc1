from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from polku.profiles.graph import Graph, Verdicts, open_conflicts
from polku.profiles.joining import Outcome
from polku.profiles.rules import IdentityRules
from polku.store import EDGES, IDENTIFIERS
from tests.profiles.slow_identity import Link, Named, slow_profiles

U1, U2, U3, A1, A2, A3, A4, E1, E2, NOBODY = range(11, 21)
TYPES = {
    U1: "user_id", U2: "user_id", U3: "user_id", A1: "anonymous_id", A2: "anonymous_id", A3: "anonymous_id",
    A4: "anonymous_id", E1: "email", E2: "email", NOBODY: "user_id",
}  # fmt: skip
VALUES = {key: f"value-{key}" for key in TYPES} | {NOBODY: "0000-0000"}
LIMIT = 2
RULES = IdentityRules(limit=LIMIT)


def table(named: list[Named]) -> pa.Table:
    rows = [{"key": n.key, "type": n.type, "value": n.value, "seq": n.seq} for n in named]
    return pa.Table.from_pylist(rows, schema=IDENTIFIERS)


def edge_table(links: list[Link]) -> pa.Table:
    return pa.Table.from_pylist([{"a": x.a, "b": x.b, "kind": 1, "seq": x.seq} for x in links], schema=EDGES)


def seen(seqs: dict[int, int] | None = None) -> list[Named]:
    return [Named(k, t, VALUES[k], (seqs or {}).get(k, k)) for k, t in TYPES.items()]


def graph(*pairs: tuple[int, int], verdicts: Verdicts | None = None, rules: IdentityRules = RULES) -> Graph:
    """A graph whose n-th pair comes from event 100 + n."""
    made = Graph(rules, verdicts or Verdicts())
    made.add_identifiers(table(seen()))
    made.add_edges(edge_table([Link(a, b, 100 + n) for n, (a, b) in enumerate(pairs)]), up_to=1000)
    return made


def profile(g: Graph, key: int) -> int:
    return int(g.profiles(np.array([key], np.uint64))[0])


def outcomes(g: Graph) -> list[Outcome]:
    return [g.edge(row).outcome for row in range(g.edges)]


def test_a_key_without_edges_is_its_own_profile_and_none_is_none() -> None:
    assert graph().profiles(np.array([A1, 12345, 0], np.uint64)).tolist() == [A1, 12345, 0]


def test_a_chain_is_one_profile_with_the_users_id() -> None:
    g = graph((A1, E1), (A2, E1), (U1, A2))
    assert {profile(g, k) for k in (A1, A2, E1, U1)} == {U1}
    assert g.members(A1) == [U1, A1, A2, E1]


def test_without_a_user_the_first_seen_gives_the_id() -> None:
    assert profile(graph((A2, E1), (A2, A1)), E1) == A1


def test_a_shared_device_stays_with_the_first_user_and_the_second_is_for_a_person_to_judge() -> None:
    g = graph((U1, A1), (U2, A1))
    assert (profile(g, A1), profile(g, U2)) == (U1, U2)
    assert [(e.a, e.b, e.outcome) for e in open_conflicts(g)] == [(U2, A1, Outcome.TWO_USERS)]


def test_two_users_with_one_email_or_an_alias_are_never_joined() -> None:
    for pairs in ([(U1, E1), (U2, E1)], [(U1, U2)], [(U1, A1), (U2, A2), (A1, A2)]):
        g = graph(*pairs)
        assert profile(g, U1) == U1
        assert profile(g, U2) == U2
        assert outcomes(g)[-1] is Outcome.TWO_USERS


def test_over_the_limit_of_a_type_is_refused_and_named() -> None:
    g = graph((U1, A1), (U1, A2), (U1, A3))
    assert profile(g, A3) == A3
    assert open_conflicts(g)[0].hindrance == "anonymous_id"


def test_of_one_event_the_lesser_identifier_stays_out() -> None:
    # U1 has an e-mail; the event brings U2's device and e-mail with it: the e-mail is tried first
    g = Graph(IdentityRules(limits={"email": 1}), Verdicts())
    g.add_identifiers(table(seen()))
    links = [Link(A1, E1, 1), Link(U1, A2, 2), Link(U1, A1, 3), Link(U1, E2, 3)]
    g.add_edges(edge_table(links), up_to=9)
    assert profile(g, E2) == U1
    assert profile(g, A1) == A1
    assert open_conflicts(g)[0].pair == (U1, A1)


def test_a_refused_edge_is_no_conflict_any_more_once_its_ends_are_one() -> None:
    g = graph((U1, A1), (U1, A2), (A3, A1), verdicts=Verdicts(approved=((U1, A3, 500),)))
    assert profile(g, A3) == U1
    assert open_conflicts(g) == []


@pytest.mark.parametrize("value", ["", "0", "000-00", "-1", "NULL", " anonymous ", "Unknown", "undefined"])
def test_values_that_mean_nobody_join_nothing(value: str) -> None:
    g = Graph(RULES, Verdicts())
    g.add_identifiers(table([Named(1, "user_id", value, 1), Named(2, "anonymous_id", "a", 1)]))
    g.add_edges(edge_table([Link(1, 2, 1)]), up_to=1)
    assert g.profiles(np.array([1, 2], np.uint64)).tolist() == [0, 2]
    assert outcomes(g) == [Outcome.BLOCKED]


def test_ordinary_values_are_not_blocked() -> None:
    values = pa.chunked_array([["1", "100", "tester", "annone@example.fi", "a-1", "nobody"]])
    assert not RULES.are_blocked(values).any()


def test_a_removed_edge_splits_whichever_way_round_it_was_said() -> None:
    g = graph((U1, A1), (A1, E1), verdicts=Verdicts(removed=frozenset([(A1, U1)])))
    assert (profile(g, E1), profile(g, U1)) == (A1, U1)
    assert g.members(A1) == [A1, E1]


def test_what_was_refused_may_be_joined_once_another_edge_is_removed() -> None:
    g = graph((U1, A1), (U2, A1), verdicts=Verdicts(removed=frozenset([(U1, A1)])))
    assert profile(g, A1) == U2


def test_an_approval_joins_two_users_over_the_limit() -> None:
    g = graph((U1, A1), (U2, A1))
    g.approve(U1, U2, after=1000)
    assert profile(g, U2) == U1
    assert g.members(U2) == [U1, U2, A1]


def test_the_order_of_edges_does_not_matter_below_the_limits() -> None:
    pairs = [(U1, A1), (A1, E1), (E1, A2)]
    assert all(
        profile(graph(*order), key) == U1
        for order in (pairs, pairs[::-1], [pairs[1], pairs[2], pairs[0]])
        for key in (U1, A1, A2, E1)
    )


def test_a_profile_has_one_user_whatever_the_rules_say() -> None:
    g = graph((U1, A1), (U2, A1), rules=IdentityRules(limit=9, limits={"user_id": 9}))
    assert profile(g, U2) == U2


keys = st.sampled_from(sorted(TYPES))
pairs_of_keys = st.tuples(keys, keys).filter(lambda p: p[0] != p[1])
histories = st.lists(st.tuples(pairs_of_keys, st.integers(0, 2)), max_size=25)


def _links(history: list[tuple[tuple[int, int], int]]) -> list[Link]:
    """Links of events that come in order; a step of 0 is the same event as before."""
    seq, links = 100, []
    for (a, b), step in history:
        seq += step
        links.append(Link(a, b, seq))
    return links


@given(
    history=histories,
    seqs=st.fixed_dictionaries({k: st.integers(1, 5) for k in TYPES}),
    removed=st.frozensets(pairs_of_keys, max_size=3),
    approved=st.lists(st.tuples(pairs_of_keys, st.integers(99, 130)), max_size=3),
)
def test_same_as_the_slow_way(history, seqs, removed, approved) -> None:  # type: ignore[no-untyped-def]
    links, named = _links(history), seen(seqs)
    verdicts = Verdicts(
        removed, tuple((a, b, after) for (a, b), after in sorted(approved, key=lambda x: x[1]))
    )
    g = Graph(RULES, verdicts)
    g.add_identifiers(table(named))
    g.add_edges(edge_table(links), up_to=1000)
    slow, said = slow_profiles(
        named, links, limit=LIMIT, blocked={VALUES[NOBODY]},
        removed={frozenset(p) for p in removed}, approved=list(verdicts.approved),
    )  # fmt: skip
    assert {k: profile(g, k) for k in TYPES} == slow
    assert [o.name.lower() for o in outcomes(g)] == said
    for key in TYPES:
        same = {k for k, p in slow.items() if p == slow[key]}
        assert set(g.members(key)) == (same if slow[key] else {key})


@given(history=histories, cuts=st.sets(st.integers(99, 130), max_size=5), approval=st.integers(99, 130))
def test_by_and_by_is_the_same_as_from_scratch(history, cuts, approval) -> None:  # type: ignore[no-untyped-def]
    links, named = _links(history), seen()
    verdicts = Verdicts(approved=((U1, U2, approval),))
    scratch = Graph(RULES, verdicts)
    scratch.add_identifiers(table(named))
    scratch.add_edges(edge_table(links), up_to=1000)
    grown, low, shown = Graph(RULES, verdicts), 0, {U1, U2}
    grown.add_identifiers(table([n for n in named if n.key in shown]))
    for high in [*sorted(cuts), 1000]:
        part = [x for x in links if low < x.seq <= high]
        new = {x for link in part for x in (link.a, link.b)} - shown
        grown.add_identifiers(table([n for n in named if n.key in new]))
        grown.add_edges(edge_table(part), up_to=high)
        shown |= new
        low = high
    for key in TYPES:
        assert profile(grown, key) == profile(scratch, key) or key == NOBODY
    assert outcomes(grown) == outcomes(scratch)


def test_many_keys_grow_the_table_and_are_all_found() -> None:
    g = Graph(RULES, Verdicts())
    rng = np.random.default_rng(7)
    many = np.unique(rng.integers(1, 2**64, 20_000, dtype=np.uint64))
    for part in np.array_split(many, 7):
        n = len(part)
        columns = [part, ["anonymous_id"] * n, ["x"] * n, np.ones(n, np.int64)]
        g.add_identifiers(pa.table([pa.array(c) for c in columns], schema=IDENTIFIERS))
    assert len(set(g.find(many).tolist())) == len(many)
    assert (g.profiles(many) == many).all()
    assert (g.find(np.array([0, 5], np.uint64)) == -1).all()
