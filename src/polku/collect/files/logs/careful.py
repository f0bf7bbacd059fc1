"""XES read element by element, however it is written: what the kernel leaves, and small files whole."""

from __future__ import annotations

from dataclasses import dataclass, field
from mmap import mmap
from typing import Any, Final

import pyarrow as pa

from polku.collect.files.logs.attributes import json_object, json_value
from polku.collect.files.logs.parts import EVENTS, TRACES, Part
from polku.collect.files.logs.times import moment, says_zone
from polku.collect.files.logs.xml import XmlFile
from polku.errors import InvalidInput

_NAME, _TIME, _IDENTITY = "concept:name", "time:timestamp", "identity:id"
_SINGLE: Final = frozenset({"string", "date", "int", "float", "boolean", "id"})
_SEVERAL: Final = frozenset({"list", "container"})


@dataclass(slots=True)
class _Row:
    """A trace or an event as far as it has been read."""

    trace: int
    at: int
    name: str | None = None
    time: str | None = None
    identity: str | None = None
    members: list[tuple[str, str]] = field(default_factory=list)
    behind: int = 0


@dataclass(slots=True)
class _Open:
    """An element that is open. Attributes within it belong to `row`, their names stand behind `path`."""

    kind: str  # log, trace, event, list, attribute; empty: left out with all that is in it
    row: _Row | None = None
    path: str = ""
    count: int = 0  # of what a list holds so far


_LEFT_OUT: Final = _Open("")


class CarefulReader:
    """Makes rows of what the parser of XML tells. `title` is the log's concept:name, `traces` counts those begun."""

    def __init__(self, name: str, content: mmap) -> None:
        self.xml = XmlFile(name, content, self._started, self._ended)
        self.title, self.traces = "", 0
        self._open: list[_Open] = []
        self._events: list[_Row] = []
        self._traces: list[_Row] = []
        self.whole = 0
        """Events of traces that are read to their end, or that stand outside traces."""

    @property
    def has_whole(self) -> bool:
        return bool(self.whole or self._traces)

    def take(self) -> Part:
        """What is whole, and forget it."""
        events, self._events = self._events[: self.whole], self._events[self.whole :]
        traces, self._traces, self.whole = self._traces, [], 0
        return Part(_events(events), _traces(traces))

    def end_here(self) -> None:
        """Take a trace that is open for whole: the file ends in it."""
        self._traces += [o.row for o in self._open if o.kind == "trace" and o.row]
        self.whole = len(self._events)

    def _started(self, tag: str, attributes: dict[str, str]) -> None:
        outer = self._open[-1] if self._open else None
        if outer is None:
            if tag != "log":
                raise InvalidInput(
                    "%(file)s is XML, but no event log: it begins with <%(tag)s>, and XES with <log>.",
                    file=self.xml.name,
                    tag=tag,
                )
            self._open.append(_Open("log"))
        elif tag == "trace" and outer.kind == "log":
            self._open.append(_Open("trace", _Row(self.traces, self.xml.place)))
            self.traces += 1
        elif tag == "event" and outer.kind in ("log", "trace"):
            number = outer.row.trace if outer.row else -1
            self._open.append(_Open("event", _Row(number, self.xml.place)))
        elif tag == "values" and outer.kind == "list":
            self._open.append(outer)
        elif outer.kind and "key" in attributes and (tag in _SINGLE or tag in _SEVERAL):
            self._attribute(outer, tag, attributes["key"], attributes.get("value"))
        else:
            self._open.append(_LEFT_OUT)

    def _attribute(self, outer: _Open, tag: str, key: str, value: str | None) -> None:
        row = outer.row
        if row is None:  # of the log itself
            self.title = self.title or (value or "" if key == _NAME else "")
            self._open.append(_LEFT_OUT)
            return
        if outer.kind == "list":
            outer.count += 1
            key = f"{outer.count}.{key}"
        path = outer.path + key
        if value is not None and tag in _SINGLE:
            direct = outer.kind in ("trace", "event")
            if direct and key == _NAME and row.name is None:
                row.name = value
            elif outer.kind == "event" and key == _TIME and row.time is None:
                row.time = value
            else:
                if direct and key == _IDENTITY and row.identity is None:
                    row.identity = value
                row.members.append((path, json_value(tag, value)))
        self._open.append(_Open("list" if tag == "list" else "attribute", row, f"{path}."))

    def _ended(self, tag: str) -> None:
        ended = self._open.pop()
        if ended.kind not in ("trace", "event") or ended.row is None:
            return
        ended.row.behind = self.xml.content.find(b">", self.xml.place) + 1
        if ended.kind == "trace":
            self._traces.append(ended.row)
            self.whole = len(self._events)
        else:
            self._events.append(ended.row)
            if ended.row.trace < 0:
                self.whole = len(self._events)


def _events(rows: list[_Row]) -> pa.Table:
    times = [None if r.time is None else moment(r.time) for r in rows]
    written = [
        None if r.time is None or (at is not None and says_zone(r.time)) else r.time
        for r, at in zip(rows, times, strict=True)
    ]
    columns: list[list[Any]] = [
        [r.trace for r in rows],
        [r.name for r in rows],
        times,
        written,
        [r.identity for r in rows],
        [json_object(r.members) for r in rows],
        [r.at for r in rows],
        [r.behind for r in rows],
    ]
    return pa.table([pa.array(c, f.type) for c, f in zip(columns, EVENTS, strict=True)], schema=EVENTS)


def _traces(rows: list[_Row]) -> pa.Table:
    columns: list[list[Any]] = [
        [r.trace for r in rows],
        [r.name for r in rows],
        [r.identity for r in rows],
        [json_object(r.members) for r in rows],
        [r.at for r in rows],
        [r.behind for r in rows],
    ]
    return pa.table([pa.array(c, f.type) for c, f in zip(columns, TRACES, strict=True)], schema=TRACES)
