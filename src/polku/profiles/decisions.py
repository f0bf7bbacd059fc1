"""What people decide about who is who: appended, never changed; undoing is a decision too."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from polku.profiles.graph import Pair, Verdicts
from polku.profiles.rules import IdentityRules


class DecisionKind(StrEnum):
    """SPLIT: these pairs do not belong together. SAME: two users are one person. DIFFERENT: they are not,
    do not ask again. UNDO: an earlier decision no longer holds."""

    SPLIT = "split"
    SAME = "same"
    DIFFERENT = "different"
    UNDO = "undo"


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision. `pairs` are identifier keys; `after` is the last event that was known then."""

    id: int
    kind: DecisionKind
    pairs: tuple[Pair, ...]
    after: int
    decided_by: str
    reason: str
    decided_at: datetime
    undoes: int | None = None


def standing(decisions: Sequence[Decision]) -> list[Decision]:
    """The decisions that hold: neither undone nor undoing."""
    undone = {d.undoes for d in decisions if d.kind is DecisionKind.UNDO}
    return [d for d in decisions if d.kind is not DecisionKind.UNDO and d.id not in undone]


def verdicts(decisions: Sequence[Decision]) -> Verdicts:
    """What the graph of identifiers has to respect."""
    holding = standing(decisions)
    removed = (p for d in holding if d.kind is DecisionKind.SPLIT for p in d.pairs)
    approved = ((*p, d.after) for d in holding if d.kind is DecisionKind.SAME for p in d.pairs)
    return Verdicts(frozenset(removed), tuple(approved))


def different(decisions: Sequence[Decision]) -> list[Pair]:
    """The pairs of users that a person has said to be two people."""
    return [p for d in standing(decisions) if d.kind is DecisionKind.DIFFERENT for p in d.pairs]


def version(rules: IdentityRules, decisions: Sequence[Decision]) -> int:
    """Changes whenever a profile may have been split: another rule, a split, or an undone decision."""
    kinds = {d.id: d.kind for d in decisions}
    splitting = [
        d.id
        for d in decisions
        if d.kind is DecisionKind.SPLIT
        or (d.kind is DecisionKind.UNDO and kinds.get(d.undoes or 0) is not DecisionKind.DIFFERENT)
    ]
    return zlib.crc32(repr((rules.fingerprint, splitting)).encode())
