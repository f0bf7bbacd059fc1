"""Events in the order of customers' paths, some customers at a time, so that memory does not grow with the folder."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from polku.journeys import Catalogue
from polku.store import LABEL_TYPES, Block, Blocks, EventType, Snapshot

PATHS: Final = pa.schema(
    [
        ("profile", pa.string()),  # as Polku shows it, 16 digits
        ("customer", pa.string()),  # the identifier that the profile goes by: a user id, or 'type:value'
        ("time", pa.timestamp("us", tz="UTC")),
        (
            "activity",
            pa.string(),
        ),  # the touchpoint's name, else the event's; null for identify, group and alias
        ("touchpoint", pa.string()),  # its key
        ("stage", pa.string()),  # its key
        ("channel", pa.string()),  # the touchpoint's
        ("event", pa.string()),  # the name it came with
        ("type", pa.string()),  # track, page, screen, identify, group, alias
        ("source", pa.string()),
        ("event_id", pa.string()),
        ("path", pa.string()),  # of a page
        ("value", pa.float64()),
        ("score", pa.float32()),
        ("properties", pa.string()),  # JSON object; of identify and group the traits
    ]
)
"""What is exported, an event a row: profile after profile, each in order of time."""

ROWS_AT_ONCE: Final = 1_000_000
_STORED: Final = ("name", "type", "source", "event_id", "occurred_at", "path", "value", "score", "properties")
_NOTHING: Final = pa.nulls(1, pa.string())[0]
"""Not by `pa.scalar`, which loads pandas: a command that only asks a server needs none."""

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Selection:
    """Which events: `low` ≤ time < `high` in seconds since 1970; of a source (its number), of touchpoints (codes)."""

    low: int
    high: int
    source: int | None = None
    codes: frozenset[int] | None = None

    def rows(self, block: Block) -> Flags:
        chosen: Flags = (block.time >= self.low) & (block.time < self.high)
        if self.source is not None:
            chosen &= block.source == self.source
        if self.codes is not None:
            chosen &= np.isin(block.touchpoint, np.array(sorted(self.codes), np.uint16))
        return chosen


@dataclass(frozen=True, slots=True)
class Paths:
    """The events of one moment, to be read as often as one likes."""

    blocks: Blocks
    snapshot: Snapshot
    catalogue: Catalogue
    sources: dict[int, str]
    selection: Selection
    language: str

    def counts(self, *, happened: bool) -> tuple[int, int]:
        """How many events, and profiles that have any; `happened`: without identify, group and alias."""
        counts = np.array([not happened or k.type <= EventType.SCREEN for k in self.blocks.kinds] or [False])
        events = profiles = 0
        for block in self.blocks.blocks:
            chosen = self.selection.rows(block) & counts[block.kind]
            events += int(chosen.sum())
            profiles += len(np.unique(_profile_of(block)[chosen]))
        return events, profiles

    def batches(self) -> Iterator[pa.Table]:
        """Tables of schema PATHS; all of a profile's events are in one."""
        known = _identifiers(self.snapshot)
        waiting: list[Block] = []
        for number, block in enumerate(self.blocks.blocks, 1):
            waiting.append(block)
            if sum(map(len, waiting)) >= ROWS_AT_ONCE or number == len(self.blocks.blocks):
                batch = self._read(waiting, known)
                if batch.num_rows:
                    yield batch
                waiting = []

    def _read(self, blocks: Sequence[Block], known: pa.Table) -> pa.Table:
        chosen = [self.selection.rows(b) for b in blocks]
        seq, profile, touchpoint = (
            np.concatenate([column(b)[c] for b, c in zip(blocks, chosen, strict=True)])
            for column in (lambda b: b.seq, _profile_of, lambda b: b.touchpoint)
        )
        stored = self.snapshot.rows(seq, _STORED)
        stored = stored.take(pa.array(np.searchsorted(stored["seq"].to_numpy(), seq))).combine_chunks()
        words = self._words(touchpoint)
        types = pa.array([t.name.lower() for t in EventType])
        name = stored["name"].combine_chunks()
        event = pc.if_else(pc.equal(name, ""), _NOTHING, name)
        number = {n: i for i, n in enumerate(self.sources)}
        columns: dict[str, Any] = {
            **_whose(profile, known),
            **words,
            "time": stored["occurred_at"],
            "activity": pc.coalesce(words["activity"], event),
            "event": event,
            "type": types.take(pc.subtract(stored["type"], 1)),
            "source": pa.array(list(self.sources.values()), pa.string()).take(
                pa.array([number.get(s) for s in stored["source"].to_pylist()], pa.int64())
            ),
        }
        columns |= {n: stored[n] for n in ("event_id", "path", "value", "score", "properties")}
        return pa.table([columns[f.name] for f in PATHS], schema=PATHS)

    def _words(self, codes: npt.NDArray[np.uint16]) -> dict[str, Any]:
        """What the touchpoints of events are called; null where there is none."""
        distinct, place = np.unique(codes, return_inverse=True)
        known = [self.catalogue.by_code.get(c) for c in distinct.tolist()]
        words = {
            "activity": [t.name(self.language) if t else None for t in known],
            "touchpoint": [t.key if t else None for t in known],
            "stage": [t.stage if t else None for t in known],
            "channel": [t.channel if t else None for t in known],
        }
        return {n: pa.array(texts, pa.string()).take(pa.array(place)) for n, texts in words.items()}


def _profile_of(block: Block) -> npt.NDArray[np.uint64]:
    return np.repeat(block.profiles, np.diff(block.offsets))


def _identifiers(snapshot: Snapshot) -> pa.Table:
    """Identifiers (key, text), by key."""
    rows = snapshot.columns("identifiers", ["key", "type", "value"])
    rows = rows.filter(pc.invert(pc.is_in(rows["type"], pa.array(sorted(LABEL_TYPES)))))
    typed = pc.binary_join_element_wise(rows["type"], rows["value"], ":")
    text = pc.if_else(pc.equal(rows["type"], "user_id"), rows["value"], typed)
    return pa.table({"key": rows["key"], "text": text}).sort_by("key").combine_chunks()


def _whose(profile: npt.NDArray[np.uint64], known: pa.Table) -> dict[str, Any]:
    """What the profiles of events are called: a profile's key is that of the identifier it goes by."""
    distinct, place = np.unique(profile, return_inverse=True)
    shown = pa.array([f"{p:016x}" for p in distinct.tolist()], pa.string())
    keys = known["key"].to_numpy()
    at = np.minimum(np.searchsorted(keys, distinct), max(0, len(keys) - 1))
    found = keys[at] == distinct if len(keys) else np.zeros(len(distinct), np.bool_)
    named = pc.coalesce(known["text"].combine_chunks().take(pa.array(at, mask=~found)), shown)
    return {"profile": shown.take(pa.array(place)), "customer": named.take(pa.array(place))}
