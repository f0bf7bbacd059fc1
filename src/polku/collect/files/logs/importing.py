"""Importing logs, which need no mapping: all is read, then it is stored in batches."""

from __future__ import annotations

import tempfile
import time
from collections import Counter, deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from polku.collect.files import details
from polku.collect.files.limits import LONGEST_NAME, MOST_PROPERTIES
from polku.collect.files.logs import ocel
from polku.collect.files.logs.activities import MOST, plans_of
from polku.collect.files.logs.logged import Spool
from polku.collect.files.logs.unpacking import LogFile, unpacked
from polku.collect.files.logs.xes import XesReader
from polku.collect.files.logs.xes_events import logged as logged_of_xes
from polku.collect.files.mapping import Source
from polku.collect.files.progress import Progress, Silent
from polku.collect.files.staging import BadRow, line_numbered, row_numbered
from polku.collect.files.summary import EventSummary, ImportSummary
from polku.collect.files.target import Target
from polku.collect.files.writing import Writer
from polku.errors import InvalidInput, PolkuError, Words
from polku.store import Appended, EventType

CHANNEL: Final = "other"
_LONGEST_SOURCE: Final = 80
_AT_ONCE: Final = 4
"""Batches that are on their way into the store while others are made ready."""
_BEGINNING: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class _Read:
    """A log that has been read."""

    file: LogFile
    title: str
    spool: Spool
    notes: tuple[Words, ...]

    @property
    def label(self) -> str:
        return "(concept:name)" if self.file.form == "xes" else "(type)"


def import_logs(
    files: Sequence[Path],
    target: Target,
    *,
    source: str | None = None,
    customer_type: str | None = None,
    dry_run: bool = False,
    keep_going: bool = False,
    progress: Progress | None = None,
    now: datetime | None = None,
) -> ImportSummary:
    """Import logs: of XES each trace is a customer, of OCEL each object of `customer_type`.

    The source is called `source`, else as the log calls itself, else as the file. Importing the same again changes
    nothing. All is read before anything is stored. Raises InvalidInput, DamagedFile unless `keep_going`, and what
    `target` raises; then run it again.
    """
    began, progress, at = time.monotonic(), progress or Silent(), now or datetime.now(UTC)
    now_us = (at - _BEGINNING) // timedelta(microseconds=1)
    with tempfile.TemporaryDirectory(prefix="polku-import-") as folder:
        progress.start("read", sum(p.stat().st_size for p in files if p.is_file()))
        logs = [
            _opened(path, Path(folder) / str(number), customer_type, now_us, keep_going, progress)
            for number, path in enumerate(files)
        ]
        name = source or _common_title(logs)
        summary = ImportSummary(dry_run, name, files={log.file.name: log.spool.rows.total() for log in logs})
        writer = Writer(target, Source(name=name, channel=CHANNEL), summary, at)
        _install(writer, logs, summary)
        progress.start("store", sum(log.spool.rows.total() for log in logs))
        for log in logs:
            summary.notes += log.notes
            summary.events += _store(log, writer, progress)
    summary.rejections = writer.rejections()
    summary.seconds = time.monotonic() - began
    return summary


def _opened(
    path: Path, folder: Path, customer_type: str | None, now_us: int, keep_going: bool, progress: Progress
) -> _Read:
    folder.mkdir()
    file = unpacked(path, folder, keep_going=keep_going)
    packed = path.stat().st_size / max(1, file.path.stat().st_size)
    return _read(file, folder, customer_type, now_us, lambda size: progress.advance(round(size * packed)))


def _read(
    file: LogFile, folder: Path, customer_type: str | None, now_us: int, advance: Callable[[int], None]
) -> _Read:
    spool, notes = Spool(folder / "events.arrow"), []
    if file.damage:
        notes.append(Words("%(file)s is damaged: %(damage)s", file=file.name, damage=file.damage))
    if file.form == "xes" and customer_type is not None:
        raise InvalidInput(
            "%(file)s is XES: its traces are the customers. Leave out --customer-type, which is for OCEL.",
            file=file.name,
        )
    if file.form != "xes":
        objects = ocel.ObjectCentric(file, folder, customer_type, advance)
        for batch in objects.logged(now_us=now_us):
            spool.add(batch)
        return _Read(file, "", spool, (*notes, *objects.notes))
    reader, unzoned = XesReader(file), 0
    for batch in logged_of_xes(reader, advance, now_us=now_us):
        spool.add(batch)
        read = pc.and_(batch["written"].is_valid(), batch["occurred_at"].is_valid())
        unzoned += pc.sum(read).as_py() or 0
    if unzoned:
        notes.append(
            Words(
                "%(file)s: times that do not say their zone, taken to be UTC: %(times)s.",
                file=file.name,
                times=f"{unzoned:,}",
            )
        )
    return _Read(file, reader.title, spool, tuple(notes))


def _common_title(logs: Sequence[_Read]) -> str:
    """What all the logs call themselves. Raises InvalidInput if that differs."""
    titles = dict.fromkeys((log.title.strip() or _stem(log.file.name))[:_LONGEST_SOURCE] for log in logs)
    if len(titles) > 1:
        raise InvalidInput(
            "These are several logs: %(titles)s. Import them one by one, or say with --source NAME what they are "
            "called together.",
            titles=", ".join(titles),
        )
    return next(iter(titles))


def _stem(name: str) -> str:
    plain = name.removesuffix(".gz")
    return (plain.rpartition(".")[0] or plain).removesuffix(".ocel")


def _install(writer: Writer, logs: Sequence[_Read], summary: ImportSummary) -> None:
    names: Counter[str] = Counter()
    for log in logs:
        names.update(log.spool.names)
    plans = plans_of(names, summary.source)
    if len(names) > MOST:
        summary.notes.append(
            Words(
                "There are %(activities)s different activities; the %(most)s most frequent have touchpoints. Make "
                "others on the Touchpoints page, or a few that cover many with *.",
                activities=f"{len(names):,}",
                most=MOST,
            )
        )
    try:
        writer.touchpoints(plans)
    except PolkuError as e:  # also from a server
        if e.code != InvalidInput.code:
            raise
        # the company has other stages: it will say itself which of them these belong to
        writer.touchpoints([p.model_copy(update={"stage": None}) for p in plans])


def _store(log: _Read, writer: Writer, progress: Progress) -> list[EventSummary]:
    """Store what happened, and what is said of customers. While one batch is applied the next is made durable."""
    kinds = {
        kind: EventSummary(label, log.file.name, log.spool.rows[kind], 0, 0, 0, 0, 0)
        for kind, label in ((EventType.TRACK, log.label), (EventType.IDENTIFY, "identify"))
    }
    waiting: deque[tuple[EventType, Future[Appended]]] = deque()

    def settle(most: int) -> None:
        while len(waiting) > most:
            kind, storing = waiting.popleft()
            stored = writer.settled(storing)
            kinds[kind] = replace(
                kinds[kind],
                accepted=kinds[kind].accepted + stored.accepted,
                duplicates=kinds[kind].duplicates + stored.duplicates,
                rejected=kinds[kind].rejected + stored.rejected,
            )

    for batch in log.spool.batches():
        for kind, before in kinds.items():
            good, bad = _judged(log, batch.filter(pc.equal(batch["type"], int(kind))))
            writer.rejected(bad, before.label)
            writer.preview(kind.name.lower(), good, before.mapped)
            kinds[kind] = replace(
                before, mapped=before.mapped + good.num_rows, rejected=before.rejected + len(bad)
            )
            waiting.append((kind, writer.begun(kind, good)))
        settle(_AT_ONCE)
        progress.advance(batch.num_rows)
    settle(0)
    return [e for e in kinds.values() if e.rows]


def _judged(log: _Read, rows: pa.Table) -> tuple[pa.Table, list[BadRow]]:
    """What are events, and what are none."""
    good = rows.filter(rows["reason"].is_null())
    at = good["occurred_at"].cast(pa.timestamp("us", tz="UTC"))
    good = good.set_column(good.schema.get_field_index("occurred_at"), "occurred_at", at)
    return good, _bad_rows(log, rows.filter(rows["reason"].is_valid()))


def _bad_rows(log: _Read, rows: pa.Table) -> list[BadRow]:
    place = line_numbered if log.file.form == "xes" else row_numbered
    return [
        BadRow(log.file.name, place(r["row"] or 0), r["reason"], _detail(r), r["content"] or "")
        for r in rows.select(["reason", "written", "occurred_at", "row", "content"]).to_pylist()
    ]


def _detail(row: dict[str, object]) -> Words:
    match row["reason"]:
        case "no_time":
            return details.NO_TIME
        case "bad_time":
            return Words(details.NO_ISO_TIME.template, time=row["written"])
        case "time_out_of_range":
            at = _BEGINNING + timedelta(microseconds=int(str(row["occurred_at"])))
            return Words(details.IMPOSSIBLE_TIME.template, time=row["written"] or at.isoformat())
        case "no_identifier":
            return details.NO_CASE
        case "no_name":
            return details.NO_NAME
        case _:
            return Words(details.TOO_LARGE.template, bytes=f"{MOST_PROPERTIES:,}", letters=LONGEST_NAME)
