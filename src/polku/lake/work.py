"""What a data folder does with a lake: writes its events there, and has blocks of all events built to ask."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Protocol, runtime_checkable

from polku.collect.store import ensure_source, sources
from polku.errors import InvalidInput
from polku.journeys import Resolved, Rules, Touchpoints
from polku.lake.who import who_is_who
from polku.profiles import Identities
from polku.profiles.decisions import version as identity_version
from polku.store.lake.building import PartFile, Plan
from polku.store.lake.collectors import Collector, Damage, LakeSource, collectors
from polku.store.lake.place import Place
from polku.store.lake.versions import LakeIdentity, Version, current, new_version, open_version
from polku.store.lake.writing import Written, collector_id
from polku.store.lake.writing import write as write_parts
from polku.workspace import Workspace

FEWEST_BUCKETS: Final = 64
MOST_BUCKETS: Final = 16_384
EVENTS_A_BUCKET: Final = 2_000_000
"""A worker sorts one bucket at a time: this many take some 500 MB."""


@runtime_checkable
class Builds(Protocol):
    """An engine that builds blocks of a lake."""

    def build(
        self,
        plan: Plan,
        parts: Sequence[PartFile],
        *,
        as_of: datetime,
        events: int,
        seen: dict[str, int],
        damaged: Sequence[Damage],
    ) -> Version: ...


@dataclass(frozen=True, slots=True)
class UnreadFile:
    """A file of the lake that could not be used."""

    file: str
    why: str


@dataclass(frozen=True, slots=True)
class Built:
    """The blocks that questions are now asked of."""

    as_of: datetime
    events: int
    profiles: int
    collectors: int
    damaged: tuple[UnreadFile, ...]


def lake_of(workspace: Workspace) -> Place:
    """The lake of the settings. Raises InvalidInput if there is none."""
    return named_lake(workspace.settings.lake)


def named_lake(name: str) -> Place:
    if not name:
        raise InvalidInput("No lake is named. Give --lake FOLDER, or set POLKU_LAKE.")
    return Place(name)


def write(workspace: Workspace, lake: Place | None = None) -> Written:
    """Write what the lake does not have yet of the folder's events. Raises InvalidInput, Conflict, OSError."""
    workspace.store.flush()
    with workspace.db.session(read_only=True) as session:
        named = [LakeSource(s.id, s.name, s.channel) for s in sources(session)]
    place = lake or lake_of(workspace)
    return write_parts(place, collector_id(workspace.settings.folder), workspace.store.snapshot, named)


def build(workspace: Workspace, *, buckets: int = 0) -> Built:
    """Build blocks of all events of the lake by this folder's touchpoint rules and decisions on who is who.

    Sources that the folder does not know are added to it. Raises InvalidInput, NotFound, ClusterUnavailable, and
    Conflict if they are being built just now.
    """
    lake, engine = lake_of(workspace), workspace.engine
    if not isinstance(engine, Builds):
        raise InvalidInput("Blocks of a lake are built on a cluster. Name it: POLKU_ENGINE=spark://HOST:7077")
    asker = collector_id(workspace.settings.folder)
    with lake.alone(f"blocks/{asker}"):
        as_of = datetime.now(UTC)
        found, damaged = collectors(lake)
        found.sort(
            key=lambda c: (c.id != asker, c.id)
        )  # the folder's own is number 0: its events keep their numbers
        if sum(c.id == asker for c in found) == 0:
            found.insert(0, Collector(asker))
        events = sum(c.events for c in found)
        rules, identities = _rules(workspace, found), workspace.part(Identities)
        who = who_is_who(lake, found, identities.rules, identities.decisions())
        folder = new_version(asker)
        plan = Plan(
            lake,
            folder,
            Resolved(LakeIdentity.write(lake, folder, who.version, who.keys, who.profiles), rules),
            _numbers(workspace, found),
            buckets or _buckets(events),
            deduplicate=_share_sources(found),
        )
        parts = [
            PartFile(i, f"{c.place}/{p.files['events'].name}") for i, c in enumerate(found) for p in c.parts
        ]
        seen = {c.id: c.parts[-1].last if c.parts else 0 for c in found}
        made = engine.build(
            plan, parts, as_of=as_of, events=events, seen=seen, damaged=[*damaged, *who.damaged]
        )
    engine.refresh()
    told = tuple(UnreadFile(d.file, d.why) for d in made.damaged)
    return Built(as_of, made.events, made.profiles, sum(map(bool, made.collectors.values())), told)


def is_stale(workspace: Workspace) -> bool:
    """Whether blocks would be others if they were built now."""
    lake = lake_of(workspace)
    folder = current(lake, collector_id(workspace.settings.folder))
    if folder is None:
        return True
    version, identities = open_version(lake, folder), workspace.part(Identities)
    seen = {c.id: c.parts[-1].last for c in collectors(lake)[0] if c.parts}
    held = (
        identity_version(identities.rules, identities.decisions()),
        workspace.part(Touchpoints).rules().version,
    )
    return (seen, *held) != (
        {id: last for id, last in version.collectors.items() if last},
        version.blocks.identity_version,
        version.blocks.rules_version,
    )


def _numbers(workspace: Workspace, found: Sequence[Collector]) -> tuple[dict[int, int], ...]:
    ours = workspace.part(Touchpoints).sources()
    return tuple({s.number: ours[s.name] for s in c.sources} for c in found)


def _rules(workspace: Workspace, found: Sequence[Collector]) -> Rules:
    """The folder's rules, once it knows all sources of the lake."""
    known = workspace.part(Touchpoints).sources()
    new = {s.name: s for c in found for s in c.sources if s.name not in known}
    if new:
        with workspace.db.session() as session:
            for source in new.values():
                ensure_source(session, name=source.name, kind="file", channel=source.channel)
    return workspace.part(Touchpoints).rules()


def _share_sources(found: Sequence[Collector]) -> bool:
    """Whether an event may have come to two collectors: those of one source are told apart by their ids."""
    names = [s.name for c in found if c.parts for s in c.sources]
    return len(set(names)) < len(names)


def _buckets(events: int) -> int:
    buckets = FEWEST_BUCKETS
    while buckets < MOST_BUCKETS and events > buckets * EVENTS_A_BUCKET:
        buckets *= 2
    return buckets
