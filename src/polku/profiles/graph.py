"""The graph of identifiers: who is one person, as the edges and people's decisions say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from polku.profiles.growing import EdgeColumns, NodeColumns
from polku.profiles.joining import (
    FOLLOWING,
    ROOT,
    TYPE,
    Keys,
    Nodes,
    Outcome,
    join,
    link,
    profiles_of,
)
from polku.profiles.rules import USER, IdentityRules
from polku.store import EDGES, LABEL_TYPES
from polku.store.keys import identifier_key
from polku.store.numbering import empty_slots, enter, find, mixer

APPROVED = 0
"""Kind of an edge that a person made; those of events have their EventType."""

Pair = tuple[int, int]
Table = tuple[Nodes, Keys, np.uint64]
"""Slots, keys of nodes and mixer: where the node of a key is found."""


@dataclass(frozen=True, slots=True)
class Verdicts:
    """What people have decided: pairs of keys that do not belong together, and users who are one person
    from a certain event on."""

    removed: frozenset[Pair] = frozenset()
    approved: tuple[tuple[int, int, int], ...] = ()  # key, key, the last event before the decision


@dataclass(frozen=True, slots=True)
class Edge:
    """One reason for two identifiers to belong together, and what became of it."""

    a: int
    b: int
    kind: int  # EventType, or APPROVED
    seq: int
    outcome: Outcome
    hindrance: str = ""  # the identifier type whose limit stood in the way

    @property
    def pair(self) -> Pair:
        return min(self.a, self.b), max(self.a, self.b)


class Graph:
    """Grows by identifiers and edges in order of arrival; the same whether they come at once or by and by.

    Not thread-safe for writing; `frozen_roots` and `lookup` serve readers of an earlier state meanwhile.
    """

    def __init__(self, rules: IdentityRules, verdicts: Verdicts) -> None:
        self.rules = rules
        self._removed = verdicts.removed
        self._waiting = sorted(verdicts.approved, key=lambda v: v[2])
        self._types: list[str] = [USER, ""]  # '': an edge's end that no identifier names
        self._mixer = mixer()
        self._slots: Nodes = empty_slots(1024)
        self._nodes, self._edges = NodeColumns(), EdgeColumns()
        self.nodes = self.edges = 0
        self.conflicts: list[int] = []

    # -- growing

    def add_identifiers(self, identifiers: pa.Table) -> None:
        """`identifiers`: key, type, value, seq; labels are left out."""
        encoded = identifiers["type"].combine_chunks().dictionary_encode()
        if isinstance(encoded, pa.ChunkedArray):
            encoded = encoded.combine_chunks()
        names = encoded.dictionary.to_pylist()
        codes = np.array([-1 if n in LABEL_TYPES else self._type(str(n)) for n in names] or [0], np.int32)
        types = codes[encoded.indices.to_numpy()]
        blocked = self.rules.are_blocked(identifiers["value"])
        keys, seqs = identifiers["key"].to_numpy(), identifiers["seq"].to_numpy()
        if (types < 0).any():
            kept = types >= 0
            keys, seqs, types, blocked = keys[kept], seqs[kept], types[kept], blocked[kept]
        nodes = self._enter(keys)
        self._nodes.body.data[nodes, TYPE] = types
        self._nodes.seq.data[nodes] = seqs
        self._nodes.body.data[nodes[blocked], ROOT] = -1

    def add_edges(self, edges: pa.Table, *, up_to: int) -> None:
        """`edges`: a, b, kind, seq; all later than those before.

        Approvals that were made up to event `up_to` are joined among them.
        """
        a = self._enter(edges["a"].to_numpy())
        b = self._enter(edges["b"].to_numpy())
        seq, kind = edges["seq"].to_numpy(), edges["kind"].to_numpy()
        priority = self._priorities()
        order = seq * 256 + priority[self._nodes.body.data[b, TYPE]]
        forced = np.zeros(len(a), np.bool_)
        due = self._due(up_to)
        if due:
            one, other = (self._enter(np.array([d[i] for d in due], np.uint64)) for i in (0, 1))
            at = np.array([d[2] for d in due], np.int64)
            a, b, seq = np.concatenate([a, one]), np.concatenate([b, other]), np.concatenate([seq, at])
            kind = np.concatenate([kind, np.full(len(due), APPROVED, np.uint8)])
            order = np.concatenate([order, at * 256 + 255])
            forced = np.concatenate([forced, np.ones(len(due), np.bool_)])
        if (np.diff(order) < 0).any():
            by = np.argsort(order, kind="stable")
            a, b, seq, kind, forced = a[by], b[by], seq[by], kind[by], forced[by]
        self._join(a, b, kind, seq, forced)

    def approve(self, a: int, b: int, after: int) -> None:
        """Join two profiles now, as the last thing after event `after`."""
        self._waiting.append((a, b, after))
        self.add_edges(EDGES.empty_table(), up_to=after)

    def _due(self, up_to: int) -> list[tuple[int, int, int]]:
        due = [v for v in self._waiting if v[2] <= up_to]
        self._waiting = self._waiting[len(due) :]
        return due

    def _type(self, name: str) -> int:
        if name not in self._types:
            self._types.append(name)
        return self._types.index(name)

    def _priorities(self) -> npt.NDArray[np.int32]:
        return np.array([min(self.rules.priority_of(t), 254) for t in self._types], np.int32)

    def _enter(self, keys: Keys) -> Nodes:
        """The nodes of keys; new ones are profiles by themselves."""
        most, n = self.nodes + len(keys), self._nodes
        for column in (n.key, n.seq, n.body, n.newest):
            column.reserve(most)
        if 2 * most > len(self._slots):
            slots = empty_slots(2 * most)
            known = n.key.data[: self.nodes].copy()
            enter(known, slots, n.key.data, 0, self._mixer)
            self._slots = slots
        before = self.nodes
        nodes, self.nodes = enter(keys, self._slots, n.key.data, before, self._mixer)
        new = np.arange(before, self.nodes, dtype=np.int32)
        n.body.data[before : self.nodes, ROOT] = new
        n.body.data[before : self.nodes, FOLLOWING] = new
        return nodes

    def _join(
        self,
        a: Nodes,
        b: Nodes,
        kind: npt.NDArray[np.uint8],
        seq: npt.NDArray[np.int64],
        forced: npt.NDArray[np.bool_],
    ) -> None:
        n, e, first = self._nodes, self._edges, self.edges
        limit = np.array([self.rules.limit_of(t) for t in self._types], np.int32)
        removed = self._are_removed(a, b)
        known = (n.key.data, n.seq.data, limit, self._priorities())
        outcome, hindrance = join(a, b, forced, removed, *known, n.body.data)
        self.edges = last = first + len(a)
        e.older.reserve(2 * last)
        for column, values in (
            (e.a, a), (e.b, b), (e.kind, kind), (e.seq, seq), (e.outcome, outcome), (e.hindrance, hindrance),
        ):  # fmt: skip
            column.reserve(last)
            column.data[first:last] = values
        link(a, b, first, n.newest.data, e.older.data)
        refused = (outcome == Outcome.TWO_USERS) | (outcome == Outcome.OVER_LIMIT)
        self.conflicts.extend((first + np.flatnonzero(refused)).tolist())

    def _are_removed(self, a: Nodes, b: Nodes) -> npt.NDArray[np.bool_]:
        if not self._removed:
            return np.zeros(len(a), np.bool_)
        pairs = np.array(sorted(self._removed), np.uint64)
        ends = [self.find(np.ascontiguousarray(pairs[:, i])).astype(np.int64) for i in (0, 1)]
        codes = np.minimum(*ends) << 32 | np.maximum(*ends)
        low, high = np.minimum(a, b).astype(np.int64), np.maximum(a, b).astype(np.int64)
        return np.isin(low << 32 | high, codes)

    # -- reading

    def frozen_roots(self) -> Nodes:
        """The roots as they are now, for `lookup`."""
        return self._nodes.body.data[: self.nodes, ROOT].copy()

    def table(self) -> Table:
        """What `profiles_of` needs beside keys and roots."""
        return self._slots, self._nodes.key.data, self._mixer

    def keys(self) -> Keys:
        """The keys of all identifiers, by node."""
        return self._nodes.key.data[: self.nodes]

    def types(self) -> dict[str, int]:
        """The types that there are, and how many identifiers of each."""
        numbers = np.bincount(self._nodes.body.data[: self.nodes, TYPE], minlength=len(self._types))
        return {t: n for t, n in zip(self._types, numbers.tolist(), strict=True) if t and n}

    def degrees(self) -> npt.NDArray[np.int64]:
        """With how many others each identifier has been seen, by node."""
        ends = np.concatenate([self._edges.a.data[: self.edges], self._edges.b.data[: self.edges]])
        return np.bincount(ends, minlength=self.nodes)

    def refusals(self) -> npt.NDArray[np.int64]:
        """How often a limit kept each identifier apart from others, by node."""
        rows = np.array(self.conflicts, np.int64)
        ends = np.concatenate([self._edges.a.data[rows], self._edges.b.data[rows]])
        return np.bincount(ends, minlength=self.nodes)

    def find(self, keys: Keys) -> Nodes:
        return find(keys, self._slots, self._nodes.key.data, self.nodes, self._mixer)

    def known(self, text: str) -> list[tuple[str, int]]:
        """Type and key of each identifier that a value, 'type:value' or hexadecimal key may mean."""
        type_, _, value = text.partition(":")
        readings = [(type_, value), *((t, text) for t in self._types)]
        keys = [identifier_key(t, v) for t, v in readings]
        if len(text) == 16 and set(text) <= set("0123456789abcdef"):
            keys.append(int(text, 16))
        nodes = self.find(np.array(keys, np.uint64)).tolist()
        types = self._nodes.body.data[:, TYPE]
        return [(self._types[types[n]], k) for k, n in zip(keys, nodes, strict=True) if n >= 0]

    def members(self, profile: int) -> list[int]:
        """The keys of the profile that this key belongs to, who gives it its id first, then as first seen."""
        node, body = int(self.find(np.array([profile], np.uint64))[0]), self._nodes.body.data
        if node < 0 or body[node, ROOT] < 0:
            return [profile]
        ring, n = [node], int(body[node, FOLLOWING])
        while n != node:
            ring.append(n)
            n = int(body[n, FOLLOWING])
        top, key, seq = int(body[node, ROOT]), self._nodes.key.data, self._nodes.seq.data
        ring.sort(key=lambda n: (n != top, int(seq[n]), int(key[n])))
        return [int(key[n]) for n in ring]

    def edges_of(self, keys: Iterable[int], most: int = 500) -> list[Edge]:
        """The edges that touch these identifiers, oldest first; of each identifier the newest `most`."""
        nodes = self.find(np.array(list(keys), np.uint64))
        rows = {row for n in nodes.tolist() if n >= 0 for row in self._touching(n, most)}
        return [self.edge(row) for row in sorted(rows)]

    def _touching(self, node: int, most: int) -> Iterator[int]:
        half, left = int(self._nodes.newest.data[node]), most
        while half >= 0 and left:
            yield half // 2
            half, left = int(self._edges.older.data[half]), left - 1

    def surroundings(self, keys: Iterable[int], most: int) -> set[int]:
        """The identifiers that any edges, even refused ones, lead to from `keys`; stops after `most`."""
        found: set[int] = set()
        todo = list(keys)
        while todo and len(found) < most:
            key = todo.pop()
            if key not in found:
                found.add(key)
                todo.extend(k for e in self.edges_of([key], most) for k in e.pair)
        return found

    def around(self, keys: Iterable[int], verdicts: Verdicts) -> Graph:
        """A graph of these identifiers and the edges among them, as other verdicts would have it."""
        inside = np.array(sorted(keys), np.uint64)
        nodes = self.find(inside)
        made = Graph(self.rules, verdicts)
        made._types = list(self._types)
        body = self._nodes.body.data[nodes]
        new = made._enter(inside)
        made._nodes.body.data[new, TYPE] = body[:, TYPE]
        made._nodes.body.data[new[body[:, ROOT] < 0], ROOT] = -1
        made._nodes.seq.data[new] = self._nodes.seq.data[nodes]
        within = set(inside.tolist())
        edges = (e for e in self.edges_of(within) if e.kind != APPROVED and {e.a, e.b} <= within)
        rows = [(e.a, e.b, e.kind, e.seq) for e in edges]
        columns = zip(*rows, strict=True) if rows else [()] * len(EDGES)
        table = pa.table([pa.array(c, f.type) for c, f in zip(columns, EDGES, strict=True)], schema=EDGES)
        made.add_edges(table, up_to=np.iinfo(np.int64).max // 256 - 1)
        return made

    def edge(self, row: int) -> Edge:
        e, key = self._edges, self._nodes.key.data
        hindrance = int(e.hindrance.data[row])
        return Edge(
            int(key[e.a.data[row]]),
            int(key[e.b.data[row]]),
            int(e.kind.data[row]),
            int(e.seq.data[row]),
            Outcome(int(e.outcome.data[row])),
            self._types[hindrance] if hindrance >= 0 else "",
        )

    def profiles(self, keys: Keys) -> Keys:
        """The profile of each key as of now."""
        nodes = self.find(np.ascontiguousarray(keys))
        roots = self._nodes.body.data[nodes, ROOT]
        found: Keys = np.where(roots < 0, np.uint64(0), self._nodes.key.data[roots])
        return np.where(nodes < 0, keys, found)


def lookup(keys: Keys, roots: Nodes, table: Table) -> Keys:
    """The profile of each key; itself if it has no edges, 0 if its value means nobody."""
    slots, node_keys, mixer = table
    return profiles_of(np.ascontiguousarray(keys), slots, node_keys, roots, mixer)


def open_conflicts(graph: Graph) -> Sequence[Edge]:
    """Edges that were refused and whose ends are still two profiles, oldest first."""
    edges = [graph.edge(row) for row in graph.conflicts]
    ends = np.array([(e.a, e.b) for e in edges], np.uint64).reshape(-1, 2)
    apart = graph.profiles(ends[:, 0]) != graph.profiles(ends[:, 1])
    return [e for e, still in zip(edges, apart.tolist(), strict=True) if still]
