"""What is in a lake."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from polku.lake.work import UnreadFile
from polku.store.lake.collectors import Collector, collectors
from polku.store.lake.place import Place


@dataclass(frozen=True, slots=True)
class ListedCollector:
    """A data folder that writes to the lake, and how far it got."""

    collector: str
    host: str
    sources: tuple[str, ...]
    events: int
    files: int
    bytes: int
    received_at: datetime | None  # when the last of its events arrived
    written_at: datetime | None


@dataclass(frozen=True, slots=True)
class LakeContents:
    """All collectors of a lake; an event that two of them were handed is counted twice."""

    events: int
    bytes: int
    collectors: tuple[ListedCollector, ...]
    damaged: tuple[UnreadFile, ...]


def contents(lake: Place) -> LakeContents:
    """What is in a lake, and which files of it are damaged. Raises NotFound."""
    found, damaged = collectors(lake)
    listed = tuple(_listed(c) for c in found)
    broken = [
        UnreadFile(f"{c.place}/{f.name}", "missing or half written")
        for c in found
        for part in c.damaged(lake.names(c.place))
        for f in part.files.values()
    ]
    told = (*(UnreadFile(d.file, d.why) for d in damaged), *broken)
    return LakeContents(sum(c.events for c in listed), sum(c.bytes for c in listed), listed, told)


def _listed(collector: Collector) -> ListedCollector:
    return ListedCollector(
        collector.id,
        collector.host,
        tuple(s.name for s in collector.sources),
        collector.events,
        len(collector.files),
        collector.bytes,
        collector.received_at,
        datetime.fromisoformat(collector.written_at) if collector.written_at else None,
    )
