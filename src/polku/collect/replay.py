"""Rejected events: what there is, by reason, and reading them again by today's rules."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import msgspec
import pyarrow as pa

from polku.collect import store
from polku.collect.encoding import encode_events, encode_rejected
from polku.collect.reading import pieces, row_of_text
from polku.collect.reasons import reason_of
from polku.collect.refusal import Refusal, Refused, shown
from polku.collect.rows import Arrival, Row
from polku.collect.sources import KnownSources
from polku.errors import Conflict
from polku.store import INCOMING
from polku.workspace import Workspace

MOST_AT_ONCE: Final = 20_000

_MARK: Final = "md5(concat_ws('/', epoch_us(received_at), source, md5(payload)))"

_GROUPS: Final = f"""
SELECT reason, source, count(*) AS events, min(received_at) AS first_at, max(received_at) AS last_at,
       arg_max(detail, received_at) AS detail, arg_max(payload, received_at) AS payload
FROM rejected
WHERE NOT EXISTS (SELECT 1 FROM replayed WHERE mark = {_MARK})
GROUP BY reason, source ORDER BY events DESC, reason, source
"""  # noqa: S608  our own expression

_ROWS: Final = f"""
SELECT received_at, payload, {_MARK} AS mark
FROM rejected
WHERE reason = $reason AND source = $source AND NOT EXISTS (SELECT 1 FROM replayed WHERE mark = {_MARK})
ORDER BY received_at LIMIT $most
"""  # noqa: S608  our own expression


@dataclass(frozen=True, slots=True)
class RejectedGroup:
    """Events of one source that were rejected for one reason, with the newest as a sample."""

    reason: str
    title: str
    advice: str
    source: str
    source_id: int
    events: int
    first_at: datetime
    last_at: datetime
    detail: str
    sample: str
    replayable: bool


@dataclass(frozen=True, slots=True)
class Replayed:
    """What became of rejected events that were read again: events taken, known already, and still rejected."""

    taken: int
    known: int
    rejected: int


def rejected_groups(workspace: Workspace) -> tuple[RejectedGroup, ...]:
    """All that is rejected, the largest group first. Titles and advice are in the current language."""
    known = workspace.part(KnownSources)
    found = workspace.store.snapshot.sql(_GROUPS, replayed=_replayed(workspace)).to_pylist()
    groups = []
    for row in found:
        reason, source = reason_of(row["reason"]), known.by_id(row["source"])
        groups.append(
            RejectedGroup(
                reason=row["reason"],
                title=str(reason.title),
                advice=str(reason.advice),
                source=source.name if source else str(row["source"]),
                source_id=row["source"],
                events=row["events"],
                first_at=row["first_at"],
                last_at=row["last_at"],
                detail=row["detail"],
                sample=shown(row["payload"].decode("utf-8", "replace"), 2_000),
                replayable=reason.replayable and source is not None and source.kind != "file",
            )
        )
    return tuple(groups)


class Replay:
    """Replays rejected events, one group at a time; a part of the workspace."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._lock = threading.Lock()

    def replay(self, reason: str, source_id: int) -> Replayed:
        """Read the rejected events of a group again; those that can be taken now leave the list.

        Reads at most MOST_AT_ONCE. Raises Conflict if it makes no sense for this reason or source.
        """
        source = self._workspace.part(KnownSources).by_id(source_id)
        if source is None or source.kind == "file" or not reason_of(reason).replayable:
            raise Conflict(
                f"Events rejected as '{reason}' cannot be replayed. Send or import them again instead."
            )
        with self._lock:
            wanted = {"reason": reason, "source": source_id, "most": MOST_AT_ONCE}
            replayed = _replayed(self._workspace)
            found = self._workspace.store.snapshot.sql(_ROWS, wanted, replayed=replayed).to_pylist()
            rows: list[Row] = []
            marks: list[str] = []
            again: list[tuple[datetime, int, Sequence[Refused]]] = []
            still = 0
            for one in found:
                taken, refused = _read_again(
                    one["payload"], reason, source_id, source.public, one["received_at"]
                )
                still += len(refused)
                if not taken and [(r.reason, r.payload) for r in refused] == [(reason, one["payload"])]:
                    continue  # nothing has changed
                rows += taken
                marks.append(one["mark"])
                if refused:  # a moment later, so that it is not taken for the one that was replayed
                    again.append((one["received_at"] + timedelta(microseconds=1), source_id, refused))
            return self._keep(rows, marks, again, still)

    def _keep(
        self,
        rows: list[Row],
        marks: list[str],
        again: list[tuple[datetime, int, Sequence[Refused]]],
        still: int,
    ) -> Replayed:
        """Store first, mark then: a crash in between makes a replay that finds its events known."""
        taken = known = 0
        if rows:
            appended = self._workspace.store.append(*encode_events([rows]))
            taken, known, still = appended.accepted, appended.duplicates, still + appended.rejected
        if again:
            self._workspace.store.append(*encode_rejected(again))
        if marks:
            with self._workspace.db.session() as session:
                store.mark_replayed(session, marks, now=datetime.now(UTC))
        return Replayed(taken, known, still)


def _read_again(
    payload: bytes, reason: str, source: int, public: bool, received_at: datetime
) -> tuple[list[Row], list[Refused]]:
    if reason == "not_applied":
        return [_stored_row(payload)], []
    arrival = Arrival(source, public, round(received_at.timestamp() * 1e6), repeatable=True)
    rows: list[Row] = []
    refused: list[Refused] = []
    for piece in pieces(payload):
        try:
            rows.append(row_of_text(piece, arrival))
        except Refusal as e:
            refused.append(Refused(e.reason, e.detail, piece))
    return rows, refused


def _stored_row(payload: bytes) -> Row:
    """A row that the store set aside, as it was."""
    fields: dict[str, Any] = msgspec.json.decode(payload)
    for name in ("received_at", "occurred_at"):
        fields[name] = round(datetime.fromisoformat(fields[name]).timestamp() * 1e6)
    for name in ("identifiers", "properties", "context", "extra"):
        fields[name] = None if fields[name] is None else fields[name].encode()
    return tuple(fields[f.name] for f in INCOMING)


def _replayed(workspace: Workspace) -> pa.Table:
    with workspace.db.session(read_only=True) as session:
        return pa.table({"mark": pa.array(store.replayed_marks(session), pa.string())})
