"""The 360 view of a profile: who, key numbers, traits, and why its identifiers belong together."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import numpy as np

from polku.answer import Answer
from polku.profiles.decisions import Decision, standing
from polku.profiles.encounters import Encounters
from polku.profiles.graph import APPROVED, Edge
from polku.profiles.identity import IdentityMap
from polku.profiles.left_out import LeftOut
from polku.profiles.search import Named
from polku.profiles.timeline import Words
from polku.profiles.traits import Trait, statement, traits
from polku.store import LABEL_TYPES, EventType, Snapshot

MOST_STATEMENTS: Final = 60
"""Identify events that are read for traits, newest first."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Why an identifier belongs to its profile: the event that showed it together with another one."""

    with_type: str
    with_value: str
    event: str  # its name; empty when a person decided
    at: datetime | None
    source: str


@dataclass(frozen=True, slots=True)
class Membership:
    """An identifier of a profile. `events` are those whose foremost identifier it is."""

    key: str
    type: str
    value: str
    first_seen: datetime | None
    source: str
    events: int
    evidence: tuple[Evidence, ...]
    leads: bool  # gives the profile its id


@dataclass(frozen=True, slots=True)
class PastDecision:
    """A decision about this profile's identifiers that holds and can be undone."""

    id: int
    kind: str
    identifiers: tuple[str, ...]
    decided_by: str
    decided_at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class KeyNumbers:
    """A profile in numbers. Orders are events with money coming in; value is the sum, refunds taken off."""

    events: int
    first_seen: datetime | None
    last_seen: datetime | None
    orders: int
    value: float
    score: float | None  # the latest, −100…100
    scored_at: datetime | None


@dataclass(frozen=True, slots=True)
class Profile360(Answer):
    """One customer as far as known. Money is in the events' own currency.

    The newest of all `left_out_total` that were seen with the customer's identifiers are `left_out`; what
    `means_nobody` is no customer.
    """

    id: str
    name: str
    stage: str | None
    stage_number: int
    numbers: KeyNumbers
    traits: tuple[Trait, ...]
    identifiers: tuple[Membership, ...]
    decisions: tuple[PastDecision, ...]
    left_out: tuple[LeftOut, ...]
    left_out_total: int
    means_nobody: bool


Origins = dict[int, tuple[str, datetime, str]]
"""Name, moment and source of events by their sequence number."""


def origins(seqs: set[int], snapshot: Snapshot, words: Words) -> Origins:
    """Where what identity rests on came from."""
    if not seqs:
        return {}
    rows = snapshot.rows(np.array(sorted(seqs), np.int64), ["name", "type", "occurred_at", "source"])
    return {
        r["seq"]: (_called(r["name"], r["type"]), r["occurred_at"], words.source(r["source"]))
        for r in rows.to_pylist()
    }


def _called(name: str, type_: int) -> str:
    return name or EventType(type_).name.lower()


def memberships(
    profile: int,
    who: IdentityMap,
    those: list[Named],
    counts: dict[int, int],
    snapshot: Snapshot,
    words: Words,
) -> tuple[Membership, ...]:
    """Each identifier of a profile, with the evidence that it belongs there."""
    members = who.members(profile)
    inside = set(members)
    edges = [e for e in who.evidence(profile) if {e.a, e.b} <= inside and e.outcome <= 1]
    names = {n.key: n for n in those if n.type not in LABEL_TYPES}
    seqs = {names[k].seq for k in members if k in names} | {e.seq for e in edges if e.kind != APPROVED}
    seen = origins(seqs, snapshot, words)
    found = []
    for key in members:
        me = names.get(key, Named(key, "", f"{key:016x}", 0))
        _, first_seen, source = seen.get(me.seq, ("", None, ""))
        evidence = tuple(_evidence(e, key, names, seen) for e in edges if key in (e.a, e.b))
        found.append(
            Membership(
                f"{key:016x}",
                me.type,
                me.value,
                first_seen,
                source,
                counts.get(key, 0),
                evidence,
                key == members[0],
            )
        )
    return tuple(found)


def _evidence(edge: Edge, key: int, names: dict[int, Named], seen: Origins) -> Evidence:
    other = names.get(edge.b if edge.a == key else edge.a)
    event, at, source = seen.get(edge.seq, ("", None, "")) if edge.kind != APPROVED else ("", None, "")
    return Evidence(other.type if other else "", other.value if other else "", event, at, source)


def known_traits(path: Encounters, snapshot: Snapshot, words: Words) -> tuple[Trait, ...]:
    """Traits from the newest identify events."""
    seqs = path.seq[path.of_type(EventType.IDENTIFY)][-MOST_STATEMENTS:]
    if not len(seqs):
        return ()
    rows = snapshot.rows(seqs, ["occurred_at", "source", "properties"]).to_pylist()
    said = [
        statement(r["properties"], said_at=r["occurred_at"], source=words.source(r["source"])) for r in rows
    ]
    return tuple(traits(said))


def key_numbers(path: Encounters) -> KeyNumbers:
    """First and last seen, orders, value and the latest score."""
    scored = np.flatnonzero(~np.isnan(path.score))
    money = path.value[~np.isnan(path.value)]
    return KeyNumbers(
        len(path),
        _moment(path, 0),
        _moment(path, len(path) - 1),
        int((money > 0).sum()),
        round(float(money.sum(dtype=np.float64)), 2),
        round(float(path.score[scored[-1]]), 1) if len(scored) else None,
        _moment(path, int(scored[-1])) if len(scored) else None,
    )


def events_by_key(path: Encounters, snapshot: Snapshot, members: list[int]) -> dict[int, int]:
    """How many of a profile's events came under each of its identifiers."""
    if len(members) == 1:
        return {members[0]: len(path)}
    keys, numbers = np.unique(snapshot.rows(path.seq, ["key"])["key"].to_numpy(), return_counts=True)
    return dict(zip(keys.tolist(), numbers.tolist(), strict=True))


def current_stage(path: Encounters, words: Words) -> tuple[str | None, int]:
    """Name and number of the stage of the latest touchpoint that has one."""
    codes, first = np.unique(path.touchpoint[::-1], return_index=True)
    for code in codes[np.argsort(first)].tolist():
        label = words.label(code)
        if label is not None and label.stage is not None:
            return label.stage, label.stage_number
    return None, 0


def decisions_about(
    members: list[int], decisions: list[Decision], values: dict[int, str]
) -> tuple[PastDecision, ...]:
    """The standing decisions that touch these identifiers, newest first."""
    inside = set(members)
    touching = (d for d in reversed(standing(decisions)) if any(inside & set(p) for p in d.pairs))
    return tuple(in_words(d, values) for d in touching)


def in_words(decision: Decision, values: dict[int, str]) -> PastDecision:
    keys = dict.fromkeys(k for p in decision.pairs for k in p)
    return PastDecision(
        decision.id,
        decision.kind.value,
        tuple(values.get(k, f"{k:016x}") for k in keys),
        decision.decided_by,
        decision.decided_at,
        decision.reason,
    )


def _moment(path: Encounters, row: int) -> datetime | None:
    return datetime.fromtimestamp(int(path.time[row]) / 1000, UTC) if len(path) else None
