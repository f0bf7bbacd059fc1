"""The operational tables of profiles."""

from __future__ import annotations

import json
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from polku.profiles.decisions import Decision, DecisionKind
from polku.profiles.graph import Pair
from polku.profiles.tables import IdentityDecision


def decisions(session: Session) -> list[Decision]:
    """All decisions, oldest first."""
    return [_decision(row) for row in session.scalars(select(IdentityDecision).order_by(IdentityDecision.id))]


def append(session: Session, decision: Decision) -> Decision:
    """Add a decision; returns it with its number."""
    row = IdentityDecision(
        kind=decision.kind.value,
        pairs=_text(decision.pairs),
        after=decision.after,
        decided_by=decision.decided_by,
        reason=decision.reason,
        decided_at=decision.decided_at,
        undoes=decision.undoes,
    )
    session.add(row)
    session.flush()
    return _decision(row)


def _decision(row: IdentityDecision) -> Decision:
    pairs = tuple((int(a, 16), int(b, 16)) for a, b in json.loads(row.pairs))
    kind = DecisionKind(row.kind)
    return Decision(row.id, kind, pairs, row.after, row.decided_by, row.reason, row.decided_at, row.undoes)


def _text(pairs: Sequence[Pair]) -> str:
    return json.dumps([(f"{a:016x}", f"{b:016x}") for a, b in pairs])
