"""Traits as columns: what each profile's latest statement says of one trait, for questions about many profiles."""

from __future__ import annotations

import json
import threading
from collections import Counter, OrderedDict, defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Self

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from polku.profiles.identity import Identities
from polku.stats import FEWEST
from polku.store import EventType, Snapshot
from polku.workspace import Workspace

KEPT: Final = 16
"""So many traits are kept, since they are read from all identify events when first asked for."""
MOST_GROUPS: Final = 40
"""A trait with more values than this does not divide customers into groups to choose from, nor one whose groups are
mostly smaller than five: that is somebody's name."""
SHOWN_GROUPS: Final = 12


@dataclass(frozen=True, slots=True)
class TraitColumn:
    """Of each profile (ascending uint64) that has the trait, the code of its value in `values`."""

    profile: npt.NDArray[np.uint64]
    code: npt.NDArray[np.int32]
    values: tuple[str, ...]

    def of(self, profiles: npt.NDArray[np.uint64]) -> npt.NDArray[np.int32]:
        """The code of each of these profiles; −1 where the trait is not known."""
        if not len(self.profile):
            return np.full(len(profiles), -1, np.int32)
        at = np.minimum(np.searchsorted(self.profile, profiles), len(self.profile) - 1)
        return np.where(self.profile[at] == profiles, self.code[at], np.int32(-1))


@dataclass(frozen=True, slots=True)
class _Said:
    """The latest statement of each identifier, by time and then by order of arrival."""

    key: npt.NDArray[np.uint64]
    at: npt.NDArray[np.int64]
    code: npt.NDArray[np.int32]
    values: tuple[str, ...]
    last_seq: int

    @classmethod
    def nothing(cls) -> Self:
        return cls(np.zeros(0, np.uint64), np.zeros(0, np.int64), np.zeros(0, np.int32), (), 0)

    def with_new(self, name: str, snapshot: Snapshot) -> _Said:
        """With what was said since."""
        new = _statements(name, snapshot.after(self.last_seq), self.last_seq)
        texts = new["value"].combine_chunks().dictionary_encode()
        known = {v: i for i, v in enumerate(self.values)}
        codes = np.array([known.setdefault(v, len(known)) for v in texts.dictionary.to_pylist()], np.int32)
        key = np.concatenate([self.key, new["key"].to_numpy()])
        at = np.concatenate([self.at, new["micros"].to_numpy()])
        code = np.concatenate([self.code, codes[texts.indices.to_numpy()] if len(codes) else codes])
        kept = _latest(key, at)
        return _Said(key[kept], at[kept], code[kept], tuple(known), snapshot.next_seq - 1)


class TraitColumns:
    """A part of the workspace. Safe for many threads."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._lock = threading.Lock()
        self._said: OrderedDict[tuple[str, str], _Said] = OrderedDict()
        self._names: tuple[datetime, list[str]] | None = None
        self._groups: tuple[datetime, dict[str, list[str]]] | None = None

    def names(self) -> list[str]:
        """The names of traits that the latest statements have, the most frequent first; as of the blocks."""
        as_of = self._workspace.engine.blocks.as_of
        if self._names is None or self._names[0] != as_of:
            self._names = as_of, self._read_names()
        return self._names[1]

    def _read_names(self) -> list[str]:
        found = self._statements().sql(
            """
            SELECT name FROM (
              SELECT unnest(json_keys(properties)) AS name FROM (
                SELECT properties FROM events WHERE type = $identify ORDER BY seq DESC LIMIT 10000
              )
            ) GROUP BY name ORDER BY count(*) DESC, name""",
            {"identify": int(EventType.IDENTIFY)},
        )
        return found["name"].to_pylist()  # type: ignore[no-any-return]

    def groups(self) -> dict[str, list[str]]:
        """Traits that divide customers into groups, with the twelve most frequent of their values; of the latest
        statements, as of the blocks: what one may choose from, not all that there is."""
        as_of = self._workspace.engine.blocks.as_of
        if self._groups is None or self._groups[0] != as_of:
            self._groups = as_of, self._read_groups()
        return self._groups[1]

    def _read_groups(self) -> dict[str, list[str]]:
        snapshot, identify = self._statements(), int(EventType.IDENTIFY)
        # first from when on: then only the few latest of all the long texts are read
        latest = """
            SELECT min(seq) AS seq FROM (
              SELECT seq FROM events WHERE type = $identify ORDER BY seq DESC LIMIT 2000
            )"""
        since = snapshot.sql(latest, {"identify": identify})["seq"][0].as_py()
        said = snapshot.sql(
            "SELECT properties FROM events WHERE type = $identify AND seq >= $since",
            {"identify": identify, "since": since or 0},
        )
        values: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for text in said["properties"].to_pylist():
            for name, value in json.loads(text or "{}").items():
                if isinstance(value, str | int | float) and value != "":
                    values[name][value if isinstance(value, str) else json.dumps(value)] += 1
        return {
            name: [value for value, _ in counted.most_common(SHOWN_GROUPS)]
            for name, counted in sorted(values.items())
            if 2 <= len(counted) <= min(MOST_GROUPS, counted.total() // FEWEST)
        }

    def column(self, name: str) -> TraitColumn:
        """What all profiles' latest statements say of a trait; `a.b` is key b of the object a.

        A profile of several identifiers goes by the latest statement of any of them.
        """
        snapshot = self._statements()
        asked = name, str(snapshot.folder)  # each version of a lake has a folder of its own
        with self._lock:
            said = self._said.pop(asked, None) or _Said.nothing()
            if said.last_seq < snapshot.next_seq - 1:
                said = said.with_new(name, snapshot)
            self._said[asked] = said
            while len(self._said) > KEPT:
                self._said.popitem(last=False)
        profile = said.key
        if self._workspace.engine.statements is None:
            profile = self._workspace.part(Identities).resolve(snapshot).profiles(said.key)
        known = np.flatnonzero(profile)
        latest = known[_latest(profile[known], said.at[known])]
        return TraitColumn(profile[latest], said.code[latest], said.values)

    def _statements(self) -> Snapshot:
        """Where statements are found: in the folder's events, or, about the customers of a lake, there."""
        return self._workspace.engine.statements or self._workspace.store.snapshot


def _latest(who: npt.NDArray[np.uint64], at: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """The place of each one's latest (of the same moment: the last), in the order of `who`."""
    order = np.lexsort((at, who))
    last = np.ones(len(order), bool)
    last[:-1] = who[order[1:]] != who[order[:-1]]
    latest: npt.NDArray[np.int64] = order[last]
    return latest


def _statements(name: str, snapshot: Snapshot, after: int) -> pa.Table:
    """Key, time in µs and value, as text, of each identify event that names the trait, in order of arrival."""
    quoted = json.dumps(name, ensure_ascii=False)
    nested = ".".join(json.dumps(part, ensure_ascii=False) for part in name.split("."))
    return snapshot.sql(
        """
        SELECT key, micros, value FROM (
          SELECT key, epoch_us(occurred_at) AS micros, seq,
            coalesce(json_extract_string(properties, $flat), json_extract_string(properties, $nested)) AS value
          FROM events
          WHERE type = $identify AND seq > $after AND contains(properties, $part) AND key <> 0
        ) WHERE value IS NOT NULL AND value <> '' ORDER BY seq""",
        {
            "flat": f"$.{quoted}",
            "nested": f"$.{nested}",
            "identify": int(EventType.IDENTIFY),
            "after": after,
            "part": name.split(".")[0],
        },
    )
