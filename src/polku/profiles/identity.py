"""Who is who, as of a snapshot: kept up to date as events come, remade when a person decides."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Final

import numpy as np
import pyarrow as pa

from polku.errors import Conflict, NotFound
from polku.profiles import decisions as deciding
from polku.profiles import store
from polku.profiles.arrivals import EDGE, IDENTIFIER, count, parts_after
from polku.profiles.decisions import Decision, DecisionKind
from polku.profiles.graph import Edge, Graph, Pair, Table, Verdicts, lookup, open_conflicts
from polku.profiles.joining import Keys, Nodes
from polku.profiles.rules import IdentityRules, RulesVersion, check
from polku.store import EDGES, Snapshot
from polku.workspace import Workspace

MOST_SUPPOSED: Final = 2000


@dataclass(frozen=True, slots=True)
class IdentityMap:
    """Who is who at one moment. `version` changes when a profile has been split, not when two became one."""

    version: int
    edges: int
    _graph: Graph = field(repr=False)
    _lock: threading.RLock = field(repr=False)
    _different: tuple[Pair, ...] = field(default=(), repr=False)
    _roots: Nodes | None = field(default=None, repr=False)  # frozen; None: as the graph is when asked
    _table: Table | None = field(default=None, repr=False)

    def profiles(self, keys: Keys) -> Keys:
        """The profile of each identifier key; 0 for 0 and for values that mean nobody."""
        if self._roots is not None and self._table is not None:
            return lookup(keys, self._roots, self._table)
        with self._lock:
            return self._graph.profiles(keys)

    def profile(self, key: int) -> int:
        profile: int = self.profiles(np.array([key], np.uint64)).item()
        return profile

    def find(self, text: str) -> int:
        """The profile that an identifier's value, 'type:value' or 16-digit key points to.

        Raises NotFound, and Conflict when it points to several.
        """
        with self._lock:
            known = dict.fromkeys(self._graph.known(text.strip()))
        if not known:
            raise NotFound(
                "No profile has the identifier '%(identifier)s'. Find one with: polku profiles search TEXT",
                identifier=text,
            )
        profiles = {t: self.profile(k) or k for t, k in known}
        if len(set(profiles.values())) > 1:
            listed = ", ".join(f"{t}:{text.strip()} ({p:016x})" for t, p in sorted(profiles.items()))
            raise Conflict(
                "'%(identifier)s' points to %(count)s profiles: %(profiles)s. Give one of these.",
                identifier=text,
                count=len(profiles),
                profiles=listed,
            )
        return next(iter(profiles.values()))

    def readings(self, text: str) -> set[int]:
        """The keys of all identifiers that a value, 'type:value' or key may mean."""
        with self._lock:
            return {k for _, k in self._graph.known(text.strip())}

    def members(self, profile: int) -> list[int]:
        """The identifier keys of a profile: the one that gives it its id, then as they were first seen."""
        with self._lock:
            keys = self._graph.members(profile)
        mine = self.profiles(np.array(keys, np.uint64)) == self.profile(profile)
        return [k for k, m in zip(keys, mine.tolist(), strict=True) if m]

    def evidence(self, profile: int) -> list[Edge]:
        """The edges that touch a profile's identifiers, oldest first, whatever became of them."""
        members = self.members(profile)
        with self._lock:
            return self._graph.edges_of(members)

    @property
    def conflicts(self) -> list[Edge]:
        """Edges that were refused and whose ends are two profiles, oldest first; without those that a person
        has said to be two people."""
        with self._lock:
            edges = list(open_conflicts(self._graph))
        ends = np.array([(e.a, e.b) for e in edges], np.uint64).reshape(-1, 2)
        pairs = zip(self.profiles(ends[:, 0]).tolist(), self.profiles(ends[:, 1]).tolist(), strict=True)
        settled = {frozenset((self.profile(a), self.profile(b))) for a, b in self._different}
        return [e for e, p in zip(edges, pairs, strict=True) if frozenset(p) not in settled]


class Identities:
    """The identities of a workspace (`workspace.part(Identities)`). Safe to use from many threads."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self.rules = self._rules_in_force().rules
        self._lock = threading.RLock()
        self._graph, self._map = self._empty()
        self._frozen: IdentityMap | None = None
        self._identifiers = 0  # how many rows of the table are in the graph
        self._last = 0  # the last event that was looked at

    def current(self) -> IdentityMap:
        """Who is who this second; a merge that comes while it is read is seen by it too."""
        return self.as_of(self._workspace.store.snapshot)

    def as_of(self, snapshot: Snapshot) -> IdentityMap:
        """Who is who as of `snapshot` or later, for one short answer: nothing is copied."""
        with self._lock:
            if (
                count(snapshot, "edges") > self._map.edges
                or count(snapshot, "identifiers") > self._identifiers
            ):
                self._extend(snapshot)
            self._last = max(self._last, snapshot.next_seq - 1)
            return self._map

    def resolve(self, snapshot: Snapshot) -> IdentityMap:
        """Who is who as of `snapshot`, or a later one that was asked for before; never changes."""
        with self._lock:
            current = self.as_of(snapshot)
            if self._frozen is None:
                frozen = self._graph.frozen_roots(), self._graph.table()
                self._frozen = replace(current, _roots=frozen[0], _table=frozen[1])
            return self._frozen

    def moment(self) -> tuple[Snapshot, IdentityMap, Verdicts]:
        """A snapshot, who is who as of just that one, and what people have decided."""
        with self._lock:
            snapshot = self._workspace.store.snapshot
            return snapshot, self.resolve(snapshot), deciding.verdicts(self.decisions())

    def types(self) -> dict[str, int]:
        """The types of identifier that there are, and how many identifiers of each."""
        with self._lock:
            self.current()
            return self._graph.types()

    def change_rules(self, rules: IdentityRules, *, who: str) -> RulesVersion:
        """Put other rules in force: who is who is worked out anew, also in the past.

        Raises InvalidInput. Rules that hold already are not put down once more.
        """
        check(rules)
        with self._lock:
            held = self._rules_in_force()
            if held.rules == rules:
                return held
            made = RulesVersion(0, rules, who, datetime.now(UTC))
            with self._workspace.db.session() as session:
                made = store.append_rules(session, made)
            self.rules = rules
            self._begin_anew()
        self._workspace.engine.soon()
        return made

    def decisions(self) -> list[Decision]:
        """All decisions, oldest first."""
        with self._workspace.db.session(read_only=True) as session:
            return store.decisions(session)

    def decide(self, kind: DecisionKind, pairs: Sequence[Pair], *, who: str, why: str = "") -> Decision:
        """Record a decision and apply it."""
        return self._record(kind, tuple(pairs), who=who, why=why, undoes=None)

    def undo(self, decision: int, *, who: str, why: str = "") -> Decision:
        """Take a decision back. Raises NotFound, or Conflict if it does not hold any more."""
        known = {d.id: d for d in self.decisions()}
        if decision not in known:
            raise NotFound(
                "There is no decision %(decision)s. See the decisions on the profile's page.",
                decision=decision,
            )
        if decision not in {d.id for d in deciding.standing(list(known.values()))}:
            raise Conflict(
                "Decision %(decision)s does not hold any more: it was undone, or undoes another itself.",
                decision=decision,
            )
        return self._record(DecisionKind.UNDO, (), who=who, why=why, undoes=decision)

    def supposing(self, supposed: Sequence[Decision], keys: Sequence[int]) -> tuple[Graph, set[int]]:
        """The graph around `keys` as it would be with these decisions instead, and the identifiers in it.

        Nothing is changed. Raises Conflict if too much hangs together to be told in time.
        """
        with self._lock:
            self.current()
            near = self._graph.surroundings(keys, MOST_SUPPOSED)
            if len(near) >= MOST_SUPPOSED:
                raise Conflict(
                    "More than %(most)s identifiers hang together here. Part smaller pieces first.",
                    most=MOST_SUPPOSED,
                )
            return self._graph.around(near, deciding.verdicts(supposed)), near

    def _record(
        self, kind: DecisionKind, pairs: tuple[Pair, ...], *, who: str, why: str, undoes: int | None
    ) -> Decision:
        with self._lock:
            self.current()
            made = Decision(0, kind, pairs, self._last, who, why, datetime.now(UTC), undoes)
            with self._workspace.db.session() as session:
                made = store.append(session, made)
            self._apply(made)
        self._workspace.engine.soon()
        return made

    def _apply(self, made: Decision) -> None:
        self._frozen = None
        known = self.decisions()
        if made.kind is DecisionKind.SAME:
            for a, b in made.pairs:
                self._graph.approve(a, b, made.after)
            self._map = replace(self._map, version=deciding.version(self.rules, known))
        elif deciding.version(self.rules, known) == self._map.version:
            self._map = replace(self._map, _different=tuple(deciding.different(known)))
        else:
            self._begin_anew()

    def _begin_anew(self) -> None:
        self._frozen = None
        self._graph, self._map = self._empty()
        self._identifiers = self._last = 0
        self.current()

    def _rules_in_force(self) -> RulesVersion:
        with self._workspace.db.session(read_only=True) as session:
            return store.rules_in_force(session)

    def _empty(self) -> tuple[Graph, IdentityMap]:
        known = self.decisions()
        graph = Graph(self.rules, deciding.verdicts(known))
        version, settled = deciding.version(self.rules, known), tuple(deciding.different(known))
        return graph, IdentityMap(version, 0, graph, self._lock, settled)

    def _extend(self, snapshot: Snapshot) -> None:
        for identifiers in parts_after(snapshot, "identifiers", IDENTIFIER, self._identifiers):
            self._graph.add_identifiers(identifiers)
            self._identifiers += identifiers.num_rows
        known = self._map.edges
        edges = [EDGES.empty_table(), *parts_after(snapshot, "edges", EDGE, known)]
        self._graph.add_edges(pa.concat_tables(edges), up_to=snapshot.next_seq - 1)
        self._map = replace(self._map, edges=known + sum(e.num_rows for e in edges))
        self._frozen = None


def graph_of(snapshot: Snapshot, rules: IdentityRules, verdicts: Verdicts) -> Graph:
    """Who would be who by other rules, as of a snapshot."""
    graph = Graph(rules, verdicts)
    for identifiers in parts_after(snapshot, "identifiers", IDENTIFIER, 0):
        graph.add_identifiers(identifiers)
    edges = pa.concat_tables([EDGES.empty_table(), *parts_after(snapshot, "edges", EDGE, 0)])
    graph.add_edges(edges, up_to=snapshot.next_seq - 1)
    return graph
