"""Bodies of many requests as tables for the store: all plain events at once, the others one by one."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import msgspec
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from polku.collect import scanning
from polku.collect.encoding import encode_events, encode_rejected
from polku.collect.figures import SURVEY_RESPONDED, money_of
from polku.collect.protocol import MOST_EVENTS, TYPES
from polku.collect.reading import read_event, rows_of
from polku.collect.refusal import Refusal, Refused
from polku.collect.rows import EARLIEST, LEAST_SKEW_US, Arrival, Row, moment, of_properties
from polku.collect.scanning import CAREFUL, MONEY, NONE, PLACE, UNREADABLE
from polku.store import INCOMING, EventType

log = logging.getLogger("polku.collect")

Flags = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.int64]
Cells = npt.NDArray[np.int32]

_LEAST_EVENT: Final = 40
"""Bytes: of less, none can be plain."""


@dataclass(slots=True)
class Delivery:
    """A request's body, and what became of it: `careful` if it has to be read by polku.collect.reading."""

    body: bytes
    arrival: Arrival
    refused: int = 0
    careful: bool = False


def ready() -> bool:
    """Whether bodies can be read here: not before the kernels are compiled."""
    return all(kernel.compiled for kernel in scanning.KERNELS)


def encode_bodies(deliveries: Sequence[Delivery]) -> list[pa.Table]:
    """Tables of schema INCOMING and REJECTED: what the store's committer asks for. Marks what is not in them."""
    try:
        return _encode(deliveries)
    except Exception:  # a defect of ours: nothing is lost, it is only slower
        log.exception("bodies_not_scanned requests=%d", len(deliveries))
        for delivery in deliveries:
            delivery.careful, delivery.refused = True, 0
        return []


def _encode(deliveries: Sequence[Delivery]) -> list[pa.Table]:
    found = _Found.of(deliveries)
    careful = found.careful
    table, failed = _plain(found, np.flatnonzero(~careful))
    careful[failed] = True
    rows, places, refused = _others(found, deliveries, np.flatnonzero(careful))
    if careful.any():
        order = np.concatenate([np.flatnonzero(~careful), np.array(places, np.int64)])
        table = pa.concat_tables([table, *encode_events([rows])]) if rows else table
        table = table.take(pa.array(np.argsort(order, kind="stable")))
    tables = [table] if table.num_rows else []
    return [*tables, *encode_rejected(refused)] if refused else tables


@dataclass(frozen=True, slots=True)
class _Found:
    """What was found: the bodies one behind the other, and a row for each event."""

    content: npt.NDArray[np.uint8]
    cells: Cells
    happened: Numbers  # microseconds, NONE if not said
    sent: Numbers
    received: Numbers
    source: npt.NDArray[np.int16]
    careful: Flags  # what the kernels or the times say is not plain

    @classmethod
    def of(cls, deliveries: Sequence[Delivery]) -> _Found:
        content = np.frombuffer(b"".join([*(d.body for d in deliveries), b"{}"]), np.uint8)
        cells, batch_sent = _scan(content, deliveries)
        arrivals = [d.arrival for d in deliveries]
        body = cells[:, scanning.BODY]
        received = np.array([a.received_us for a in arrivals], np.int64)[body]
        ahead = np.array([a.ahead_us for a in arrivals], np.int64)[body]
        source = np.array([a.source for a in arrivals], np.int16)[body]
        time, first_time, own_sent = (
            _times(content, cells[:, c : c + 2]) for c in (scanning.TIME, scanning.FIRST_TIME, scanning.SENT)
        )
        sent = np.where(own_sent == NONE, batch_sent[body], own_sent)
        happened = np.where(first_time == NONE, time, first_time)
        careful = (cells[:, scanning.MARKS] & CAREFUL) != 0
        for read in (time, first_time, sent):
            careful |= read == UNREADABLE
        careful |= np.abs(received - np.where(sent <= UNREADABLE, received, sent)) > LEAST_SKEW_US
        at = np.where(happened <= UNREADABLE, received, happened)
        careful |= (at < EARLIEST) | (at > received + ahead)
        for column in (scanning.USER, scanning.ANONYMOUS):
            scanning.doubt(content, *_ends(cells, column), careful)
        return cls(content, cells, happened, sent, received, source, careful)

    def text(self, row: int, column: int) -> bytes:
        return self.content[self.cells[row, column] : self.cells[row, column + 1]].tobytes()


def _scan(content: npt.NDArray[np.uint8], deliveries: Sequence[Delivery]) -> tuple[Cells, Numbers]:
    """The cells of events, and when each batch says that it was sent; marks bodies that have to be read with care."""
    lengths = np.array([len(d.body) for d in deliveries], np.int64)
    tokens = np.empty((int((lengths // scanning.TOKEN_BYTES + 8).sum()), 4), np.int32)
    roots = np.empty(len(lengths), np.int64)
    scanning.tokenize(content, np.cumsum(lengths), tokens, roots)
    types = np.array([TYPES[d.arrival.type] if d.arrival.type else 0 for d in deliveries], np.int64)
    most = int(np.minimum(lengths // _LEAST_EVENT + 1, MOST_EVENTS).sum())
    cells = np.empty((most, scanning.WIDTH), np.int32)
    sent, plain = np.empty((len(lengths), 2), np.int32), np.empty(len(lengths), np.bool_)
    used = scanning.find(content, tokens, roots, types, cells, sent, plain)
    batch_sent = _times(content, sent)
    plain &= batch_sent != UNREADABLE
    for i in np.flatnonzero(~plain).tolist():
        deliveries[i].careful = True
    cells = cells[:used]
    return cells[plain[cells[:, scanning.BODY]]], batch_sent


def _times(content: npt.NDArray[np.uint8], spans: Cells) -> Numbers:
    times = np.empty(len(spans), np.int64)
    scanning.read_times(content, *_ends(spans, 0), times)
    return times


def _ends(cells: Cells, column: int) -> tuple[Cells, Cells]:
    """Where a field of each event begins and ends."""
    return np.ascontiguousarray(cells[:, column]), np.ascontiguousarray(cells[:, column + 1])


def _plain(found: _Found, rows: Numbers) -> tuple[pa.Table, Numbers]:
    """Plain events as a table; and which of `rows` turned out not to be, and are not in it."""
    names = _strings(found, rows, scanning.NAME)
    figures = _figures(found, rows, names)
    if figures.failed.any():
        kept = ~figures.failed
        return _plain(found, rows[kept])[0], rows[figures.failed]
    received = found.received[rows]
    happened = found.happened[rows]
    paths = _strings(found, rows, scanning.PATH, nullable=True)
    if figures.paths:
        at = np.zeros(len(rows), np.bool_)
        at[list(figures.paths)] = True
        paths = pc.replace_with_mask(paths, pa.array(at), pa.array(figures.paths.values(), pa.string()))
    stamp = INCOMING.field("received_at").type
    nothing = pa.nulls(len(rows), pa.string())
    columns = {
        "source": pa.array(found.source[rows]),
        "event_id": _strings(found, rows, scanning.ID),
        "type": pa.array(found.cells[rows, scanning.TYPE].astype(np.uint8)),
        "name": names,
        "received_at": pa.array(received).cast(stamp),
        "occurred_at": pa.array(np.where(happened == NONE, received, happened)).cast(stamp),
        "user_id": _strings(found, rows, scanning.USER, nullable=True),
        "anonymous_id": _strings(found, rows, scanning.ANONYMOUS, nullable=True),
        "identifiers": nothing,
        "path": paths,
        "value": pa.array(figures.value, mask=np.isnan(figures.value)),
        "score": pa.array(figures.score, mask=np.isnan(figures.score)),
        "properties": _strings(found, rows, scanning.PROPERTIES, default=True),
        "context": _strings(found, rows, scanning.CONTEXT, default=True),
        "extra": nothing,
    }
    return pa.table([columns[f.name] for f in INCOMING], schema=INCOMING), rows[:0]


@dataclass(frozen=True, slots=True)
class _Figures:
    """What properties give to the events of a table, by their place in it; `failed` where they cannot be."""

    value: npt.NDArray[np.float64]
    score: npt.NDArray[np.float32]
    paths: dict[int, str]
    failed: Flags


def _figures(found: _Found, rows: Numbers, names: pa.Array[Any]) -> _Figures:
    cells = found.cells[rows]
    made = _Figures(
        np.full(len(rows), np.nan), np.full(len(rows), np.nan, np.float32), {}, np.zeros(len(rows), np.bool_)
    )
    encoded = names.dictionary_encode()
    distinct, name_of = encoded.dictionary.to_pylist(), encoded.indices.to_numpy()
    money = np.array([bool(money_of(n).fields) for n in distinct], np.bool_)[name_of]
    answered = np.array([n == SURVEY_RESPONDED for n in distinct], np.bool_)[name_of]
    marks = cells[:, scanning.MARKS]
    wanted = (cells[:, scanning.TYPE] == EventType.TRACK) & (answered | (money & (marks & MONEY != 0)))
    wanted |= (cells[:, scanning.PATH] < 0) & (marks & PLACE != 0)
    wanted &= cells[:, scanning.PROPERTIES] >= 0
    content = found.content
    for i in np.flatnonzero(wanted).tolist():
        cell = cells[i]
        properties = content[cell[scanning.PROPERTIES] : cell[scanning.PROPERTIES + 1]].tobytes()
        has_path = cell[scanning.PATH] >= 0
        try:
            path, value, score = of_properties(
                int(cell[scanning.TYPE]), distinct[name_of[i]], properties, "" if has_path else None
            )
        except (Refusal, msgspec.DecodeError, RecursionError):
            made.failed[i] = True
            continue
        if path:
            made.paths[i] = path
        if value is not None:
            made.value[i] = value
        if score is not None:
            made.score[i] = score
    return made


def _others(
    found: _Found, deliveries: Sequence[Delivery], careful: Numbers
) -> tuple[list[Row], list[int], list[tuple[datetime, int, list[Refused]]]]:
    """Events that are read field by field: rows, the place of each among those found, and what was refused."""
    rows: list[Row] = []
    places: list[int] = []
    refused: list[tuple[datetime, int, list[Refused]]] = []
    for i in careful.tolist():
        delivery = deliveries[found.cells[i, scanning.BODY]]
        message = read_event(found.text(i, scanning.START))
        if found.sent[i] > UNREADABLE:
            message.sent_at = moment(int(found.sent[i]))
        made, not_taken = rows_of(message, delivery.arrival)
        rows += made
        places += [i] * len(made)
        if not_taken:
            refused.append((moment(delivery.arrival.received_us), delivery.arrival.source, not_taken))
            delivery.refused += len(not_taken)
    return rows, places, refused


def _strings(
    found: _Found, rows: Numbers, column: int, *, nullable: bool = False, default: bool = False
) -> pa.Array[Any]:
    """A field of events as an Arrow array; absent ones are null, an empty object, or empty."""
    starts, ends = _ends(found.cells[rows], column)
    absent = starts < 0
    if default and absent.any():  # the scanned text ends with an empty object
        starts = np.where(absent, len(found.content) - 2, starts).astype(np.int32)
        ends = np.where(absent, len(found.content), ends).astype(np.int32)
    offsets, data = np.empty(len(rows) + 1, np.int32), np.empty(int((ends - starts).sum()), np.uint8)
    scanning.gather(found.content, starts, ends, offsets, data)
    there = pa.py_buffer(np.packbits(~absent, bitorder="little")) if nullable and absent.any() else None
    made: pa.Array[Any] = pa.Array.from_buffers(
        pa.string(), len(rows), [there, pa.py_buffer(offsets), pa.py_buffer(data)]
    )
    return made
