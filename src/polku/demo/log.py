"""Gathers the demo's events, source by source, and hands them out in order of arrival."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from polku.demo.calendar import MINUTE, SECOND, Calendar, Flags, Floats, Ints
from polku.demo.people import People
from polku.demo.sources import DemoSource
from polku.store.schema import INCOMING, EventType

ROWS_PER_TABLE: Final = 50_000

_GATHERED = pa.schema([f for f in INCOMING if f.name not in ("event_id", "extra")])
_UTC = pa.timestamp("us", tz="UTC")


class Log:
    """Events within the calendar's year, and what each person has met in it (`met`)."""

    def __init__(self, people: People, calendar: Calendar, rng: np.random.Generator) -> None:
        self._people = people
        self._calendar = calendar
        self._rng = rng
        self._tables: list[pa.Table] = []
        self._met: dict[str, list[tuple[Ints, Ints]]] = {}
        self._anonymous_ids = pa.array(people.device.anonymous_id)
        self._user_ids = pa.array(people.user_ids)

    def within(self, at: Ints) -> Flags:
        return (at >= self._calendar.start) & (at < self._calendar.now)

    def add(
        self,
        source: DemoSource,
        name: str,
        *,
        at: Ints,
        properties: Sequence[str],
        kind: EventType = EventType.TRACK,
        device: Ints | None = None,
        user: Ints | None = None,
        identifiers: Sequence[str] | None = None,
        path: Sequence[str] | str | None = None,
        value: Floats | None = None,
        score: Floats | None = None,
        context: Sequence[str] | str = "{}",
        delay: Ints | None = None,
    ) -> None:
        """Note events; rows outside the year are left out. `device` and `user` are indices, −1 for none."""
        n = len(at)
        if delay is None:
            delay = self._rng.integers(40_000, 3 * SECOND, n)
        columns = {
            "source": pa.repeat(pa.scalar(source.id, pa.int16()), n),
            "type": pa.repeat(pa.scalar(int(kind), pa.uint8()), n),
            "name": pa.repeat(name, n),
            "received_at": pa.array(np.minimum(at + delay, self._calendar.now - 1)).cast(_UTC),
            "occurred_at": pa.array(at).cast(_UTC),
            "user_id": _taken(self._user_ids, user, n),
            "anonymous_id": _taken(self._anonymous_ids, device, n),
            "identifiers": _texts(identifiers, n),
            "path": _texts(path, n),
            "value": pa.nulls(n, pa.float64()) if value is None else pa.array(value),
            "score": pa.nulls(n, pa.float32()) if score is None else pa.array(score.astype(np.float32)),
            "properties": _texts(properties, n),
            "context": _texts(context, n),
        }
        table = pa.table([columns[f.name] for f in _GATHERED], schema=_GATHERED)
        inside = self.within(at)
        self._tables.append(table if inside.all() else table.filter(pa.array(inside)))

    def meet(self, key: str, person: Ints, at: Ints) -> None:
        """Note that people met `key` (of truths.EFFECTS); what lies outside the year does not count."""
        inside = self.within(at)
        self._met.setdefault(key, []).append((person[inside], at[inside]))

    def met(self, key: str, person: Ints, at: Ints, *, days: int) -> Flags:
        """Whether each person met `key` in the `days` before `at`."""
        noted = self._met.get(key, [])
        if not noted:
            return np.zeros(len(person), dtype=bool)
        who, when = (np.concatenate(column) for column in zip(*noted, strict=True))
        seconds = 2**33
        known = np.sort(who * seconds + when // SECOND)
        until = np.searchsorted(known, person * seconds + at // SECOND)
        since = np.searchsorted(known, person * seconds + at // SECOND - days * 86_400)
        return np.asarray(until > since)

    def reach(self, key: str) -> tuple[int, int]:
        """People who met `key` in the year, and how often it happened."""
        noted = [who for who, _ in self._met.get(key, [])]
        who = np.concatenate(noted) if noted else np.empty(0, dtype=np.int64)
        return len(np.unique(who)), len(who)

    def tables(self) -> Iterator[pa.Table]:
        """All events of schema INCOMING in order of `received_at`, about 50,000 a table."""
        gathered = pa.concat_tables(self._tables).combine_chunks()  # taking from chunks costs far more
        order = pc.sort_indices(gathered, sort_keys=[("received_at", "ascending"), ("source", "ascending")])
        rng = np.random.default_rng(self._rng.integers(2**63))
        for begin in range(0, len(order), ROWS_PER_TABLE):
            part = gathered.take(order.slice(begin, ROWS_PER_TABLE))
            ids = pa.array(_event_ids(rng.bytes(16 * len(part)).hex(), begin))
            part = part.append_column("event_id", ids).append_column(
                "extra", pa.nulls(len(part), pa.string())
            )
            yield part.select(INCOMING.names).cast(INCOMING).combine_chunks()


def _event_ids(text: str, begin: int) -> list[str]:
    """Ids of a uuid's looks; the row's number in them makes them unique."""
    return [
        f"{t[:8]}-{t[8:12]}-4{t[12:15]}-8{t[15:18]}-{begin + i:012x}"
        for i, t in enumerate(text[k : k + 32] for k in range(0, len(text), 32))
    ]


def _taken(values: pa.Array[Any], index: Ints | None, n: int) -> pa.Array[Any]:
    if index is None:
        return pa.nulls(n, pa.string())
    return values.take(pa.array(index, pa.int64(), mask=index < 0))


def _texts(values: Sequence[str] | str | None, n: int) -> pa.Array[Any]:
    if values is None:
        return pa.nulls(n, pa.string())
    return pa.repeat(values, n) if isinstance(values, str) else pa.array(values, pa.string())


def late_arrivals(rng: np.random.Generator, n: int, share: float) -> npt.NDArray[np.int64]:
    """Delays of an app that is now and then out of reach: seconds mostly, up to hours for `share`."""
    away = rng.random(n) < share
    return np.where(away, rng.integers(5 * MINUTE, 300 * MINUTE, n), rng.integers(60_000, 4 * SECOND, n))
