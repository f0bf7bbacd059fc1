"""Importing files: read everything, then map and store it in batches."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from polku.collect.files import details
from polku.collect.files.events import DUPLICATE, EventQuery, event_query
from polku.collect.files.mapping import Mapping
from polku.collect.files.progress import Progress, Silent
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
from polku.collect.files.summary import EventSummary, ImportSummary
from polku.collect.files.target import Target
from polku.collect.files.writing import Writer
from polku.errors import InvalidInput, Words


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
    began, progress = time.monotonic(), progress or Silent()
    at = now or datetime.now(UTC)
    summary = ImportSummary(dry_run, mapping.source.name)
    with tempfile.TemporaryDirectory(prefix="polku-import-") as folder:
        stage = open_stage(Path(folder), memory_limit=memory_limit, threads=threads)
        try:
            progress.start("read", sum(p.stat().st_size for p in files if p.is_file()))
            read_files(stage, files, mapping, keep_going=keep_going, advance=progress.advance)
            stage.seal()
            relations = Relations(stage, mapping)
            now_us = int(at.timestamp() * 1_000_000)
            queries = [event_query(relations, spec, now_us=now_us) for spec in mapping.event]
            writer = Writer(target, mapping.source, summary, at)
            writer.touchpoints(mapping.touchpoint)
            summary.events = _store(stage, queries, writer, progress)
            summary.rejections = writer.rejections()
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


def _store(
    stage: Stage, queries: Sequence[EventQuery], writer: Writer, progress: Progress
) -> list[EventSummary]:
    progress.start("store", sum(q.rows for q in queries))
    writer.rejected(stage.bad_rows, "")
    return [_store_one(stage, query, writer, progress) for query in queries]


def _store_one(stage: Stage, query: EventQuery, writer: Writer, progress: Progress) -> EventSummary:
    mapped = accepted = duplicates = rejected = done = 0
    spec = query.spec
    for batch in _batches(stage, query):
        good, bad = batch.filter(batch["reason"].is_null()), batch.filter(batch["reason"].is_valid())
        again = pc.equal(bad["reason"], pa.scalar(DUPLICATE))
        duplicates += pc.count(again.filter(again)).as_py()
        faults = _bad_rows(stage, bad.filter(pc.invert(again)))
        writer.rejected(faults, spec.label)
        writer.preview(spec.type, good, mapped)
        stored = writer.events(spec.event_type, good)
        mapped += good.num_rows
        accepted, duplicates = accepted + stored.accepted, duplicates + stored.duplicates
        rejected += len(faults) + stored.rejected
        done += batch.num_rows
        progress.advance(batch.num_rows)
    progress.advance(query.rows - done)
    return EventSummary(
        spec.label, spec.table, query.rows, query.waiting, mapped, accepted, duplicates, rejected
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
