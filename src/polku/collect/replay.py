"""Rejected events: what there is, by reason, and reading them again by today's rules."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final

import pyarrow as pa

from polku.collect import store
from polku.collect.encoding import encode_events, encode_rejected
from polku.collect.reasons import reason_of
from polku.collect.refusal import Cut, Refused, shown
from polku.collect.rereading import read_again
from polku.collect.rows import Row
from polku.collect.sources import KnownSource, KnownSources
from polku.errors import Conflict, PolkuError
from polku.store import Snapshot
from polku.workspace import Workspace

log = logging.getLogger("polku.collect")

MOST_AT_ONCE: Final = 20_000
MOST_BYTES: Final = 64 << 20
"""Of rejected payloads that are read at once: a whole batch may be half a megabyte."""

_MARK: Final = "md5(concat_ws('/', epoch_us(received_at), source, md5(payload)))"

_GROUPS: Final = f"""
SELECT reason, source, count(*) AS events, min(received_at) AS first_at, max(received_at) AS last_at,
       arg_max(detail, received_at) AS detail, arg_max(payload, received_at) AS payload
FROM rejected
WHERE NOT EXISTS (SELECT 1 FROM replayed WHERE mark = {_MARK})
GROUP BY reason, source ORDER BY events DESC, reason, source
"""  # noqa: S608  our own expression

_INDEX: Final = f"""
SELECT received_at, {_MARK} AS mark, octet_length(payload) AS size
FROM rejected
WHERE reason = $reason AND source = $source AND NOT EXISTS (SELECT 1 FROM replayed WHERE mark = {_MARK})
ORDER BY received_at, mark
"""  # noqa: S608  our own expression

_ROWS: Final = f"""
SELECT received_at, payload, {_MARK} AS mark
FROM rejected
WHERE reason = $reason AND source = $source AND received_at BETWEEN $first AND $last
  AND {_MARK} IN (SELECT mark FROM wanted)
ORDER BY received_at, mark
"""  # noqa: S608  our own expression


@dataclass(frozen=True, slots=True)
class RejectedGroup:
    """Events of one source that were rejected for one reason, with the newest as a sample.

    `cut` says how much of the sample is kept, when that is not all: a request over the limit.
    """

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
    cut: Cut | None


@dataclass(frozen=True, slots=True)
class Replayed:
    """What became of rejected events that were read again: events taken, known already, and still rejected."""

    taken: int = 0
    known: int = 0
    rejected: int = 0

    def __add__(self, other: Replayed) -> Replayed:
        return Replayed(self.taken + other.taken, self.known + other.known, self.rejected + other.rejected)


@dataclass(frozen=True, slots=True)
class ReplayState:
    """How far a replay is: `read` of `of` rejected payloads; `error` is what stopped it before its end."""

    reason: str
    source: str
    of: int
    read: int = 0
    so_far: Replayed = Replayed()
    running: bool = True
    error: PolkuError | None = None


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
                cut=Cut.told(row["detail"]),
            )
        )
    return tuple(groups)


class Replay:
    """Replays rejected events, one group at a time; a part of the workspace."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._one_at_a_time = threading.Lock()
        self._thread: threading.Thread | None = None
        self.state: ReplayState | None = None
        """Of the replay that runs, or of the last one that went on in the background."""

    def replay(self, reason: str, source_id: int) -> Replayed:
        """Read all rejected events of a group again; those that can be taken now leave the list.

        What is stored of them is stored part by part, so a replay that was cut off is gone on with by another.
        Raises Conflict if it makes no sense for this reason or source or another replay runs, and StorageFull.
        """
        source = self._begin(reason, source_id)
        try:
            return self._replay(reason, source)
        finally:
            self._end()
            self.state = None

    def start(self, reason: str, source_id: int, *, patience_s: float) -> ReplayState:
        """As `replay`, in the background: `state` tells how far it is, and how it ended.

        Waits for the end so long at most; what ends by then is told by what is returned, and is no state.
        """
        source = self._begin(reason, source_id)
        self._thread = threading.Thread(target=self._run, args=(reason, source), name="replay", daemon=True)
        self._thread.start()
        self._thread.join(patience_s)
        state = self.state
        assert state is not None
        if not state.running:
            self.state = None
        return state

    def _begin(self, reason: str, source_id: int) -> KnownSource:
        source = self._workspace.part(KnownSources).by_id(source_id)
        if source is None or source.kind == "file" or not reason_of(reason).replayable:
            raise Conflict(
                "Events rejected as '%(reason)s' cannot be replayed. Send or import them again instead.",
                reason=reason,
            )
        if not self._one_at_a_time.acquire(blocking=False):
            raise Conflict("Another replay runs already. Wait until it is done.")
        self.state = ReplayState(reason, source.name, 0)
        return source

    def _end(self, error: PolkuError | None = None) -> None:
        assert self.state is not None
        self.state = replace(self.state, running=False, error=error)
        self._one_at_a_time.release()

    def _run(self, reason: str, source: KnownSource) -> None:
        error: PolkuError | None = None
        try:
            self._replay(reason, source)
        except PolkuError as e:
            error = e
        except Exception:
            log.exception("replay_failed reason=%s", reason)
            error = PolkuError("The replay stopped; the fault is ours and is in the log.")
        finally:
            self._end(error)

    def _replay(self, reason: str, source: KnownSource) -> Replayed:
        # one snapshot for all parts: what is refused again meanwhile is not read a second time
        group = RejectedEvents(self._workspace.store.snapshot, _replayed(self._workspace), reason, source.id)
        assert self.state is not None
        self.state = replace(self.state, of=len(group))
        for part in group.parts():
            done = self._take(part, reason, source)
            self.state = replace(
                self.state, read=self.state.read + part.num_rows, so_far=self.state.so_far + done
            )
        return self.state.so_far

    def _take(self, part: pa.Table, reason: str, source: KnownSource) -> Replayed:
        rows: list[Row] = []
        marks: list[str] = []
        again: list[tuple[datetime, int, Sequence[Refused]]] = []
        still = 0
        for one in part.to_pylist():
            found = read_again(one["payload"], reason, source.id, source.public, one["received_at"])
            still += len(found.refused)
            if found.is_as_before(reason, one["payload"]):
                continue
            rows += found.rows
            marks.append(one["mark"])
            if found.refused:  # a moment later, so that it is not taken for the one that was replayed
                again.append((one["received_at"] + timedelta(microseconds=1), source.id, found.refused))
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


class RejectedEvents:
    """What a snapshot holds of one group and was not replayed before, in parts that fit in memory."""

    def __init__(self, snapshot: Snapshot, replayed: pa.Table, reason: str, source_id: int) -> None:
        self._snapshot, self._reason, self._source = snapshot, reason, source_id
        wanted = {"reason": reason, "source": source_id}
        self._index = snapshot.sql(_INDEX, wanted, replayed=replayed)

    def __len__(self) -> int:
        return int(self._index.num_rows)

    def parts(self) -> Iterator[pa.Table]:
        """`received_at`, `payload` and `mark` of at most MOST_AT_ONCE rows and about MOST_BYTES each."""
        marks, sizes = self._index["mark"].to_pylist(), self._index["size"].to_pylist()
        start = size = 0
        for i, mark in enumerate(marks):
            full = i - start >= MOST_AT_ONCE or size >= MOST_BYTES
            if full and mark != marks[i - 1]:  # rows that came alike at one moment have one mark
                yield self._part(start, i)
                start = i
                size = 0
            size += sizes[i]
        if start < len(marks):
            yield self._part(start, len(marks))

    def _part(self, start: int, end: int) -> pa.Table:
        index = self._index.slice(start, end - start)
        values = {
            "reason": self._reason,
            "source": self._source,
            "first": index["received_at"][0].as_py(),
            "last": index["received_at"][-1].as_py(),
        }
        return self._snapshot.sql(_ROWS, values, wanted=index.select(["mark"]))


def _replayed(workspace: Workspace) -> pa.Table:
    with workspace.db.session(read_only=True) as session:
        return pa.table({"mark": pa.array(store.replayed_marks(session), pa.string())})
