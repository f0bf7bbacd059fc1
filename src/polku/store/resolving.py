"""Events as blocks want them: whose each is, which touchpoint, and the columns of a block, grouped by bucket."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, Protocol, Self

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from polku.store.blocks import BUCKETS, COLUMNS, Kind, buckets_of
from polku.store.numbering import distinct
from polku.store.snapshot import Snapshot
from polku.store.sorting import partition

MOST_KINDS = 65_536
"""Blocks hold a kind's code in 16 bits."""
NEEDED = ("seq", "key", "source", "type", "name", "occurred_at", "value", "score")

Columns = dict[str, npt.NDArray[Any]]


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


@dataclass(frozen=True, slots=True)
class Arrivals:
    """Events to be merged in: each one's profile and the columns of a block."""

    profile: npt.NDArray[np.uint64]
    columns: Columns

    def __len__(self) -> int:
        return len(self.profile)

    @classmethod
    def concat(cls, parts: Sequence[Arrivals]) -> Self:
        parts = parts or [cls.none()]
        columns = {n: np.concatenate([p.columns[n] for p in parts]) for n in COLUMNS}
        return cls(np.concatenate([p.profile for p in parts]), columns)

    @classmethod
    def none(cls) -> Self:
        return cls(np.zeros(0, np.uint64), {n: np.zeros(0, t) for n, t in COLUMNS.items()})

    def by_bucket(self, buckets: int = BUCKETS) -> list[Self]:
        """Those of each bucket, in the same order."""
        order, starts = partition(buckets_of(self.profile, buckets), buckets)
        profile, columns = self.profile[order], {n: c[order] for n, c in self.columns.items()}
        rows = (slice(a, b) for a, b in pairwise(starts.tolist()))
        return [
            replace(self, profile=profile[r], columns={n: c[r] for n, c in columns.items()}) for r in rows
        ]


def resolved(
    snapshot: Snapshot, after: int, resolution: Resolution, kinds: dict[Kind, int], pool: Executor
) -> Iterator[list[Arrivals]]:
    """The events numbered above `after` that belong to someone, by bucket; each segment on a thread of the pool.

    New kinds are added to `kinds` in order of arrival.
    """
    for arrivals, called in pool.map(lambda s: _resolved(s, after, resolution), snapshot.alone()):
        codes = np.array([kind_code(k, kinds) for k in called], np.uint16)
        for one in arrivals:
            one.columns["kind"] = codes[one.columns["kind"]]
        yield arrivals


def _resolved(alone: Snapshot, after: int, resolution: Resolution) -> tuple[list[Arrivals], list[Kind]]:
    """Events of one segment by bucket, and what their kinds, counted from 0, are called."""
    events = alone.columns("events", list(dict.fromkeys([*NEEDED, *resolution.columns])))
    if events["seq"][0].as_py() <= after:
        events = events.filter(pc.greater(events["seq"], after))
    arrivals, called = arrivals_of(events, resolution)
    return arrivals.by_bucket(), called


def arrivals_of(events: pa.Table, resolution: Resolution) -> tuple[Arrivals, list[Kind]]:
    """The events (columns NEEDED and those of the resolution) that belong to someone, in their order, and what
    their kinds, counted from 0, are called."""
    profile = resolution.profiles(events["key"].to_numpy())
    known = profile != 0
    if not known.all():
        events, profile = events.filter(pa.array(known)), profile[known]
    if not events.num_rows:
        return Arrivals.none(), []
    kind, called = _kinds(events)
    milliseconds = events["occurred_at"].cast(pa.int64()).to_numpy() // 1000
    columns = {
        "time": np.clip(milliseconds // 1000, 0, 2**32 - 1).astype(np.uint32),
        "millisecond": (milliseconds % 1000).astype(np.uint16),
        "touchpoint": resolution.touchpoints(events),
        "kind": kind,
        "source": events["source"].to_numpy(),
        "value": _with_nan(events["value"]),
        "score": _with_nan(events["score"]),
        "seq": events["seq"].to_numpy(),
    }
    return Arrivals(profile, columns), called


def _kinds(events: pa.Table) -> tuple[npt.NDArray[np.int64], list[Kind]]:
    """The kind of each event, numbered from 0, and what they are."""
    names = events["name"].combine_chunks().dictionary_encode()
    pairs = events["type"].to_numpy() * np.int64(len(names.dictionary)) + names.indices.to_numpy()
    found, at = distinct(pairs)
    types_names = (divmod(int(p), len(names.dictionary)) for p in found)
    return at, [Kind(type_, names.dictionary[name].as_py()) for type_, name in types_names]


def kind_code(kind: Kind, kinds: dict[Kind, int]) -> int:
    """The code of a kind, which becomes known by it as long as there is room."""
    if kind not in kinds and len(kinds) >= MOST_KINDS:
        return MOST_KINDS - 1
    return kinds.setdefault(kind, len(kinds))


def _with_nan(column: pa.ChunkedArray) -> npt.NDArray[np.float32]:
    values: npt.NDArray[Any] = column.to_numpy()  # null becomes NaN
    return values.astype(np.float32)
