"""What other rules of identity would do, tried on all identifiers that there are. Nothing is changed."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from polku.errors import Conflict
from polku.profiles import store
from polku.profiles.arrivals import identifiers_with
from polku.profiles.graph import Graph
from polku.profiles.identity import Identities, IdentityMap, graph_of
from polku.profiles.partition import Numbers, Pieces, pieces
from polku.profiles.people import display_name, full_name
from polku.profiles.reading import Reading
from polku.profiles.rules import USER, IdentityRules, are_like, check
from polku.store import Snapshot
from polku.workspace import Workspace

EXAMPLES: Final = 5
CROWD: Final = 10
"""So many refused joins make an identifier look like nobody's own."""
SHOWN_OF_ONE: Final = 4
PATIENCE_S: Final = 60


@dataclass(frozen=True, slots=True)
class Party:
    """A customer before or after, or the piece of one: whose it is, and the events in it."""

    id: str  # of the profile; empty: nobody
    name: str
    events: int


@dataclass(frozen=True, slots=True)
class TrialExample:
    """What would become of somebody: one before and several after (split, loses), or several before and one
    after (joined, gains). `customers` of the several are customers; `more` of them are not told."""

    before: tuple[Party, ...]
    after: tuple[Party, ...]
    customers: int
    more: int


@dataclass(frozen=True, slots=True)
class BlockedValue:
    """An entry of the company's blocked values (empty: Polku's own) and what it speaks of."""

    value: str
    identifiers: int
    events: int  # that came under it, and belong to nobody
    seen_with: int  # other identifiers that it would have joined
    found: tuple[str, ...]  # values in the data, those seen with most others first


@dataclass(frozen=True, slots=True)
class CrowdedValue:
    """An identifier that limits keep apart from so many others that it may mean nobody: a till, a kiosk."""

    type: str
    value: str
    seen_with: int


@dataclass(frozen=True, slots=True)
class RulesTrial:
    """What rules would change. Customers are profiles that have events, as in the list of customers."""

    customers_now: int
    customers_then: int
    split: int  # customers now who would be several
    joined: int  # customers then who are several now
    losing: int  # other customers who would lose identifiers
    gaining: int  # other customers who would gain identifiers
    events_to_nobody: int
    events_from_nobody: int
    splits: tuple[TrialExample, ...]
    joins: tuple[TrialExample, ...]
    losses: tuple[TrialExample, ...]
    gains: tuple[TrialExample, ...]
    blocked: tuple[BlockedValue, ...]
    crowded: tuple[CrowdedValue, ...]

    @property
    def changes_nothing(self) -> bool:
        return not (
            self.split
            or self.joined
            or self.losing
            or self.gaining
            or self.events_to_nobody
            or self.events_from_nobody
        )


class RulesTrials:
    """Trials of a workspace (`workspace.part(RulesTrials)`): one at a time, since each takes the memory of a
    whole graph and on millions of customers some seconds."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self.alone = threading.Lock()
        self._asking = threading.Lock()
        self._asked: dict[int, int] = {}
        self._counts = EventCounts()

    def asked(self, asker: int) -> int:
        """How often somebody has asked."""
        return self._asked.get(asker, 0)

    def trial(self, rules: IdentityRules, *, asker: int) -> RulesTrial:
        """What would change with these rules.

        Raises InvalidInput, and Conflict when `asker` has asked for another trial meanwhile or trials of others
        take too long.
        """
        check(rules)
        with self._asking:
            number = self._asked[asker] = self.asked(asker) + 1
        if not self.alone.acquire(timeout=PATIENCE_S):
            raise Conflict("Other previews are still being counted. Try again in a moment.")
        try:
            if self._asked[asker] != number:
                raise Conflict("You have asked for another preview meanwhile.")
            return _tried(self._workspace, rules, self._counts)
        finally:
            self.alone.release()


class EventCounts:
    """How many events came under each identifier. What has been counted once is not counted again."""

    def __init__(self) -> None:
        self._after = 0
        self._counted = pa.table({"key": pa.array([], pa.uint64()), "events": pa.array([], pa.int64())})

    def by_node(self, graph: Graph, snapshot: Snapshot) -> Numbers:
        """The events of each identifier of a graph, as of `snapshot` or later."""
        if snapshot.next_seq - 1 > self._after:
            new = store.events_by_key(snapshot, after=self._after)
            both = pa.concat_tables([self._counted, new.select(["key", "events"])])
            summed = both.group_by("key").aggregate([("events", "sum")])
            self._counted = pa.table({"key": summed["key"], "events": summed["events_sum"]})
            self._after = snapshot.next_seq - 1
        nodes = graph.find(self._counted["key"].to_numpy())
        counts = np.zeros(graph.nodes, np.int64)
        counts[nodes[nodes >= 0]] = self._counted["events"].to_numpy()[nodes >= 0]
        return counts


def _tried(workspace: Workspace, rules: IdentityRules, counts: EventCounts) -> RulesTrial:
    snapshot, who, verdicts = workspace.part(Identities).moment()
    graph = graph_of(snapshot, rules, verdicts)
    events = counts.by_node(graph, snapshot)
    keys, after = graph.keys(), graph.frozen_roots()
    found = pieces(graph.find(who.profiles(keys)), after, events)
    telling = _Telling(found, graph, who, Reading.now(workspace))
    split, joined, losing, gaining = found.split, found.joined, found.losing, found.gaining
    return RulesTrial(
        found.customers_before,
        found.customers_after,
        len(split),
        len(joined),
        len(losing),
        len(gaining),
        found.events_to_nobody,
        found.events_from_nobody,
        telling.of_before(split),
        telling.of_after(joined),
        telling.of_before(losing),
        telling.of_after(gaining),
        _blocked(rules, graph, snapshot, events),
        _crowded(graph, snapshot),
    )


@dataclass(frozen=True, slots=True)
class _Telling:
    """Examples in words."""

    pieces: Pieces
    graph: Graph
    who: IdentityMap
    reading: Reading

    def of_before(self, customers: Numbers) -> tuple[TrialExample, ...]:
        return tuple(
            self._example(self.pieces.of_before(c), one_before=True) for c in customers[:EXAMPLES].tolist()
        )

    def of_after(self, customers: Numbers) -> tuple[TrialExample, ...]:
        return tuple(
            self._example(self.pieces.of_after(c), one_before=False) for c in customers[:EXAMPLES].tolist()
        )

    def _example(self, rows: Numbers, *, one_before: bool) -> TrialExample:
        found = self.pieces
        one_side, other_side = (found.before, found.after) if one_before else (found.after, found.before)
        of_one, of_other = (self._before, self._after) if one_before else (self._after, self._before)
        one = (of_one(int(one_side[rows[0]]), int(found.events[rows].sum())),)
        customers = found.are_somebody(rows, other_side)
        if customers > 1:
            rows = rows[found.events[rows] > 0]
        told = rows[:SHOWN_OF_ONE].tolist()
        several = tuple(of_other(int(other_side[r]), int(found.events[r])) for r in told)
        before, after = (one, several) if one_before else (several, one)
        return TrialExample(before, after, customers, len(rows) - len(told))

    def _before(self, node: int, events: int) -> Party:
        key = self._key(node)
        those = self.reading.named(self.who.members(key)) if key else []
        return Party(f"{key:016x}" if key else "", full_name(those), events)

    def _after(self, node: int, events: int) -> Party:
        key = self._key(node)
        those = self.reading.named(self.graph.members(key)) if key else []
        return Party(f"{key:016x}" if key else "", display_name(those), events)

    def _key(self, node: int) -> int:
        return int(self.graph.keys()[node]) if node >= 0 else 0


def _blocked(
    rules: IdentityRules, graph: Graph, snapshot: Snapshot, events: Numbers
) -> tuple[BlockedValue, ...]:
    nobody = graph.frozen_roots() < 0
    rows = identifiers_with(graph.keys()[nobody], snapshot)
    nodes = graph.find(rows["key"].to_numpy())
    seen_with = graph.degrees()[nodes]
    left, found = np.ones(rows.num_rows, np.bool_), []
    for entry in rules.blocked:
        mine = are_like(rows["value"], entry)
        left &= ~mine
        found.append(_of_entry(entry, mine, rows, events[nodes], seen_with))
    own = _of_entry("", left, rows, events[nodes], seen_with)
    return (*found, own) if own.identifiers else tuple(found)


def _of_entry(
    entry: str, mine: npt.NDArray[np.bool_], rows: pa.Table, events: Numbers, seen_with: Numbers
) -> BlockedValue:
    order = np.flatnonzero(mine)
    order = order[np.argsort(-(events + seen_with)[order], kind="stable")]
    values = dict.fromkeys(rows["value"].take(pa.array(order[: 2 * EXAMPLES])).to_pylist())
    return BlockedValue(
        entry,
        len(order),
        int(events[order].sum()),
        int(seen_with[order].sum()),
        tuple(str(v) for v in values)[:EXAMPLES],
    )


def _crowded(graph: Graph, snapshot: Snapshot) -> tuple[CrowdedValue, ...]:
    refusals, keys = graph.refusals(), graph.keys()
    most = np.argsort(-refusals, kind="stable")[: 4 * EXAMPLES]  # some are users, who may have many devices
    most = most[refusals[most] >= CROWD]
    rows = {r["key"]: r for r in identifiers_with(keys[most], snapshot).to_pylist()} if len(most) else {}
    seen_with = graph.degrees()
    found = [(rows.get(int(keys[n])), int(seen_with[n])) for n in most.tolist()]
    values = [CrowdedValue(r["type"], r["value"], n) for r, n in found if r and r["type"] != USER]
    return tuple(values[:EXAMPLES])
