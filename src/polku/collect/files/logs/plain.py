"""The plain traces of a XES file as columns, by the kernel of xes_scanning."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
import pyarrow as pa

from polku.collect.files.logs import xes_scanning as scanning
from polku.collect.files.logs import xml as xml_files
from polku.collect.files.logs.parts import EVENTS, TRACES, Part
from polku.collect.files.logs.times import moment, says_zone
from polku.collect.files.logs.xes_scanning import Bytes, Cells
from polku.collect.files.logs.xml import XmlFile
from polku.collect.scanning import UNREADABLE, gather, read_times
from polku.store.hashing import hash_texts
from polku.store.kernels import Kernel

ENCODINGS: Final = frozenset({"utf-8", "us-ascii", "ascii"})
WINDOW: Final = 8 << 20
"""Bytes that are read at once; more only if a single trace is longer."""
WORTH_COMPILING: Final = 48 << 20
"""Of a smaller file the parser of XML has read more than this one could once it is compiled."""

_KERNELS: Final[tuple[Kernel[..., Any], ...]] = (scanning.read_traces, read_times, gather, hash_texts)


def reader_for(size: int) -> PlainReader | None:
    """A reader for a file of so many bytes; None as long as it would take longer to compile it than to do without."""
    if size < WORTH_COMPILING and not all(kernel.compiled for kernel in _KERNELS):
        return None
    for kernel in _KERNELS:
        kernel.compile()
    return PlainReader()


class PlainReader:
    """Reads plain traces into memory that is used again and again."""

    def __init__(self) -> None:
        self._make_room(WINDOW)

    def _make_room(self, size: int) -> None:
        self._size = size
        events, traces = size // scanning.EVENT_BYTES + 2, size // scanning.TRACE_BYTES + 2
        self._events = np.empty((events, scanning.WIDTH), np.int32), np.empty(events, np.int32)
        self._traces = np.empty((traces, scanning.WIDTH), np.int32), np.empty(traces, np.int32)
        self._properties, self._traits = np.empty(size, np.uint8), np.empty(size, np.uint8)

    def parts(self, xml: XmlFile, place: int, number: int) -> Iterator[tuple[Part, int]]:
        """Traces from a place in the file on, and the place behind them, up to the first that is not plain.

        `number` is that of the first trace. Raises InvalidInput if there are bytes that are no UTF-8.
        """
        whole = np.frombuffer(xml.content, np.uint8)
        told = np.zeros(3, np.int64)
        while place < len(whole):
            window = whole[place : place + self._size]
            stopped = scanning.read_traces(
                window, *self._events, self._properties, *self._traces, self._traits, told
            )
            read = int(told[scanning.READ])
            if read:
                _check_letters(xml, window[:read], place)
                yield self._part(window, told, place, number), place + read
                place += read
                number += int(told[scanning.TRACES])
            elif not stopped and place + len(window) < len(whole) and self._size < xml_files.LONGEST:
                self._make_room(min(self._size * 4, xml_files.LONGEST))  # a trace longer than the window
                continue
            if stopped or not read:
                return

    def _part(self, window: Bytes, told: Any, place: int, number: int) -> Part:
        cells, traced = self._events[0][: told[scanning.EVENTS]], self._traces[0][: told[scanning.TRACES]]
        times, written = _times(window, cells)
        events = [
            pa.array(cells[:, scanning.TRACE].astype(np.int64) + number),
            _texts(window, cells, scanning.NAME),
            pa.array(times, mask=times <= UNREADABLE),
            written,
            _texts(window, cells, scanning.ID),
            _objects(self._events[1][: len(cells)], self._properties),
            pa.array(cells[:, scanning.AT].astype(np.int64) + place),
            pa.array(cells[:, scanning.BEHIND].astype(np.int64) + place),
        ]
        traces = [
            pa.array(np.arange(number, number + len(traced))),
            _texts(window, traced, scanning.NAME),
            _texts(window, traced, scanning.ID),
            _objects(self._traces[1][: len(traced)], self._traits),
            pa.array(traced[:, scanning.AT].astype(np.int64) + place),
            pa.array(traced[:, scanning.BEHIND].astype(np.int64) + place),
        ]
        return Part(pa.table(events, schema=EVENTS), pa.table(traces, schema=TRACES))


def _times(window: Bytes, cells: Cells) -> tuple[Any, pa.Array[Any]]:
    """Times in microseconds (UNREADABLE, NONE), and what is written where the kernel cannot read it."""
    spans = _spans(cells, scanning.TIME)
    times = np.empty(len(cells), np.int64)
    read_times(window, *spans, times)
    unusual = np.flatnonzero(times == UNREADABLE)
    if not len(unusual):
        return times, pa.nulls(len(cells), pa.string())
    written: list[str | None] = [None] * len(cells)
    for i in unusual.tolist():
        text = window[spans[0][i] : spans[1][i]].tobytes().decode()
        at = moment(text)
        times[i] = UNREADABLE if at is None else at
        written[i] = None if at is not None and says_zone(text) else text
    return times, pa.array(written, pa.string())


def _spans(cells: Cells, column: int) -> tuple[Cells, Cells]:
    return np.ascontiguousarray(cells[:, column]), np.ascontiguousarray(cells[:, column + 1])


def _texts(window: Bytes, cells: Cells, column: int) -> pa.Array[Any]:
    """Values as they stand in the file; null where there is none."""
    starts, ends = _spans(cells, column)
    there = starts >= 0
    if not there.any():
        return pa.nulls(len(cells), pa.string())
    offsets, data = np.empty(len(cells) + 1, np.int32), np.empty(int((ends - starts).sum()), np.uint8)
    gather(window, starts, ends, offsets, data)
    valid = None if there.all() else pa.py_buffer(np.packbits(there, bitorder="little"))
    return _strings(len(cells), valid, offsets, data)


def _objects(ends: Any, data: Bytes) -> pa.Array[Any]:
    offsets = np.concatenate([np.zeros(1, np.int32), ends])
    return _strings(len(ends), None, offsets, data[: offsets[-1]].copy())


def _strings(rows: int, valid: Any, offsets: Any, data: Bytes) -> pa.Array[Any]:
    buffers = [valid, pa.py_buffer(offsets), pa.py_buffer(data)]
    made: pa.Array[Any] = pa.Array.from_buffers(pa.string(), rows, buffers)
    return made


def _check_letters(xml: XmlFile, read: Bytes, place: int) -> None:
    """TRICKY: all that was read, not only what is kept: a file that is spoilt anywhere is not to be believed."""
    try:
        offsets = np.array([0, len(read)], np.int32)
        _strings(1, None, offsets, read).validate(full=True)
    except pa.ArrowInvalid as e:
        try:
            read.tobytes().decode()
        except UnicodeDecodeError as bad:
            raise xml.malformed(place + bad.start, "bytes that are no letters of UTF-8") from e
        raise
