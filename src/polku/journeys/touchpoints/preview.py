"""What a change of rules would do: tried on the events that there are, newest first, for a bounded time."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from polku.journeys.touchpoints.rules import Codes, Rules
from polku.store import EventType, Snapshot

EXAMPLES: Final = 8
PATIENCE: Final = timedelta(seconds=1)

Keys = npt.NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class Example:
    """A name or path among the events that would match, and how many have it."""

    text: str
    events: int
    type: str = ""  # of a name: track, page, …


@dataclass(frozen=True, slots=True)
class Taken:
    """Events that another touchpoint has now and would lose."""

    touchpoint: int  # its code
    events: int


@dataclass(frozen=True, slots=True)
class Preview:
    """What would be the touchpoint, among the newest `looked_at` events (of `total`), since `since`."""

    events: int
    profiles: int
    names: tuple[Example, ...]
    paths: tuple[Example, ...]
    taken: tuple[Taken, ...]
    let_go: int  # events that are this touchpoint now and would not be
    looked_at: int
    total: int
    since: datetime | None

    @property
    def is_complete(self) -> bool:
        return self.looked_at == self.total


def preview(
    snapshot: Snapshot,
    *,
    code: int,
    now: Rules,
    then: Rules,
    profiles: Callable[[Keys], Keys],
    patience: timedelta = PATIENCE,
) -> Preview:
    """Try the rules `then` instead of `now` on the newest events, until all are seen or `patience` ends.

    `code` is the touchpoint's in both. A part once begun is finished: some 250,000 events. `profiles` says
    whose an event's key is.
    """
    found = _Found()
    columns = dict.fromkeys(
        ["source", "type", "name", "path", "key", "occurred_at", *now.columns, *then.columns]
    )
    deadline = time.monotonic() + patience.total_seconds()
    for events in _newest_first(snapshot, list(columns)):
        found.add(events, now.touchpoints(events), then.touchpoints(events), code)
        if time.monotonic() > deadline:
            break
    return found.result(
        profiles, total=sum(s.rows for s in snapshot.segments["events"]) + _tail_rows(snapshot)
    )


class _Found:
    def __init__(self) -> None:
        self._names: Counter[tuple[int, str]] = Counter()
        self._paths: Counter[str] = Counter()
        self._taken: Counter[int] = Counter()
        self._keys: list[Keys] = []
        self._events = self._let_go = self._looked_at = 0
        self._since: int | None = None

    def add(self, events: pa.Table, now: Codes, then: Codes, code: int) -> None:
        matched = then == code
        self._looked_at += events.num_rows
        self._events += int(matched.sum())
        self._let_go += int(((now == code) & ~matched).sum())
        losers = now[matched & (now != code) & (now != 0)]
        self._taken.update(
            dict(zip(*(a.tolist() for a in np.unique(losers, return_counts=True)), strict=True))
        )
        earliest: Any = pc.min(events["occurred_at"]).cast(pa.int64()).as_py()
        self._since = earliest if self._since is None else min(self._since, earliest)
        rows: Any = events.select(["key", "type", "name", "path"]).filter(pa.array(matched))
        self._keys.append(np.unique(rows["key"].to_numpy()))
        for one in rows.group_by(["type", "name"]).aggregate([([], "count_all")]).to_pylist():
            self._names[one["type"], one["name"]] += one["count_all"]
        for one in pc.value_counts(rows["path"].drop_null()).to_pylist():
            self._paths[one["values"]] += one["counts"]

    def result(self, profiles: Callable[[Keys], Keys], *, total: int) -> Preview:
        keys = np.unique(np.concatenate([np.zeros(0, np.uint64), *self._keys]))
        whose = np.unique(profiles(keys))
        names = (Example(n, c, EventType(t).name.lower()) for (t, n), c in self._names.most_common(EXAMPLES))
        since = None if self._since is None else datetime.fromtimestamp(self._since / 1e6, UTC)
        return Preview(
            events=self._events,
            profiles=int((whose != 0).sum()),
            names=tuple(names),
            paths=tuple(Example(p, c) for p, c in self._paths.most_common(EXAMPLES)),
            taken=tuple(Taken(t, c) for t, c in self._taken.most_common()),
            let_go=self._let_go,
            looked_at=self._looked_at,
            total=total,
            since=since,
        )


def _newest_first(snapshot: Snapshot, names: list[str]) -> Iterator[pa.Table]:
    return (alone.columns("events", names) for alone in reversed(snapshot.alone()))


def _tail_rows(snapshot: Snapshot) -> int:
    return sum(t.num_rows for t in snapshot.tails["events"])
