"""Journey blocks: the events of a bucket of profiles, sorted by (profile, time), memory-mapped.

Derived from the event store and rebuildable at any time; see docs/architecture.md.
"""

from __future__ import annotations

import json
import logging
import mmap
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Self

import numpy as np
import numpy.typing as npt
import pyarrow as pa

log = logging.getLogger(__name__)

FORMAT = 1
BUCKETS = 64
"""Of a data folder's own blocks; those of a lake may have more, so that each fits a worker. A power of two."""
COLUMNS: Final[Mapping[str, np.dtype[Any]]] = {
    "time": np.dtype(np.uint32),  # seconds since 1970, UTC
    "millisecond": np.dtype(np.uint16),  # only for the order
    "touchpoint": np.dtype(np.uint16),  # 0: none
    "kind": np.dtype(np.uint16),  # index into Blocks.kinds
    "source": np.dtype(np.int16),
    "value": np.dtype(np.float32),  # NaN: none
    "score": np.dtype(np.float32),  # −100…100, NaN: none
    "seq": np.dtype(np.int64),
}
"""The columns of a block, each event's row; profiles have theirs beside them."""

Column = npt.NDArray[Any]


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Block:
    """One bucket's journeys: events of `profiles[i]` are rows `starts[i]` to `ends[i]`, in time order.

    `profiles` is uint64 and ascending, `starts` and `ends` int64; the rest as in COLUMNS. Of a block in which only
    some profiles were chosen, `part_of` is the block with all of them, and their places there. `mapped` are the files
    that are read into memory where they are looked at.
    """

    profiles: npt.NDArray[np.uint64]
    starts: npt.NDArray[np.int64]
    ends: npt.NDArray[np.int64]
    time: npt.NDArray[np.uint32]
    millisecond: npt.NDArray[np.uint16]
    touchpoint: npt.NDArray[np.uint16]
    kind: npt.NDArray[np.uint16]
    source: npt.NDArray[np.int16]
    value: npt.NDArray[np.float32]
    score: npt.NDArray[np.float32]
    seq: npt.NDArray[np.int64]
    part_of: tuple[Block, npt.NDArray[np.int64]] | None = field(default=None, repr=False)
    mapped: tuple[mmap.mmap, ...] = field(default=(), repr=False)

    @classmethod
    def of(cls, profiles: npt.NDArray[np.uint64], offsets: npt.NDArray[np.int64], **columns: Any) -> Self:
        """A block whose profiles' events come one after the other: `offsets` is one longer than `profiles`."""
        return cls(profiles, offsets[:-1], offsets[1:], **columns)

    @classmethod
    def empty(cls) -> Self:
        columns = {n: np.zeros(0, t) for n, t in COLUMNS.items()}
        return cls.of(np.zeros(0, np.uint64), np.zeros(1, np.int64), **columns)

    def __len__(self) -> int:
        return len(self.time)

    @property
    def offsets(self) -> npt.NDArray[np.int64]:
        """Where each profile's events start and the last one's end, in a block in which none were chosen."""
        return np.append(self.starts, self.ends[-1:] if len(self.ends) else 0)

    def choose(self, chosen: npt.NDArray[np.int64]) -> Self:
        """The same block with only the profiles at these places."""
        whole, places = (self, chosen) if self.part_of is None else (self.part_of[0], self.part_of[1][chosen])
        return replace(
            self,
            profiles=self.profiles[chosen],
            starts=self.starts[chosen],
            ends=self.ends[chosen],
            part_of=(whole, places),
        )

    def release(self) -> None:
        """Let the system have the memory that the files were read into; what is looked at next is read again."""
        for file in self.mapped:
            if sys.platform == "linux":  # elsewhere there is no such advice, or it means something else
                file.madvise(mmap.MADV_DONTNEED)

    def rows(self, profile: int) -> slice:
        """Where a profile's events are; empty if it is not in this block."""
        at = int(np.searchsorted(self.profiles, np.uint64(profile)))
        if at == len(self.profiles) or int(self.profiles[at]) != profile:
            return slice(0, 0)
        return slice(int(self.starts[at]), int(self.ends[at]))


@dataclass(frozen=True, slots=True)
class Kind:
    """What an event was called when it came: its type (EventType) and name."""

    type: int
    name: str


@dataclass(frozen=True, slots=True)
class Blocks:
    """All blocks as of one refresh. Immutable; files replaced later stay readable while it is held."""

    blocks: Sequence[Block]
    kinds: tuple[Kind, ...] = ()
    last_seq: int = 0
    as_of: datetime = datetime(1970, 1, 1, tzinfo=UTC)
    identity_version: int = -1
    rules_version: str = ""
    files: tuple[str, ...] = field(default=(), repr=False)
    counted: tuple[int, int] | None = (
        None  # events and profiles, where they are known without opening every block
    )

    @classmethod
    def empty(cls) -> Self:
        return cls(tuple(Block.empty() for _ in range(BUCKETS)), files=("",) * BUCKETS)

    @property
    def events(self) -> int:
        return self.counted[0] if self.counted else sum(map(len, self.blocks))

    @property
    def profiles(self) -> int:
        return self.counted[1] if self.counted else sum(len(b.profiles) for b in self.blocks)

    def block_of(self, profile: int) -> Block:
        """The block that would hold this profile."""
        return self.blocks[int(buckets_of(np.array([profile], np.uint64), len(self.blocks))[0])]

    @classmethod
    def open(cls, folder: Path) -> Self:
        """The blocks of the last refresh; empty when there are none or they cannot be used: they are made anew."""
        path = folder / "manifest.json"
        if not path.exists():
            return cls.empty()
        try:
            raw = json.loads(path.read_text())
            if raw["format"] != FORMAT or len(raw["files"]) != BUCKETS:
                return cls.empty()
            return cls.of(raw, lambda files: tuple(read_block(folder, f) for f in files))
        except (OSError, ValueError, KeyError, TypeError, pa.ArrowException) as e:
            log.warning("blocks_unusable reason=%r", e)
            return cls.empty()

    @classmethod
    def of(cls, raw: Mapping[str, Any], read: Callable[[Sequence[str]], Sequence[Block]]) -> Self:
        """The blocks of a manifest, whose files `read` opens. Raises KeyError, TypeError and ValueError."""
        return cls(
            read(raw["files"]),
            tuple(Kind(*k) for k in raw["kinds"]),
            raw["last_seq"],
            datetime.fromisoformat(raw["as_of"]),
            raw["identity_version"],
            raw["rules_version"],
            tuple(raw["files"]),
        )

    @property
    def manifest(self) -> dict[str, Any]:
        """All but what is in the files."""
        return {
            "format": FORMAT,
            "last_seq": self.last_seq,
            "as_of": self.as_of.isoformat(),
            "identity_version": self.identity_version,
            "rules_version": self.rules_version,
            "files": self.files,
            "kinds": [(k.type, k.name) for k in self.kinds],
        }

    def write_manifest(self, folder: Path) -> None:
        draft = folder / "manifest.json.new"
        draft.write_text(json.dumps(self.manifest))
        draft.replace(folder / "manifest.json")
        self.remove_others(folder)

    def remove_others(self, folder: Path) -> None:
        """Delete the files of blocks that are not these."""
        kept = set(self.files)
        for path in folder.glob("*.arrow"):
            if path.name.split(".")[0] not in kept:
                path.unlink()


def buckets_of(profiles: npt.NDArray[np.uint64], buckets: int = BUCKETS) -> npt.NDArray[np.int64]:
    """The bucket of each profile, of so many (a power of two): the high bits of its key, mixed."""
    with np.errstate(over="ignore"):
        mixed = profiles * np.uint64(0x9E3779B97F4A7C15)
    return (mixed >> np.uint64(64 - buckets.bit_length() + 1)).astype(np.int64)


def write_block(folder: Path, name: str, block: Block) -> None:
    """Write a block as `name.events.arrow` and `name.profiles.arrow`."""
    for file, batch in block_files(name, block).items():
        with pa.OSFile(str(folder / file), "wb") as sink, pa.ipc.new_file(sink, batch.schema) as writer:
            writer.write_batch(batch)


def block_files(name: str, block: Block) -> dict[str, pa.RecordBatch]:
    """What the files of a block hold, by their names."""
    columns = {n: pa.array(getattr(block, n)) for n in COLUMNS}
    ends = {"profile": pa.array(block.profiles), "end": pa.array(block.ends)}
    return {
        f"{name}.events.arrow": pa.record_batch(columns),
        f"{name}.profiles.arrow": pa.record_batch(ends),
    }


def read_block(folder: Path, name: str) -> Block:
    """Memory-map a block; an empty name is an empty block."""
    mapped: list[mmap.mmap] = []

    def opened(file: str) -> pa.BufferReader:
        with (folder / file).open("rb") as source:
            mapped.append(mmap.mmap(source.fileno(), 0, access=mmap.ACCESS_READ))
        return pa.BufferReader(mapped[-1])

    return replace(block_of(name, opened), mapped=tuple(mapped))


def block_of(name: str, opened: Callable[[str], Any]) -> Block:
    """The block of two files, each `opened` as Arrow wants it; an empty name is an empty block."""
    if not name:
        return Block.empty()
    columns = dict(_read(opened(f"{name}.events.arrow")))
    ends = dict(_read(opened(f"{name}.profiles.arrow")))
    offsets = np.concatenate([np.zeros(1, np.int64), ends["end"]])
    return Block.of(ends["profile"], offsets, **columns)


def _read(source: Any) -> Iterator[tuple[str, Column]]:
    batch = pa.ipc.open_file(source).get_batch(0)
    for name in batch.schema.names:
        # NaN, not null, says 'none' in a block, so that columns are read without copying
        yield name, batch.column(name).to_numpy(zero_copy_only=True)
