"""Segments: the immutable Parquet files of the event store, and the manifest that names them."""

from __future__ import annotations

import json
import os
import time
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Final, Self

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from polku.errors import FolderTooNew, PolkuError, Words
from polku.store.journal import Position, sync_folder
from polku.store.schema import EDGES, EVENTS, IDENTIFIERS, REJECTED

FORMAT: Final = 1
KEEP_REPLACED_S: Final = 600.0
TABLES: Final = {"events": EVENTS, "identifiers": IDENTIFIERS, "edges": EDGES, "rejected": REJECTED}
ROW_GROUP = 5_000
"""Rows that are read together: small, so that single events are found fast."""
_REPETITIVE = ("source", "type", "name", "path", "kind", "reason", "detail")
"""Columns of few distinct values, which are written as a dictionary; for others that only costs time and room."""


_RESTORE = Words("Check the disk and restore the whole data folder from one copy. Nothing has been changed.")


class StoreDamaged(PolkuError):
    """What the manifest says is there is not."""

    code = "store_damaged"


def _unreadable(path: Path, why: object) -> StoreDamaged:
    return StoreDamaged(
        "%(path)s cannot be read (%(why)s). %(restore)s", path=path, why=why, restore=_RESTORE
    )


@dataclass(frozen=True, slots=True)
class Segment:
    """One file of one table. `first_seq` and `last_seq` are of events; times in microseconds since 1970."""

    file: str
    rows: int
    first_seq: int = 0
    last_seq: int = -1
    first_time: int = 0
    last_time: int = 0


@dataclass(frozen=True, slots=True)
class Manifest:
    """What the store consists of: replaced as a whole, so that all tables and the journal agree."""

    applied: Position = field(default_factory=lambda: Position(1, 0))
    next_seq: int = 1
    next_file: int = 1
    segments: dict[str, tuple[Segment, ...]] = field(default_factory=lambda: dict.fromkeys(TABLES, ()))

    @classmethod
    def read(cls, folder: Path, journal: Path) -> Self:
        """The manifest of a folder; an empty one where nothing has been written yet.

        Raises FolderTooNew if a newer Polku wrote it, StoreDamaged if it is missing or cannot be read.
        """
        path = folder / "manifest.json"
        if not path.exists():
            return cls._first(path, journal)
        try:
            raw: dict[str, Any] = json.loads(path.read_text())
            if raw["format"] > FORMAT:
                raise FolderTooNew(
                    "%(folder)s was written by a newer Polku (format %(format)s; this one knows %(known)s). "
                    "Upgrade Polku; this version leaves the folder as it is.",
                    folder=folder,
                    format=raw["format"],
                    known=FORMAT,
                )
            segments = {t: tuple(Segment(**s) for s in raw["segments"].get(t, ())) for t in TABLES}
            return cls(Position(**raw["applied"]), raw["next_seq"], raw["next_file"], segments)
        except (ValueError, KeyError, TypeError, AttributeError) as e:
            raise _unreadable(path, repr(e)) from e

    @classmethod
    def _first(cls, path: Path, journal: Path) -> Self:
        """TRICKY: segments that no manifest names are deleted as left by a crash. Without a manifest that is right
        only if the journal still has everything from its beginning."""
        if any(path.parent.glob("*.parquet")) and not (journal / "000001.log").exists():
            raise StoreDamaged(
                "%(path)s is missing, but there are segments beside it. %(restore)s",
                path=path,
                restore=_RESTORE,
            )
        return cls()

    def check_segments(self, folder: Path) -> None:
        """Raises StoreDamaged if a file that the manifest names is missing or half written."""
        for table, several in self.segments.items():
            for segment in several:
                path = folder / segment.file
                try:
                    rows = pq.read_metadata(path).num_rows
                except (OSError, pa.ArrowException) as e:
                    raise _unreadable(path, e) from e
                if rows != segment.rows:
                    raise StoreDamaged(
                        "%(path)s holds %(rows)s rows of %(table)s; it should hold %(expected)s. %(restore)s",
                        path=path,
                        rows=rows,
                        table=table,
                        expected=segment.rows,
                        restore=_RESTORE,
                    )

    def write(self, folder: Path) -> None:
        """Replace the manifest on disk, durably and at once."""
        raw = {"format": FORMAT, **asdict(self)}
        draft = folder / "manifest.json.new"
        with draft.open("w") as f:
            json.dump(raw, f, indent=1)
            f.flush()
            os.fsync(f.fileno())
        draft.replace(folder / "manifest.json")
        sync_folder(folder)

    def with_segments(self, table: str, kept: tuple[Segment, ...], added: Segment) -> Self:
        return replace(self, next_file=self.next_file + 1, segments=self.segments | {table: (*kept, added)})


class Segments:
    """The segment files of one folder and the manifest that names them. Other files of segments are deleted on
    opening: a crash left them. Raises FolderTooNew and StoreDamaged."""

    def __init__(self, folder: Path, journal: Path, rows: int) -> None:
        self._folder, self.rows = folder, rows
        folder.mkdir(parents=True, exist_ok=True)
        self.manifest = Manifest.read(folder, journal)
        self.manifest.check_segments(folder)
        named = {s.file for several in self.manifest.segments.values() for s in several}
        for path in folder.glob("*.parquet"):
            if path.name not in named:
                path.unlink()
        self._replaced: deque[tuple[float, Path]] = deque()

    def write(
        self, tables: Mapping[str, tuple[pa.Table, ...]], applied: Position, next_seq: int
    ) -> list[Segment]:
        """Make segments of tables, which the manifest then names; returns small last ones that were joined with
        them and are to be forgotten. Raises OSError if they do not fit; nothing has changed then."""
        manifest = self.manifest
        replaced: list[Segment] = []
        for name, chunks in tables.items():
            if not chunks:
                continue
            rows = pa.concat_tables(chunks)
            kept = list(manifest.segments[name])
            while kept and kept[-1].rows + rows.num_rows <= self.rows:
                replaced.append(kept[-1])
                rows = pa.concat_tables([pq.read_table(self._folder / kept.pop().file), rows])
            segment = write_segment(self._folder, f"{manifest.next_file:08d}", name, rows)
            manifest = manifest.with_segments(name, tuple(kept), segment)
        manifest = replace(manifest, applied=applied, next_seq=next_seq)
        manifest.write(self._folder)
        self.manifest = manifest
        return replaced

    def forget(self, replaced: Sequence[Segment]) -> None:
        """Delete replaced files once no reader can still be opening them."""
        now = time.monotonic()
        self._replaced.extend((now, self._folder / s.file) for s in replaced)
        while self._replaced and self._replaced[0][0] < now - KEEP_REPLACED_S:
            self._replaced.popleft()[1].unlink(missing_ok=True)


def write_segment(folder: Path, name: str, table: str, rows: pa.Table) -> Segment:
    """Write rows as a segment file and sync it. Raises OSError, and leaves nothing behind, if it does not fit."""
    file = f"{table}-{name}.parquet"
    columns = [f.name for f in TABLES[table] if f.name in _REPETITIVE]
    try:
        with (folder / file).open("wb") as f:
            pq.write_table(
                rows,
                f,
                compression="zstd",
                compression_level=1,
                row_group_size=ROW_GROUP,
                use_dictionary=columns,
            )
            f.flush()
            os.fsync(f.fileno())
    except OSError:
        (folder / file).unlink(missing_ok=True)
        raise
    if table != "events":
        return Segment(file, rows.num_rows)
    times = pc.min_max(rows["occurred_at"].cast(pa.int64())).as_py()
    seqs = pc.min_max(rows["seq"]).as_py()
    return Segment(file, rows.num_rows, seqs["min"], seqs["max"], times["min"], times["max"])
