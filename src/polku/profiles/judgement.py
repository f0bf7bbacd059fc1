"""What people decide about a customer, from a page or the API, and what it would change."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from polku.errors import Conflict
from polku.profiles import profile as view
from polku.profiles.changes import Move, moves, ties
from polku.profiles.decisions import Decision, DecisionKind
from polku.profiles.graph import Pair
from polku.profiles.identity import Identities
from polku.profiles.people import full_name
from polku.profiles.reading import Reading
from polku.profiles.reviews import pair_of
from polku.profiles.search import Named
from polku.store import LABEL_TYPES
from polku.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Change:
    """A move in words: these identifiers, with so many events, go from one customer to another."""

    identifiers: tuple[str, ...]
    events: int
    from_id: str
    from_name: str
    to_id: str
    to_name: str
    on_its_own: bool  # becomes a customer that was none before


@dataclass(frozen=True, slots=True)
class Preview:
    """What a decision would change. Nothing has been changed."""

    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class DecisionMade:
    """The number of a decision, by which it can be undone."""

    decision: int


def judge(
    workspace: Workspace, pair: str, verdict: Literal["same", "different"], *, who: str, why: str = ""
) -> DecisionMade:
    """Decide whether two profiles are one person. Raises NotFound, and Conflict if they already are."""
    one, other = pair_of(pair, workspace)
    if one == other:
        raise Conflict("These are one customer already. Undo the decision that joined them instead.")
    made = workspace.part(Identities).decide(DecisionKind(verdict), [(one, other)], who=who, why=why)
    return DecisionMade(made.id)


def keys_of(workspace: Workspace, profile: str, identifier: str) -> tuple[int, int]:
    """The profile, and the one of its identifiers that a value, 'type:value' or key means.

    Raises NotFound and Conflict.
    """
    who = workspace.part(Identities).current()
    found = who.find(profile)
    inside = who.readings(identifier) & set(who.members(found))
    if not inside:
        raise Conflict(
            "'%(identifier)s' is no identifier of this profile. See: polku profiles show ID",
            identifier=identifier,
        )
    if len(inside) > 1:
        raise Conflict(
            "'%(identifier)s' is several identifiers of this profile. See: polku profiles show ID",
            identifier=identifier,
        )
    return found, inside.pop()


def in_words(workspace: Workspace, decisions: list[Decision]) -> list[view.PastDecision]:
    """Decisions with the values of their identifiers."""
    keys = {k for d in decisions for p in d.pairs for k in p}
    named = Reading.now(workspace).named(keys)
    values = {n.key: n.value for n in named if n.type not in LABEL_TYPES}
    return [view.in_words(d, values) for d in decisions]


def split_pairs(workspace: Workspace, profile: int, identifier: int) -> list[Pair]:
    """The pairs to part so that an identifier leaves its profile.

    Raises Conflict if it is the one that the profile is named by, or is not in it.
    """
    who = workspace.part(Identities).current()
    members = who.members(profile)
    if identifier not in members:
        raise Conflict(
            "This identifier is not part of the profile any more. Reload the page to see where it is."
        )
    if identifier == members[0]:
        raise Conflict("The profile is named by this identifier. Take the others out of it instead.")
    return ties(identifier, members, who.evidence(profile))


def preview(workspace: Workspace, kind: DecisionKind, pairs: list[Pair]) -> Preview:
    """What a decision would change."""
    identities = workspace.part(Identities)
    supposed = Decision(0, kind, tuple(pairs), _END, "", "", datetime.now(UTC))
    return _compare(workspace, [*identities.decisions(), supposed], [k for p in pairs for k in p])


def preview_undo(workspace: Workspace, decision: int) -> Preview:
    """What undoing a decision would change."""
    decisions = workspace.part(Identities).decisions()
    keys = [k for d in decisions if d.id == decision for p in d.pairs for k in p]
    undo = Decision(0, DecisionKind.UNDO, (), _END, "", "", datetime.now(UTC), decision)
    return _compare(workspace, [*decisions, undo], keys)


_END = 2**53
"""After every event there will ever be."""


def _compare(workspace: Workspace, supposed: list[Decision], keys: list[int]) -> Preview:
    reading = Reading.now(workspace)
    after, near = workspace.part(Identities).supposing(supposed, keys)
    found = moves(reading.who, after, near, _counts(reading))
    shown = {k: n.value for m in found for k, n in _values(reading, m).items()}

    def name(profile: str) -> str:
        return full_name(reading.named(reading.who.members(int(profile, 16))))

    return Preview(
        tuple(
            Change(
                tuple(shown.get(int(k, 16), k) for k in m.identifiers),
                m.events,
                m.from_profile,
                name(m.from_profile),
                m.to_profile,
                shown[int(m.to_profile, 16)] if m.to_profile in m.identifiers else name(m.to_profile),
                m.to_profile in m.identifiers,
            )
            for m in found
        )
    )


def _values(reading: Reading, move: Move) -> dict[int, Named]:
    keys = [int(k, 16) for k in move.identifiers]
    return {n.key: n for n in reading.named(keys) if n.type not in LABEL_TYPES}


def _counts(reading: Reading) -> Callable[[int], dict[int, int]]:
    known: dict[int, dict[int, int]] = {}

    def counts(profile: int) -> dict[int, int]:
        if profile not in known:
            members = reading.who.members(profile)
            known[profile] = view.events_by_key(reading.path(profile), reading.snapshot, members)
        return known[profile]

    return counts
