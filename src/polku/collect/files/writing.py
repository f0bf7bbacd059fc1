"""Handing an import's events and rejected rows to its target, and counting them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import Future
from datetime import datetime
from itertools import islice
from typing import Final

import pyarrow as pa

from polku.collect.files import details
from polku.collect.files.mapping import Source, TouchpointPlan
from polku.collect.files.staging import BadRow
from polku.collect.files.summary import ImportSummary, Rejection
from polku.collect.files.target import Target, begun
from polku.errors import Words
from polku.store import INCOMING, REJECTED, Appended, EventType

PREVIEWED: Final = 4
"""Events of each kind that a dry run shows."""

_PREVIEWED_COLUMNS: Final = [
    "occurred_at", "name", "user_id", "anonymous_id", "identifiers", "value", "score", "properties",
]  # fmt: skip
_EXAMPLES: Final = 3
_JSON: Final = json.JSONEncoder(ensure_ascii=False)


class Writer:
    """Hands events and rejections to the target; in a dry run it only counts them."""

    def __init__(self, target: Target, source: Source, summary: ImportSummary, at: datetime) -> None:
        self._target, self._summary, self._at, self._dry = target, summary, at, summary.dry_run
        self._source = source
        self.source = 0 if self._dry else target.source_id(source)
        self._counts: dict[str, int] = {}
        self._shown: dict[str, list[Words]] = {}

    def touchpoints(self, plans: Sequence[TouchpointPlan]) -> None:
        """Install those that are not there yet."""
        self._summary.touchpoints = list(plans)
        if plans and not self._dry:
            self._summary.touchpoints_added = self._target.install_touchpoints(plans, self._source)

    def events(self, type_: EventType, good: pa.Table) -> Appended:
        """Store events, and count those that contradict what is there."""
        return self.settled(self.begun(type_, good))

    def begun(self, type_: EventType, good: pa.Table) -> Future[Appended]:
        """Have events stored, after those before; `settled` waits for it."""
        if self._dry or not good.num_rows:
            nothing: Future[Appended] = Future()
            nothing.set_result(Appended(0, 0, 0))
            return nothing
        table = incoming(good, source=self.source, type_=int(type_), received_at=self._at)
        return begun(self._target, table)

    def settled(self, storing: Future[Appended]) -> Appended:
        """What became of events; those that contradict what is there are counted."""
        stored = storing.result()
        if stored.rejected:
            self.count("duplicate_id", stored.rejected, [details.STORED_BEFORE])
        return stored

    def rejected(self, bad: Sequence[BadRow], label: str) -> None:
        """Keep rows that are no events, as they were."""
        for reason, several in Counter(row.reason for row in bad).items():
            first = islice((row for row in bad if row.reason == reason), _EXAMPLES)
            self.count(reason, several, [_example(r) for r in first])
        if self._dry or not bad:
            return
        rows = [
            {
                "received_at": self._at,
                "source": self.source,
                "reason": b.reason,
                "detail": f"{b.file}, {b.row}: {b.detail}",
                "payload": _payload(b, label),
            }
            for b in bad
        ]
        self._target.append(pa.Table.from_pylist(rows, schema=REJECTED))

    def count(self, reason: str, rows: int, examples: Sequence[Words]) -> None:
        self._counts[reason] = self._counts.get(reason, 0) + rows
        shown = self._shown.setdefault(reason, [])
        shown.extend(examples[: max(0, _EXAMPLES - len(shown))])

    def rejections(self) -> list[Rejection]:
        order = sorted(self._counts, key=lambda r: -self._counts[r])
        return [Rejection(r, self._counts[r], tuple(self._shown[r])) for r in order]

    def preview(self, type_: str, good: pa.Table, before: int) -> None:
        """In a dry run, show the first of a kind; `before` came earlier."""
        if self._dry and before < PREVIEWED:
            rows = good.slice(0, PREVIEWED - before)
            there = rows.select([c for c in _PREVIEWED_COLUMNS if c in rows.column_names]).to_pylist()
            nothing = dict.fromkeys(_PREVIEWED_COLUMNS)
            self._summary.preview.extend({"type": type_, **nothing, **row} for row in there)


def _example(row: BadRow) -> Words:
    return Words("%(file)s, %(row)s: %(detail)s", file=row.file, row=row.row, detail=row.detail)


def _payload(row: BadRow, label: str) -> bytes:
    """The row as it was and where: alike in every import, so that it is kept once."""
    told = {"file": row.file, "row": str(row.row), "event": label, "content": row.content}
    return _JSON.encode(told).encode()


def incoming(good: pa.Table, *, source: int, type_: int, received_at: datetime) -> pa.Table:
    """Mapped rows as a table of INCOMING."""
    rows = good.num_rows
    constants: dict[str, object] = {
        "source": source,
        "type": type_,
        "received_at": received_at,
        "context": "{}",
    }
    columns = []
    for column in INCOMING:
        if column.name in constants:
            filled = pa.repeat(pa.scalar(constants[column.name], column.type), rows)
        elif column.name in good.column_names:
            filled = good[column.name].cast(column.type)
        else:
            filled = pa.nulls(rows, column.type)
        columns.append(filled)
    return pa.table(columns, schema=INCOMING)
