"""What users ask of collecting."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import ClassVar

from polku.answer import Answer
from polku.collect import store
from polku.collect.replay import RejectedGroup, rejected_groups
from polku.collect.sources import KnownSources
from polku.collect.tables import Source
from polku.collect.volumes import EMPTY, Volume, Volumes
from polku.workspace import Query, Role, Workspace


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A source and what it sends; `days` are the last 30 times 24 hours, the oldest first."""

    id: int
    name: str
    kind: str
    channel: str
    public: bool
    disabled: bool
    write_key: str | None
    events: int
    events_24_h: int
    days: tuple[int, ...]
    last_seen: datetime | None


@dataclass(frozen=True, slots=True)
class SourceList(Answer):
    """All sources; `refused_requests` since the start came with no key that is known or open."""

    sources: tuple[SourceRow, ...]
    refused_requests: int


@dataclass(frozen=True, slots=True)
class RejectedList(Answer):
    """What is rejected, by reason and source."""

    events: int
    groups: tuple[RejectedGroup, ...]


class Sources(Query):
    """List sources with their write keys, volume and when they were last heard of."""

    path: ClassVar[str] = "sources"
    role: ClassVar[Role] = "analyst"  # write keys

    def answer(self, workspace: Workspace) -> SourceList:
        volumes = workspace.part(Volumes).by_source(datetime.now(UTC))
        with workspace.db.session(read_only=True) as session:
            rows = [_row(s, volumes.get(s.id, EMPTY)) for s in store.sources(session)]
        return SourceList(tuple(rows), workspace.part(KnownSources).refused.total())


class Rejected(Query):
    """List what was rejected, by reason, with a sample and what to do."""

    path: ClassVar[str] = "rejected"
    role: ClassVar[Role] = "analyst"

    def answer(self, workspace: Workspace) -> RejectedList:
        groups = rejected_groups(workspace)
        return RejectedList(sum(g.events for g in groups), groups)


def _row(source: Source, volume: Volume) -> SourceRow:
    return SourceRow(
        id=source.id,
        name=source.name,
        kind=source.kind,
        channel=source.channel,
        public=source.public,
        disabled=source.disabled_at is not None,
        write_key=source.write_key,
        events=volume.total,
        events_24_h=volume.last_24_h,
        days=volume.days,
        last_seen=volume.last_seen,
    )
