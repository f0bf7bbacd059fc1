"""What collectors have put into a lake: parts, each the events of a range of numbers, named by a manifest."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Self

import pyarrow as pa

from polku.errors import FolderTooNew
from polku.store.lake.place import HALF, Found, Place
from polku.store.schema import EDGES, EVENTS, IDENTIFIERS

log = logging.getLogger(__name__)

FORMAT: Final = 1
COLLECTORS: Final = "collectors"
KEEP_REPLACED: Final = timedelta(hours=6)
"""Files that bigger ones have replaced stay for whoever is reading them just then."""

_ARRIVED: Final = EVENTS.field("received_at")
TABLES: Final = {
    "events": EVENTS,
    "identifiers": IDENTIFIERS.append(_ARRIVED),
    "edges": EDGES.append(_ARRIVED),
}
"""As in a data folder, but identifiers and edges say when their event arrived: numbers are one collector's own."""


@dataclass(frozen=True, slots=True)
class LakeFile:
    """One Parquet file, by its place in the collector's folder."""

    name: str
    rows: int
    bytes: int


@dataclass(frozen=True, slots=True)
class Part:
    """The events numbered `first` to `last`, and the identifiers and edges that they showed first."""

    first: int
    last: int
    mark: str  # the hash of the last event's id
    received_at: str  # of the last event
    files: dict[str, LakeFile]  # by table; a table without rows has none

    @property
    def rows(self) -> int:
        return self.last - self.first + 1


@dataclass(frozen=True, slots=True)
class LakeSource:
    """A source as the collector knows it."""

    number: int
    name: str
    channel: str


@dataclass(frozen=True, slots=True)
class Collector:
    """A data folder that writes to the lake. `parts` are in order and have no number in common."""

    id: str
    host: str = ""
    sources: tuple[LakeSource, ...] = ()
    parts: tuple[Part, ...] = ()
    replaced: tuple[tuple[str, str], ...] = ()  # files and when they were replaced
    written_at: str = ""

    @property
    def place(self) -> str:
        return f"{COLLECTORS}/{self.id}"

    @property
    def events(self) -> int:
        return sum(p.rows for p in self.parts)

    @property
    def bytes(self) -> int:
        return sum(f.bytes for f in self.files)

    @property
    def files(self) -> list[LakeFile]:
        return [f for p in self.parts for f in p.files.values()]

    @property
    def received_at(self) -> datetime | None:
        """When the last of its events arrived."""
        return datetime.fromisoformat(self.parts[-1].received_at) if self.parts else None

    @classmethod
    def read(cls, lake: Place, id: str) -> Self:
        """What is known of a collector; one without parts if it has written nothing yet.

        Raises FolderTooNew; OSError, ValueError, KeyError and TypeError if its manifest cannot be read.
        """
        raw: dict[str, Any] | None = lake.read_json(f"{COLLECTORS}/{id}/manifest.json")
        if raw is None:
            return cls(id)
        if raw["format"] > FORMAT:
            raise FolderTooNew(
                "Collector %(collector)s of the lake was written by a newer Polku. Upgrade this one.",
                collector=id,
            )
        parts = (
            Part(**p | {"files": {t: LakeFile(**f) for t, f in p["files"].items()}}) for p in raw["parts"]
        )
        return cls(
            id,
            raw["host"],
            tuple(LakeSource(**s) for s in raw["sources"]),
            tuple(sorted(parts, key=lambda p: p.first)),
            tuple((f, at) for f, at in raw["replaced"]),
            raw["written_at"],
        )

    def write(self, lake: Place) -> Self:
        """Replace its manifest; from then on others see what it names."""
        written = replace(self, written_at=datetime.now(UTC).isoformat())
        lake.write_json(f"{self.place}/manifest.json", {"format": FORMAT, **asdict(written)})
        return written

    def without(self, parts: Sequence[Part]) -> Self:
        """Without these parts, whose files are deleted in a while."""
        now = datetime.now(UTC).isoformat()
        gone = {p.first for p in parts}
        files = tuple((f.name, now) for p in parts for f in p.files.values())
        kept = tuple(p for p in self.parts if p.first not in gone)
        return replace(self, parts=kept, replaced=(*self.replaced, *files))

    def with_parts(self, parts: Sequence[Part]) -> Self:
        return replace(self, parts=tuple(sorted((*self.parts, *parts), key=lambda p: p.first)))

    def damaged(self, there: Sequence[Found]) -> list[Part]:
        """Parts of which a file is missing or has another size than it should."""
        sizes = {f.name: f.bytes for f in there}
        return [p for p in self.parts if any(sizes.get(f.name) != f.bytes for f in p.files.values())]

    def missing(self, last: int) -> Iterator[tuple[int, int]]:
        """The ranges of numbers from 1 to `last` that no part has."""
        first = 1
        for part in self.parts:
            if part.first > first:
                yield first, min(part.first - 1, last)
            first = max(first, part.last + 1)
        if first <= last:
            yield first, last

    def cleaned(self, lake: Place, there: Sequence[Found]) -> Self:
        """Delete what was replaced a while ago, and what a crash left half made; call it with the folder locked."""
        now = datetime.now(UTC)
        due = {f for f, at in self.replaced if datetime.fromisoformat(at) < now - KEEP_REPLACED}
        known = {f.name for f in self.files} | {f for f, _ in self.replaced}
        left = {
            f.name
            for f in there
            if f.name not in known and (f.name.split("/")[0] in TABLES or HALF in f.name)
        }
        for name in due | left:
            lake.remove(f"{self.place}/{name}")
        return replace(self, replaced=tuple((f, at) for f, at in self.replaced if f not in due))


@dataclass(frozen=True, slots=True)
class Damage:
    """A file of the lake that cannot be used, and why."""

    file: str
    why: str


def collectors(lake: Place) -> tuple[list[Collector], list[Damage]]:
    """All collectors of a lake by their ids, and those whose manifest cannot be read. Raises NotFound."""
    lake.check()
    found, damaged = [], []
    for id in lake.folders(COLLECTORS):
        try:
            found.append(Collector.read(lake, id))
        except (OSError, ValueError, KeyError, TypeError, AttributeError, pa.ArrowException) as e:
            damaged.append(Damage(f"{COLLECTORS}/{id}/manifest.json", repr(e)))
    for one in damaged:
        log.warning("lake_file_unusable file=%s reason=%s", one.file, one.why)
    return found, damaged
