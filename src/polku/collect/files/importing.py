"""Importing files: read everything, then map and store it in batches."""

from __future__ import annotations

import json
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Final, Protocol

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from polku.collect.files import details
from polku.collect.files.events import DUPLICATE, EventQuery, event_query
from polku.collect.files.mapping import EventSpec, Mapping
from polku.collect.files.reading import read_files
from polku.collect.files.relations import Relations
from polku.collect.files.staging import (
    FILE,
    ROW,
    ROWS_A_BATCH,
    BadRow,
    Stage,
    open_stage,
    row_numbered,
    row_place,
)
from polku.collect.files.summary import EventSummary, ImportSummary, Rejection
from polku.collect.files.target import Target
from polku.errors import InvalidInput, Words
from polku.store import INCOMING, REJECTED

PREVIEWED: Final = 4
"""Events of each kind that a dry run shows."""

_PREVIEWED_COLUMNS: Final = [
    "occurred_at", "name", "user_id", "anonymous_id", "identifiers", "value", "score", "properties",
]  # fmt: skip
_EXAMPLES: Final = 3
_JSON: Final = json.JSONEncoder(ensure_ascii=False)


class Progress(Protocol):
    """Told how far an import is."""

    def start(self, step: str, total: int) -> None:
        """A step begins: 'read' (total in bytes) or 'store' (in rows)."""

    def advance(self, amount: int) -> None: ...


class _Silent:
    def start(self, step: str, total: int) -> None: ...

    def advance(self, amount: int) -> None: ...


def import_files(
    files: Sequence[Path],
    mapping: Mapping,
    target: Target,
    *,
    dry_run: bool = False,
    keep_going: bool = False,
    progress: Progress | None = None,
    now: datetime | None = None,
    memory_limit: str = "1GB",
    threads: int = 2,
) -> ImportSummary:
    """Import files as a mapping says; importing the same again changes nothing.

    Everything is read before anything is stored. Raises InvalidInput, DamagedFile unless `keep_going`, and what
    `target` raises; then run it again: what was stored is not stored twice.
    """
    began, progress = time.monotonic(), progress or _Silent()
    at = now or datetime.now(UTC)
    summary = ImportSummary(dry_run, mapping.source.name, touchpoints=list(mapping.touchpoint))
    with tempfile.TemporaryDirectory(prefix="polku-import-") as folder:
        stage = open_stage(Path(folder), memory_limit=memory_limit, threads=threads)
        try:
            progress.start("read", sum(p.stat().st_size for p in files if p.is_file()))
            read_files(stage, files, mapping, keep_going=keep_going, advance=progress.advance)
            stage.seal()
            relations = Relations(stage, mapping)
            now_us = int(at.timestamp() * 1_000_000)
            queries = [event_query(relations, spec, now_us=now_us) for spec in mapping.event]
            _store(stage, queries, _Writer(target, mapping, summary, at, dry_run), progress)
        except duckdb.OutOfMemoryException as e:
            raise InvalidInput(
                "The import needs more memory than %(limit)s or more disk for its work.", limit=memory_limit
            ) from e
        finally:
            stage.close()
    _describe(summary, stage)
    summary.seconds = time.monotonic() - began
    return summary


def _describe(summary: ImportSummary, stage: Stage) -> None:
    summary.files = {f.name: f.rows for f in stage.files}
    summary.ignored, summary.notes = stage.ignored, stage.notes


class _Writer:
    """Hands events and rejections to the target and counts them."""

    def __init__(
        self, target: Target, mapping: Mapping, summary: ImportSummary, at: datetime, dry: bool
    ) -> None:
        self._target, self._summary, self._at, self._dry = target, summary, at, dry
        self.source = 0 if dry else target.source_id(mapping.source)
        if mapping.touchpoint and not dry:
            summary.touchpoints_added = target.install_touchpoints(mapping.touchpoint, mapping.source)
        self._counts: dict[str, int] = {}
        self._shown: dict[str, list[Words]] = {}

    def events(self, spec: EventSpec, good: pa.Table) -> tuple[int, int, int]:
        """Store events; returns how many were new, there already, and contradict what is there."""
        table = incoming(good, source=self.source, type_=int(spec.event_type), received_at=self._at)
        if self._dry:
            return 0, 0, 0
        stored = self._target.append(table)
        if stored.rejected:
            self.count("duplicate_id", stored.rejected, [details.STORED_BEFORE])
        return stored.accepted, stored.duplicates, stored.rejected

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


def _store(stage: Stage, queries: Sequence[EventQuery], writer: _Writer, progress: Progress) -> None:
    progress.start("store", sum(q.rows for q in queries))
    writer.rejected(stage.bad_rows, "")
    for query in queries:
        _store_one(stage, query, writer, progress)
    writer._summary.rejections = writer.rejections()


def _store_one(stage: Stage, query: EventQuery, writer: _Writer, progress: Progress) -> None:
    mapped = accepted = duplicates = rejected = done = 0
    for batch in _batches(stage, query):
        good, bad = batch.filter(batch["reason"].is_null()), batch.filter(batch["reason"].is_valid())
        again = pc.equal(bad["reason"], pa.scalar(DUPLICATE))
        duplicates += pc.count(again.filter(again)).as_py()
        faults = _bad_rows(stage, bad.filter(pc.invert(again)))
        writer.rejected(faults, query.spec.label)
        _preview(writer._summary, query.spec, good, mapped)
        new, known, contradicting = writer.events(query.spec, good) if good.num_rows else (0, 0, 0)
        mapped += good.num_rows
        accepted, duplicates = accepted + new, duplicates + known
        rejected += len(faults) + contradicting
        done += batch.num_rows
        progress.advance(batch.num_rows)
    progress.advance(query.rows - done)
    spec = query.spec
    writer._summary.events.append(
        EventSummary(
            spec.label, spec.table, query.rows, query.waiting, mapped, accepted, duplicates, rejected
        )
    )


def _batches(stage: Stage, query: EventQuery) -> Iterator[pa.Table]:
    """An event's rows, some at a time, so that memory does not grow with the files."""
    try:
        with stage.database.cursor() as cursor:
            for batch in cursor.execute(query.sql).to_arrow_reader(ROWS_A_BATCH):
                yield pa.table(batch)
    except duckdb.OutOfMemoryException:
        raise
    except duckdb.Error as e:
        first = str(e).splitlines()[0]
        hint = Words(" Use TRY_CAST(… AS …) where a value may not fit.") if "Conversion" in first else ""
        raise InvalidInput(
            "event '%(event)s': %(why)s.%(hint)s What was stored before stays; importing again is safe.",
            event=query.spec.label,
            why=first,
            hint=hint,
        ) from e


def _bad_rows(stage: Stage, bad: pa.Table) -> list[BadRow]:
    found = []
    for row in bad.select(["reason", "detail", "payload", FILE, ROW]).to_pylist():
        name, number = row_place(stage, row[FILE], row[ROW])
        detail = details.as_words(row["detail"] or "")
        found.append(BadRow(name, row_numbered(number), row["reason"], detail, row["payload"]))
    return found


def _example(row: BadRow) -> Words:
    return Words("%(file)s, %(row)s: %(detail)s", file=row.file, row=row.row, detail=row.detail)


def _payload(row: BadRow, label: str) -> bytes:
    """The row as it was and where: alike in every import, so that it is kept once."""
    told = {"file": row.file, "row": str(row.row), "event": label, "content": row.content}
    return _JSON.encode(told).encode()


def _preview(summary: ImportSummary, spec: EventSpec, good: pa.Table, before: int) -> None:
    if summary.dry_run and before < PREVIEWED:
        rows = good.slice(0, PREVIEWED - before).select(_PREVIEWED_COLUMNS).to_pylist()
        summary.preview.extend({"type": spec.type, **row} for row in rows)


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
