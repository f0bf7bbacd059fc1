"""Versions of a lake's journey blocks: each in a folder of its own, one of them current."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any, Final, overload

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from polku.errors import NotReady
from polku.store.blocks import Block, Blocks, Kind, block_of
from polku.store.duck import DuckDb
from polku.store.lake.building import Bucket
from polku.store.lake.collectors import Damage
from polku.store.lake.place import Place
from polku.store.segments import TABLES, Segment
from polku.store.snapshot import Snapshot

FORMAT: Final = 1
BLOCKS: Final = "blocks"
KEEP_OLD: Final = timedelta(hours=1)
_NAME_TIME: Final = "%Y%m%dT%H%M%S"

Keys = npt.NDArray[np.uint64]


def new_version(asker: str) -> str:
    """The folder of blocks that are to be built for a data folder."""
    return f"{BLOCKS}/{asker}/{datetime.now(UTC):{_NAME_TIME}}-{secrets.token_hex(4)}"


@dataclass(frozen=True)
class LakeIdentity:
    """Who is who in a lake: profiles of identifier keys, in a file that every worker maps into its memory."""

    lake: Place
    folder: str
    version: int

    @classmethod
    def write(cls, lake: Place, folder: str, version: int, keys: Keys, profiles: Keys) -> LakeIdentity:
        """Keep those who have another profile than themselves (0: their value means nobody)."""
        order = np.argsort(keys)
        order = order[keys[order] != profiles[order]]
        batch = pa.record_batch({"key": pa.array(keys[order]), "profile": pa.array(profiles[order])})

        def fill(sink: Any) -> None:
            with pa.ipc.new_file(sink, batch.schema) as writer:
                writer.write_batch(batch)

        lake.write(f"{folder}/identity.arrow", fill)
        return cls(lake, folder, version)

    def __reduce__(self) -> Any:
        return LakeIdentity, (self.lake, self.folder, self.version)

    @cached_property
    def _arrays(self) -> tuple[Keys, Keys]:
        batch = pa.ipc.open_file(self.lake.read(f"{self.folder}/identity.arrow")).get_batch(0)
        return batch.column("key").to_numpy(), batch.column("profile").to_numpy()

    def profiles(self, keys: Keys) -> Keys:
        """The profile of each key; itself if nothing else is known, 0 for 0 and for values that mean nobody."""
        known, profiles = self._arrays
        if not len(known) or not len(keys):
            return keys
        asked, at = np.unique(keys, return_inverse=True)  # in order, so that the file is read once through
        place = np.minimum(np.searchsorted(known, asked), len(known) - 1)
        found: Keys = np.where(known[place] == asked, profiles[place], asked)[at]
        return found


class LakeBlocks(Sequence[Block]):
    """The blocks of a version, each opened when it is first looked at: most are looked at only by workers."""

    def __init__(self, lake: Place, folder: str, names: Sequence[str]) -> None:
        self._lake, self.folder, self._names = lake, folder, names
        self._open: dict[int, Block] = {}

    def __len__(self) -> int:
        return len(self._names)

    @overload
    def __getitem__(self, at: int) -> Block: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Block]: ...
    def __getitem__(self, at: int | slice) -> Block | Sequence[Block]:
        if isinstance(at, slice):
            return [self[i] for i in range(*at.indices(len(self)))]
        if not 0 <= at < len(self):
            raise IndexError(at)
        if at not in self._open:
            self._open[at] = open_block(self._lake, self.folder, self._names[at])
        return self._open[at]


def open_block(lake: Place, folder: str, name: str) -> Block:
    """Map a block of a version into memory; where the lake is elsewhere, read it."""
    return block_of(name, lambda file: lake.read(f"{folder}/{file}"))


@dataclass(frozen=True, slots=True)
class Version:
    """Blocks of a lake, what is in them, and from what they were made."""

    folder: str
    blocks: Blocks
    events: int
    profiles: int
    collectors: Mapping[str, int]  # in order of their numbers, the last event of each that is in them
    said: tuple[tuple[str, int], ...] = ()  # files of statements and their rows
    damaged: tuple[Damage, ...] = field(default=())

    def statements(self, lake: Place, duckdb: DuckDb) -> Snapshot:
        """What is said of profiles, as events whose key is their profile.

        Raises NotReady where the lake is not in a folder of this machine.
        """
        if lake.folder is None:
            raise NotReady(
                "Traits of customers can be asked about only where the lake is in a folder that this machine sees."
            )
        segments = tuple(Segment(f, rows, 1, 2**62) for f, rows in self.said)
        none: dict[str, tuple[Any, ...]] = dict.fromkeys(TABLES, ())
        # numbered by its own: whoever has read another version must not take this one for its continuation
        return Snapshot(lake.folder / self.folder, 2**62, {**none, "events": segments}, none, duckdb)


def publish(
    lake: Place,
    folder: str,
    buckets: Sequence[Bucket],
    *,
    kinds: Sequence[Kind],
    as_of: datetime,
    identity_version: int,
    rules_version: str,
    collectors: Mapping[str, int],
    damaged: Sequence[Damage],
) -> Version:
    """Make finished blocks the current ones, and delete older ones that nobody reads any more. Raises OSError."""
    files = tuple(b.name for b in buckets)
    told = tuple(dict.fromkeys((*damaged, *(d for b in buckets for d in b.damaged))))
    said = tuple((f"{b.name}.said.parquet", b.said) for b in buckets if b.said)
    events, profiles = sum(b.events for b in buckets), sum(b.profiles for b in buckets)
    blocks = Blocks(
        LakeBlocks(lake, folder, files),
        tuple(kinds),
        0,
        as_of,
        identity_version,
        rules_version,
        files,
        (events, profiles),
    )
    made = Version(folder, blocks, events, profiles, dict(collectors), said, told)
    raw = {
        "format": FORMAT,
        **blocks.manifest,
        "events": events,
        "profiles": profiles,
        "collectors": made.collectors,
        "said": said,
        "damaged": [asdict(d) for d in told],
    }
    lake.write_json(f"{folder}/manifest.json", raw)
    place, _, name = folder.rpartition("/")
    before = current(lake, place.rpartition("/")[2])
    lake.write_json(f"{place}/current.json", {"version": name})
    _remove_old(lake, place, {folder, before})
    return made


def current(lake: Place, asker: str) -> str | None:
    """The folder of the current blocks of a data folder; None before any were built. Raises OSError, ValueError."""
    raw = lake.read_json(f"{BLOCKS}/{asker}/current.json")
    return f"{BLOCKS}/{asker}/{raw['version']}" if raw else None


def open_version(lake: Place, folder: str) -> Version:
    """Raises OSError, KeyError, TypeError and ValueError if it cannot be used."""
    raw = lake.read_json(f"{folder}/manifest.json")
    if raw is None or raw["format"] != FORMAT:
        raise ValueError(f"{folder} has no manifest of format {FORMAT}")
    blocks = Blocks.of(raw, lambda files: LakeBlocks(lake, folder, files))
    return Version(
        folder,
        replace(blocks, counted=(raw["events"], raw["profiles"])),
        raw["events"],
        raw["profiles"],
        raw["collectors"],
        tuple((f, rows) for f, rows in raw["said"]),
        tuple(Damage(**d) for d in raw["damaged"]),
    )


def _remove_old(lake: Place, place: str, kept: Collection[str | None]) -> None:
    """Other versions an hour after they were begun, also those that were never finished."""
    due = datetime.now(UTC) - KEEP_OLD
    for name in lake.folders(place):
        begun = datetime.strptime(name.split("-")[0], _NAME_TIME).replace(tzinfo=UTC)
        if f"{place}/{name}" not in kept and begun < due:
            lake.remove(f"{place}/{name}")
