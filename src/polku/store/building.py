"""Building journey blocks: arriving events are sorted by customer and time and merged into the old blocks."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import numpy.typing as npt

from polku.store.blocks import BUCKETS, COLUMNS, Block, Blocks, read_block, write_block
from polku.store.numbering import ranked
from polku.store.resolving import Arrivals, Columns, Resolution, resolved
from polku.store.snapshot import Snapshot
from polku.store.sorting import gather, merge_order, time_order


def built(old: Blocks, snapshot: Snapshot, resolution: Resolution, folder: Path, threads: int) -> Blocks:
    """The old blocks with all that has come since, on disk."""
    kinds = {k: i for i, k in enumerate(old.kinds)}
    with ThreadPoolExecutor(threads) as pool:
        moved = list(pool.map(lambda b: _moved(b, resolution), old.blocks))
        new = resolved(snapshot.after(old.last_seq), old.last_seq, resolution, kinds, pool)
        arrivals = [Arrivals.concat([m for _, m in moved]).by_bucket(), *new]
        last_seq = snapshot.next_seq - 1

        def one(bucket: int) -> tuple[Block, str]:
            coming = [a[bucket] for a in arrivals if len(a[bucket])]
            keep, leaving = moved[bucket]
            if not coming and not len(leaving):
                return old.blocks[bucket], old.files[bucket]
            merged = merged_block(old.blocks[bucket], keep, Arrivals.concat(coming))
            name = f"{bucket:02d}-{last_seq}-{time.time_ns():x}"
            if not len(merged):
                return Block.empty(), ""
            write_block(folder, name, merged)
            old.blocks[bucket].release()  # all of it was read, and questions look at little of it
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


def _moved(block: Block, resolution: Resolution) -> tuple[npt.NDArray[np.bool_], Arrivals]:
    """Which profiles of a block stay, and the events of those that have become part of another."""
    now = resolution.profiles(block.profiles)
    stay = now == block.profiles
    if stay.all():
        return stay, Arrivals.none()
    sizes = block.ends - block.starts
    rows = np.repeat(~stay, sizes)
    return stay, Arrivals(np.repeat(now[~stay], sizes[~stay]), {n: getattr(block, n)[rows] for n in COLUMNS})


def merged_block(block: Block, stay: npt.NDArray[np.bool_], arrivals: Arrivals) -> Block:
    """A block without the profiles that left, with the arriving events."""
    profiles, rank = ranked(arrivals.profile)
    new = arrivals.columns
    if (np.diff(new["seq"]) < 0).any():  # events that moved come before those that are new
        by_seq = np.argsort(new["seq"], kind="stable")
        rank, new = rank[by_seq], {n: c[by_seq] for n, c in new.items()}
    order, offsets = time_order(rank, len(profiles), new["time"], new["millisecond"])
    new = {n: c[order] for n, c in new.items()}
    old_profiles, old_offsets, old = _staying(block, stay)
    if not len(old_profiles):
        return Block.of(profiles, offsets, **new)
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
    return Block.of(merged_profiles, merged_offsets, **columns)


def _staying(
    block: Block, stay: npt.NDArray[np.bool_]
) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.int64], Columns]:
    columns = {n: getattr(block, n) for n in COLUMNS}
    if stay.all():
        return block.profiles, block.offsets, columns
    sizes = block.ends - block.starts
    rows = np.repeat(stay, sizes)
    offsets = np.concatenate([np.zeros(1, np.int64), np.cumsum(sizes[stay])])
    return block.profiles[stay], offsets, {n: c[rows] for n, c in columns.items()}
