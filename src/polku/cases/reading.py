"""Responses read from the events that they are: every acknowledged answer is there, however it came."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import pyarrow as pa

from polku.cases.rules import Answer, Measured
from polku.collect import SURVEY_RESPONDED, KnownSources
from polku.collect.figures import number
from polku.errors import NotFound
from polku.journeys import Touchpoints
from polku.profiles import IdentifierIndex, Identities, IdentityMap
from polku.store import EventType, Snapshot
from polku.surveys.known import Asked, KnownSurveys
from polku.workspace import Workspace

_ALWAYS: Final = (
    "seq", "key", "source", "type", "name", "event_id", "received_at", "occurred_at", "properties",
)  # fmt: skip
LONGEST_ID: Final = 200
_SAY_NOTHING: Final = frozenset({"anonymous_id", "name"})
"""Types of identifiers that lead to nobody who could be contacted."""


def answers_after(workspace: Workspace, snapshot: Snapshot, seq: int) -> list[Answer]:
    """Finished responses among the events with a number above `seq`, in order of arrival.

    Those of public sources other than the surveys' own are left out: whoever opens a site could send them.
    """
    known = workspace.part(Touchpoints)
    columns = ", ".join(f'"{c}"' for c in dict.fromkeys([*_ALWAYS, *known.rules().columns]))
    trusted = _trusted(workspace)
    events = snapshot.after(seq).sql(
        f"SELECT {columns} FROM events WHERE seq > $seq AND type = $type AND name = $name "  # noqa: S608 - names are ours
        "AND list_contains($sources, source) ORDER BY seq",
        {"seq": seq, "type": int(EventType.TRACK), "name": SURVEY_RESPONDED, "sources": trusted},
    )
    return _answers(workspace, snapshot, events) if events.num_rows else []


def _trusted(workspace: Workspace) -> list[int]:
    own = workspace.part(KnownSurveys).source()
    return [s.id for s in workspace.part(KnownSources).all() if s.id == own or not s.public]


def _answers(workspace: Workspace, snapshot: Snapshot, events: pa.Table) -> list[Answer]:
    known = workspace.part(Touchpoints)
    keys = {t.code: t.key for t in known.catalogue().touchpoints}
    by_rule = [keys.get(int(c), "") for c in np.asarray(known.rules().touchpoints(events))]
    who = workspace.part(Identities).current()
    profiles = who.profiles(events["key"].to_numpy().astype(np.uint64)).tolist()
    contactable = _contactable(workspace, snapshot, who, profiles)
    own, found = workspace.part(KnownSurveys).source(), []
    for row, touchpoint, profile in zip(events.select(_ALWAYS).to_pylist(), by_rule, profiles, strict=True):
        said = _said(row["properties"])
        asked = _asked(workspace, said) if row["source"] == own else None
        if asked is not None and asked.anonymous:
            profile = 0  # an anonymous answer is nobody's, whatever its event says
        named = said.get("touchpoint")
        found.append(
            Answer(
                source=row["source"],
                response=_id(row["event_id"]),
                seq=row["seq"],
                answered_at=row["occurred_at"],
                received_at=row["received_at"],
                survey=str(said.get("survey") or "")[:120],
                own=_own(said),
                answers=given if isinstance(given := said.get("answers"), dict) else {},
                questions={q: t.metric for q, t in asked.tags.items() if t.metric} if asked else {},
                profile=profile,
                is_known=profile in contactable,
                touchpoint=named if isinstance(named, str) and named in keys.values() else touchpoint,
                comment=c if isinstance(c := said.get("comment"), str) else "",
            )
        )
    return found


def _contactable(workspace: Workspace, snapshot: Snapshot, who: IdentityMap, profiles: list[int]) -> set[int]:
    """Those of whom more is known than a browser."""
    of = {key: p for p in set(profiles) if p for key in who.members(p)}
    named = workspace.part(IdentifierIndex).named(of, snapshot)
    return {of[n.key] for n in named if n.type not in _SAY_NOTHING}


def _said(properties: str | None) -> Mapping[str, Any]:
    said = json.loads(properties or "{}")
    return said if isinstance(said, dict) else {}


def _asked(workspace: Workspace, said: Mapping[str, Any]) -> Asked | None:
    key = said.get("survey")
    try:
        return workspace.part(KnownSurveys).by_key(key) if isinstance(key, str) else None
    except NotFound:
        return None


def _own(said: Mapping[str, Any]) -> Measured | None:
    metric, score = said.get("metric"), number(said.get("score"))
    return Measured(metric.lower(), score) if isinstance(metric, str) and score is not None else None


def _id(given: str) -> str:
    """An event's id, short enough for a key."""
    return given if len(given) <= LONGEST_ID else hashlib.sha256(given.encode()).hexdigest()
