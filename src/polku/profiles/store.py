"""The operational tables of profiles, and what is asked of events with SQL."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pyarrow as pa
from sqlalchemy import select
from sqlalchemy.orm import Session

from polku.profiles.decisions import Decision, DecisionKind
from polku.profiles.graph import Pair
from polku.profiles.rules import IdentityRules, RulesVersion
from polku.profiles.tables import IdentityDecision, IdentityRulesChange
from polku.store import Snapshot


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


def rules_in_force(session: Session) -> RulesVersion:
    """The rules of identity that hold; those Polku comes with if nobody has changed them."""
    newest = select(IdentityRulesChange).order_by(IdentityRulesChange.id.desc()).limit(1)
    row = session.scalars(newest).first()
    return _version(row) if row else RulesVersion(0, IdentityRules())


def rules_versions(session: Session) -> list[RulesVersion]:
    """All rules that have ever held, oldest first; number 0 are those Polku comes with."""
    rows = session.scalars(select(IdentityRulesChange).order_by(IdentityRulesChange.id))
    return [RulesVersion(0, IdentityRules()), *map(_version, rows)]


def append_rules(session: Session, version: RulesVersion) -> RulesVersion:
    """Put rules in force; returns them with their number."""
    rules = version.rules
    row = IdentityRulesChange(
        limit_of_others=rules.limit,
        limits=json.dumps(dict(rules.limits)),
        priority=json.dumps(list(rules.priority)),
        blocked=json.dumps(list(rules.blocked)),
        changed_by=version.changed_by,
        changed_at=version.changed_at,
    )
    session.add(row)
    session.flush()
    return _version(row)


def events_by_key(snapshot: Snapshot, *, after: int) -> pa.Table:
    """How many of the events numbered above `after` came under each identifier: key, events."""
    counting = "SELECT key, count(*) AS events FROM events WHERE seq > $after GROUP BY key"
    return snapshot.after(after).sql(counting, {"after": after})


def _version(row: IdentityRulesChange) -> RulesVersion:
    rules = IdentityRules(
        row.limit_of_others,
        json.loads(row.limits),
        tuple(json.loads(row.priority)),
        tuple(json.loads(row.blocked)),
    )
    return RulesVersion(row.id, rules, row.changed_by, row.changed_at)


def _decision(row: IdentityDecision) -> Decision:
    pairs = tuple((int(a, 16), int(b, 16)) for a, b in json.loads(row.pairs))
    kind = DecisionKind(row.kind)
    return Decision(row.id, kind, pairs, row.after, row.decided_by, row.reason, row.decided_at, row.undoes)


def _text(pairs: Sequence[Pair]) -> str:
    return json.dumps([(f"{a:016x}", f"{b:016x}") for a, b in pairs])
