"""A profile's events: those in the journey blocks, and those that have come since."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any, Final, Self

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from polku.profiles.identity import IdentityMap
from polku.profiles.naming import TouchpointNames
from polku.store import Blocks, Kind, Snapshot

_NEEDED = ("key", "source", "type", "name", "occurred_at", "value", "score")


@dataclass(frozen=True, slots=True)
class Encounters:
    """Events of one profile in time order, as columns. `kind` is an index into `kinds`."""

    time: npt.NDArray[np.int64]  # milliseconds since 1970, UTC
    touchpoint: npt.NDArray[np.uint16]
    kind: npt.NDArray[np.integer[Any]]
    source: npt.NDArray[np.int16]
    value: npt.NDArray[np.float32]  # NaN: none
    score: npt.NDArray[np.float32]  # NaN: none
    seq: npt.NDArray[np.int64]
    kinds: tuple[Kind, ...] = ()

    def __len__(self) -> int:
        return len(self.time)

    @classmethod
    def none(cls) -> Self:
        empty: list[Any] = [np.zeros(0, t) for t in _TYPES]
        return cls(*empty)

    def take(self, rows: npt.NDArray[Any] | slice) -> Self:
        return replace(self, **{c: getattr(self, c)[rows] for c in COLUMNS})

    def of_type(self, type_: int) -> npt.NDArray[np.bool_]:
        """Which events came as this EventType."""
        codes = [i for i, k in enumerate(self.kinds) if k.type == type_]
        return np.isin(self.kind, codes)


COLUMNS: Final = tuple(f.name for f in fields(Encounters) if f.name != "kinds")
_TYPES: Final = (np.int64, np.uint16, np.uint16, np.int16, np.float32, np.float32, np.int64)


def encounters(
    profile: int, who: IdentityMap, blocks: Blocks, snapshot: Snapshot, names: TouchpointNames
) -> Encounters:
    """All events of a profile, those of this second too."""
    members = np.array(who.members(profile), np.uint64)
    after = 0
    parts: list[Encounters] = []
    kinds = {k: i for i, k in enumerate(blocks.kinds)}
    if blocks.identity_version == who.version:
        # a merge since the last refresh: its events still stand under the profiles that became one
        parts, after = [_in_blocks(int(m), blocks) for m in members], blocks.last_seq
    recent = _seqs_of(members, snapshot, after)
    if len(recent):
        needed = list(dict.fromkeys([*_NEEDED, *names.columns]))
        parts.append(_from_table(snapshot.rows(recent, needed), names, kinds))
    parts = [p for p in parts if len(p)]
    if not parts:
        return Encounters.none()
    columns: dict[str, Any] = {c: np.concatenate([getattr(p, c) for p in parts]) for c in COLUMNS}
    whole = Encounters(**columns, kinds=tuple(kinds))
    return whole if len(parts) == 1 else whole.take(np.lexsort((whole.seq, whole.time)))


def _in_blocks(profile: int, blocks: Blocks) -> Encounters:
    block = blocks.block_of(profile)
    rows = block.rows(profile)
    time = block.time[rows].astype(np.int64) * 1000 + block.millisecond[rows]
    names = ("touchpoint", "kind", "source", "value", "score", "seq")
    columns: dict[str, Any] = {n: getattr(block, n)[rows] for n in names}
    return Encounters(time=time, **columns)


def _seqs_of(members: npt.NDArray[np.uint64], snapshot: Snapshot, after: int) -> npt.NDArray[np.int64]:
    found = [np.zeros(0, np.int64)]
    for keys, seqs in snapshot.after(after).event_keys():
        mine = np.zeros(len(keys), np.bool_)
        for member in members:  # few: faster than any set
            mine |= keys == member
        found.append(seqs[mine & (seqs > after)])
    return np.concatenate(found)


def _from_table(events: pa.Table, names: TouchpointNames, kinds: dict[Kind, int]) -> Encounters:
    called = (Kind(**k) for k in events.select(["type", "name"]).to_pylist())
    codes = [kinds.setdefault(kind, len(kinds)) for kind in called]
    made = Encounters(
        events["occurred_at"].cast(pa.int64()).to_numpy() // 1000,
        names.touchpoints(events),
        np.array(codes, np.int32),
        events["source"].to_numpy(),
        events["value"].to_numpy().astype(np.float32),
        events["score"].to_numpy().astype(np.float32),
        events["seq"].to_numpy(),
    )
    return made.take(np.lexsort((made.seq, made.time)))
