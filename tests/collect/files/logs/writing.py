"""XES files for tests: written on the spot, and read another way: with ElementTree, as a whole."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from polku.collect.files.logs.parts import Part
from polku.collect.files.logs.unpacking import unpacked
from polku.collect.files.logs.xes import XesReader

HEAD = "<?xml version='1.0' encoding='UTF-8'?>\n<log xes.version=\"1.0\">\n"


def event(name: str, time: str, *more: str) -> str:
    named = f'<string key="concept:name" value="{name}"/>\n'
    return f'<event>\n{named}<date key="time:timestamp" value="{time}"/>{"".join(more)}</event>\n'


def trace(case: str, *inside: str) -> str:
    return f'<trace>\n<string key="concept:name" value="{case}"/>\n{"".join(inside)}</trace>\n'


def log(*traces: str, head: str = HEAD) -> str:
    return f"{head}{''.join(traces)}</log>\n"


Read = list[tuple[str | None, dict[str, Any], list[tuple[str | None, datetime | None, dict[str, Any]]]]]
"""Traces: their name, other attributes, events: name, time, other attributes."""


def read(path: Path, folder: Path, *, keep_going: bool = False) -> Read:
    """A XES file as Polku reads it, traces without loose events."""
    reader = XesReader(unpacked(path, folder, keep_going=keep_going))
    return [t for part in reader.parts(lambda size: None) for t in _traces(part)]


def _traces(part: Part) -> Iterator[Any]:
    events = part.events.to_pylist()
    for t in part.traces.to_pylist():
        of = [
            (e["name"], _utc(e["time"]), json.loads(e["attributes"]))
            for e in events
            if e["trace"] == t["trace"]
        ]
        yield t["case"], json.loads(t["attributes"]), of


def _utc(microseconds: int | None) -> datetime | None:
    return None if microseconds is None else datetime.fromtimestamp(microseconds / 1e6, UTC)


def read_by_tree(content: bytes) -> Read | None:
    """The same by ElementTree; None if the root is no log. Raises ParseError."""
    root = ElementTree.fromstring(content)
    if _local(root) != "log":
        return None
    return [_trace(t) for t in root if _local(t) == "trace"]


def _trace(element: ElementTree.Element) -> Any:
    events = []
    for e in element:
        if _local(e) == "event":
            time = _taken(e, "time:timestamp")
            name = _taken(e, "concept:name")
            events.append((name, None if time is None else _moment(time), dict(_attributes(e, ""))))
    return _taken(element, "concept:name"), dict(_attributes(element, "")), events


def _taken(element: ElementTree.Element, key: str) -> str | None:
    """The text of an attribute that is no property; what is within it stays one."""
    for e in element:
        if e.get("key") == key and _local(e) in TYPES[:-2] and "value" in e.attrib:
            return e.attrib.pop("value")
    return None


def _moment(text: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(text.strip())
        return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


def _attributes(element: ElementTree.Element, path: str) -> Iterator[tuple[str, Any]]:
    numbered = _local(element) == "list"
    inside = [c for e in element for c in (e if numbered and _local(e) == "values" else [e])]
    inside = [e for e in inside if "key" in e.attrib and _local(e) in TYPES]
    for number, e in enumerate(inside, 1):
        key = f"{path}{number}.{e.attrib['key']}" if numbered else path + e.attrib["key"]
        if "value" in e.attrib and _local(e) not in ("list", "container"):
            yield key, _value(_local(e), e.attrib["value"])
        yield from _attributes(e, f"{key}.")


TYPES = ("string", "date", "id", "int", "float", "boolean", "list", "container")


def _value(kind: str, text: str) -> Any:
    if kind == "int" and re.fullmatch(r"-?(0|[1-9][0-9]*)", text, re.ASCII) and len(text.lstrip("-")) <= 18:
        return int(text)
    if kind == "float" and re.fullmatch(
        r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]{1,2})?", text, re.ASCII
    ):
        return json.loads(text)
    return {"true": True, "false": False}[text] if kind == "boolean" and text in ("true", "false") else text


def _local(element: ElementTree.Element) -> str:
    return str(element.tag).rpartition("}")[2].rpartition(":")[2]
