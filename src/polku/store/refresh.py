"""Refreshing journey blocks: what has come since the last time is resolved, sorted and merged in."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from polku.store.background import give_way
from polku.store.blocks import BUCKETS, COLUMNS, Block, Blocks, Kind, buckets_of, read_block, write_block
from polku.store.events import EventStore
from polku.store.snapshot import Snapshot
from polku.store.sorting import gather, merge_order, partition, time_order

log = logging.getLogger(__name__)

SHARE_OF_TIME = 0.1
SHORTEST_PAUSE_S = 1.0
MOST_KINDS = 65_536
"""Blocks hold a kind's code in 16 bits."""
_NEEDED = ("seq", "key", "source", "type", "name", "occurred_at", "value", "score")


class Resolution(Protocol):
    """Who and what events are, as known at one moment. Versions: a change of `identity_version` (a profile was
    split) or `rules_version` makes the blocks be built anew; a mere merge of profiles does not."""

    @property
    def identity(self) -> object:
        """What `profiles` goes by; another one than last time may answer otherwise, also without new events."""

    @property
    def identity_version(self) -> int: ...

    @property
    def rules_version(self) -> str: ...

    @property
    def columns(self) -> Sequence[str]:
        """What `touchpoints` needs beside source, type and name."""

    def profiles(self, keys: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
        """The profile of each identifier key; 0 for 0."""

    def touchpoints(self, events: pa.Table) -> npt.NDArray[np.uint16]:
        """The touchpoint of each event; 0: none."""


Resolve = Callable[[Snapshot], Resolution]
Columns = dict[str, npt.NDArray[Any]]


@dataclass(frozen=True, slots=True)
class _Arrivals:
    """Rows to be merged in: unsorted columns and each row's profile."""

    profile: npt.NDArray[np.uint64]
    columns: Columns

    @classmethod
    def concat(cls, parts: Sequence[_Arrivals]) -> _Arrivals:
        columns = {n: np.concatenate([p.columns[n] for p in parts]) for n in COLUMNS}
        return cls(np.concatenate([p.profile for p in parts]), columns)

    @classmethod
    def none(cls) -> _Arrivals:
        return cls(np.zeros(0, np.uint64), {n: np.zeros(0, t) for n, t in COLUMNS.items()})


class Refresher:
    """Keeps the blocks of a store fresh, in a thread that works at most about a tenth of the time."""

    def __init__(self, store: EventStore, folder: Path, resolve: Resolve, *, threads: int = 2) -> None:
        self._store, self._folder, self._resolve, self._threads = store, folder / "blocks", resolve, threads
        self._folder.mkdir(parents=True, exist_ok=True)
        self.blocks = Blocks.open(self._folder)
        if self.blocks.last_seq >= store.snapshot.next_seq:  # an older copy of the events was put back
            self.blocks = Blocks.empty()
        self.before_new: list[Callable[[Blocks], None]] = []
        """Called with new blocks before they replace the old ones: to have frequent answers ready."""
        self._identity: object = self  # unlike any that is resolved: the first refresh looks at everyone
        self._refreshing = threading.Lock()
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def refresh(self, threads: int | None = None) -> Blocks:
        """Merge in what has come since the last refresh; returns when done."""
        with self._refreshing:
            snapshot = self._store.snapshot
            resolution = self._resolve(snapshot)
            if self._is_current(snapshot, resolution):
                return self.blocks
            started = time.perf_counter()
            old = self.blocks
            if (old.identity_version, old.rules_version) != (
                resolution.identity_version,
                resolution.rules_version,
            ):
                old = replace(Blocks.empty(), kinds=old.kinds)
            try:
                blocks = _refreshed(old, snapshot, resolution, self._folder, threads or self._threads)
            except OSError:
                self.blocks.remove_others(self._folder)  # else a full disk is filled with half-made blocks
                raise
            for prepare in self.before_new:
                prepare(blocks)
            self.blocks, self._identity = blocks, resolution.identity
            log.info(
                "blocks_refreshed events=%d profiles=%d seconds=%.2f",
                self.blocks.events,
                self.blocks.profiles,
                time.perf_counter() - started,
            )
            return self.blocks

    def start(self) -> None:
        """Refresh in the background until `stop`."""
        self._thread = threading.Thread(target=self._run, name="refresher", daemon=True)
        self._thread.start()

    def soon(self) -> None:
        """Refresh without waiting for the usual pause: rules or identities have changed."""
        self._wake.set()

    def stop(self) -> None:
        self._stopping.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        give_way()
        while not self._stopping.is_set():
            started = time.perf_counter()
            try:
                # One processor stays free for those who wait; only the very first blocks are waited for themselves.
                self.refresh(threads=1 if self.blocks.events else None)
            except OSError as e:
                log.error("blocks_not_written reason=%s", e)
            except Exception:
                log.exception("refresh_failed")
            # With nothing to merge it only waited for its kernels: the first events must not wait as long again.
            took = time.perf_counter() - started if self.blocks.events else 0.0
            self._wake.wait(max(SHORTEST_PAUSE_S, took * (1 / SHARE_OF_TIME - 1)))
            self._wake.clear()  # before looking whether to stop: else a stop just here would be slept over

    def _is_current(self, snapshot: Snapshot, resolution: Resolution) -> bool:
        b = self.blocks
        return self._identity is resolution.identity and (
            b.last_seq,
            b.identity_version,
            b.rules_version,
        ) == (
            snapshot.next_seq - 1,
            resolution.identity_version,
            resolution.rules_version,
        )


def _refreshed(old: Blocks, snapshot: Snapshot, resolution: Resolution, folder: Path, threads: int) -> Blocks:
    kinds = {k: i for i, k in enumerate(old.kinds)}
    with ThreadPoolExecutor(threads) as pool:
        moved = list(pool.map(lambda b: _moved(b, resolution), old.blocks))
        read = _read(snapshot.after(old.last_seq), old.last_seq, resolution, kinds)
        arrivals = _Arrivals.concat([_Arrivals.none(), *(m for _, m in moved), *read])
        order, starts = partition(buckets_of(arrivals.profile), BUCKETS)
        last_seq = snapshot.next_seq - 1

        def one(bucket: int) -> tuple[Block, str]:
            rows = order[starts[bucket] : starts[bucket + 1]]
            keep, leaving = moved[bucket][0], len(moved[bucket][1].profile)
            if not len(rows) and not leaving:
                return old.blocks[bucket], old.files[bucket]
            merged = _merged(old.blocks[bucket], keep, arrivals, rows)
            name = f"{bucket:02d}-{last_seq}-{time.time_ns():x}"
            if not len(merged):
                return Block.empty(), ""
            write_block(folder, name, merged)
            return read_block(folder, name), name

        done = list(pool.map(one, range(BUCKETS)))
    blocks = Blocks(
        tuple(b for b, _ in done),
        tuple(kinds),
        last_seq,
        datetime.now(UTC),
        resolution.identity_version,
        resolution.rules_version,
        tuple(f for _, f in done),
    )
    blocks.write_manifest(folder)
    return blocks


def _moved(block: Block, resolution: Resolution) -> tuple[npt.NDArray[np.bool_], _Arrivals]:
    """Which profiles of a block stay, and the events of those that have become part of another."""
    now = resolution.profiles(block.profiles)
    stay = now == block.profiles
    if stay.all():
        return stay, _Arrivals.none()
    sizes = np.diff(block.offsets)
    rows = np.repeat(~stay, sizes)
    return stay, _Arrivals(np.repeat(now[~stay], sizes[~stay]), {n: getattr(block, n)[rows] for n in COLUMNS})


def _merged(
    block: Block, stay: npt.NDArray[np.bool_], arrivals: _Arrivals, rows: npt.NDArray[np.int64]
) -> Block:
    """A block without the profiles that left, with the arriving rows."""
    profiles, rank = np.unique(arrivals.profile[rows], return_inverse=True)
    new = {n: c[rows] for n, c in arrivals.columns.items()}
    by_seq = np.argsort(new["seq"], kind="stable")
    order, offsets = time_order(
        rank.astype(np.int64)[by_seq], len(profiles), new["time"][by_seq], new["millisecond"][by_seq]
    )
    new = {n: c[by_seq][order] for n, c in new.items()}
    old_profiles, old_offsets, old = _staying(block, stay)
    if not len(old_profiles):
        return Block(profiles, offsets, **new)
    merged_profiles, merged_offsets, origin = merge_order(
        old_profiles,
        old_offsets,
        old["time"],
        old["millisecond"],
        old["seq"],
        profiles,
        offsets,
        new["time"],
        new["millisecond"],
        new["seq"],
    )
    columns = {n: gather(old[n], new[n], origin) for n in COLUMNS}
    return Block(merged_profiles, merged_offsets, **columns)


def _staying(
    block: Block, stay: npt.NDArray[np.bool_]
) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.int64], Columns]:
    columns = {n: getattr(block, n) for n in COLUMNS}
    if stay.all():
        return block.profiles, block.offsets, columns
    sizes = np.diff(block.offsets)
    rows = np.repeat(stay, sizes)
    offsets = np.concatenate([np.zeros(1, np.int64), np.cumsum(sizes[stay])])
    return block.profiles[stay], offsets, {n: c[rows] for n, c in columns.items()}


def _read(
    snapshot: Snapshot, after: int, resolution: Resolution, kinds: dict[Kind, int]
) -> Iterable[_Arrivals]:
    """The events numbered above `after` that belong to someone, resolved; one segment at a time."""
    names = list(dict.fromkeys([*_NEEDED, *resolution.columns]))
    for part in snapshot.parts(names):
        events = part.filter(pc.greater(part["seq"], after)) if part["seq"][0].as_py() <= after else part
        profile = resolution.profiles(events["key"].to_numpy())
        known = profile != 0
        if not known.all():
            events, profile = events.filter(pa.array(known)), profile[known]
        if events.num_rows:
            yield _Arrivals(profile, _columns(events, resolution.touchpoints(events), kinds))


def _columns(events: pa.Table, touchpoints: npt.NDArray[np.uint16], kinds: dict[Kind, int]) -> Columns:
    milliseconds = events["occurred_at"].cast(pa.int64()).to_numpy() // 1000
    return {
        "time": np.clip(milliseconds // 1000, 0, 2**32 - 1).astype(np.uint32),
        "millisecond": (milliseconds % 1000).astype(np.uint16),
        "touchpoint": touchpoints,
        "kind": _kinds(events, kinds),
        "source": events["source"].to_numpy(),
        "value": _with_nan(events["value"]),
        "score": _with_nan(events["score"]),
        "seq": events["seq"].to_numpy(),
    }


def _kinds(events: pa.Table, kinds: dict[Kind, int]) -> npt.NDArray[np.uint16]:
    """The code of each event's (type, name); beyond 65,535 different ones, the last code stands for the rest."""
    names = events["name"].combine_chunks().dictionary_encode()
    pairs = events["type"].to_numpy().astype(np.int64) << 32 | names.indices.to_numpy()
    distinct, inverse = np.unique(pairs, return_inverse=True)
    called = (Kind(int(p >> 32), names.dictionary[int(p & 0xFFFFFFFF)].as_py()) for p in distinct)
    codes = [kind_code(kind, kinds) for kind in called]
    return np.array(codes, np.uint16)[inverse]


def kind_code(kind: Kind, kinds: dict[Kind, int]) -> int:
    """The code of a kind, which becomes known by it as long as there is room."""
    if kind not in kinds and len(kinds) >= MOST_KINDS:
        return MOST_KINDS - 1
    return kinds.setdefault(kind, len(kinds))


def _with_nan(column: pa.ChunkedArray) -> npt.NDArray[np.float32]:
    values: npt.NDArray[Any] = column.to_numpy()  # null becomes NaN
    return values.astype(np.float32)
