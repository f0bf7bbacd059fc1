"""OCEL 2.0 in XML."""

from __future__ import annotations

from dataclasses import dataclass, field
from mmap import ACCESS_READ, mmap
from typing import Final

from polku.collect.files.job import Advance
from polku.collect.files.logs.attributes import json_object
from polku.collect.files.logs.objects import ObjectLog, typed
from polku.collect.files.logs.unpacking import LogFile
from polku.collect.files.logs.xml import XmlFile
from polku.collect.files.text import DamagedFile
from polku.errors import InvalidInput, Words

_AT_ONCE: Final = 1 << 20


def read(file: LogFile, log: ObjectLog, advance: Advance) -> None:
    """Raises InvalidInput if it is no OCEL 2.0, DamagedFile if it ends too early unless that is known."""
    with file.path.open("rb") as source:
        content = mmap(source.fileno(), 0, access=ACCESS_READ)
    elements = _Elements(log)
    xml = elements.xml = XmlFile(file.name, content, elements.started, elements.ended, elements.said)
    try:
        for place in range(0, len(content), _AT_ONCE):
            behind = min(len(content), place + _AT_ONCE)
            xml.feed(place, behind)
            advance(behind - place)
        xml.finish()
    except DamagedFile:
        if file.damage is None:
            raise
    if not elements.seen & {"events", "objects"}:
        raise InvalidInput(
            "%(file)s is XML, but no OCEL 2.0: it has neither <events> nor <objects>. Export the log as OCEL 2.0 in "
            "JSON, XML or SQLite.",
            file=file.name,
        )
    log.flush()


@dataclass(slots=True)
class _Entity:
    """An object or event that is open."""

    id: str
    type: str
    time: str | None
    attributes: list[tuple[str, str, str]] = field(default_factory=list)  # name, time, value as JSON
    relations: list[tuple[str, str]] = field(default_factory=list)


class _Elements:
    """Takes elements as they come. In OCEL an <objects> within an object or event holds its relations."""

    xml: XmlFile

    def __init__(self, log: ObjectLog) -> None:
        self.seen: set[str] = set()
        self._log = log
        self._path: list[str] = []
        self._declaring = ""
        self._declared: dict[tuple[str, str, str], str] = {}
        self._entity: _Entity | None = None
        self._attribute: tuple[str, str] | None = None
        self._text: list[str] = []

    def started(self, tag: str, given: dict[str, str]) -> None:
        if not self._path and tag != "log":
            raise InvalidInput(
                "%(file)s is XML, but no event log: it begins with <%(tag)s>, and XES with <log>.",
                file=self.xml.name,
                tag=tag,
            )
        self._path.append(tag)
        top = self._path[1] if len(self._path) > 1 else ""
        if len(self._path) == 2:
            self.seen.add(tag)
        elif len(self._path) == 3:
            if tag in ("object-type", "event-type"):
                self._declaring = given.get("name", "")
            elif (top, tag) in (("objects", "object"), ("events", "event")):
                self._entity = self._identified(tag, given)
        elif tag == "attribute" and self._entity is None:
            self._declared[top, self._declaring, given.get("name", "")] = given.get("type", "string")
        elif self._entity is not None and tag == "attribute":
            self._attribute, self._text = (given.get("name", ""), given.get("time", "")), []
        elif self._entity is not None and tag in ("relationship", "relobj", "object"):
            self._entity.relations.append((given.get("object-id", ""), given.get("qualifier", "")))

    def _identified(self, tag: str, given: dict[str, str]) -> _Entity:
        if not given.get("id") or not given.get("type"):
            raise InvalidInput(
                "%(file)s is no OCEL 2.0: %(why)s. Export the log as OCEL 2.0 in JSON, XML or SQLite.",
                file=self.xml.name,
                why=Words(
                    "on line %(line)s <%(tag)s> has no id or no type",
                    line=self.xml.line(self.xml.place),
                    tag=tag,
                ),
            )
        return _Entity(given["id"], given["type"], given.get("time"))

    def said(self, text: str) -> None:
        if self._attribute is not None:
            self._text.append(text)

    def ended(self, tag: str) -> None:
        if tag == "attribute" and self._entity is not None and self._attribute is not None:
            name, time = self._attribute
            of = "event-types" if self._path[1] == "events" else "object-types"
            value = typed(self._declared.get((of, self._entity.type, name)), "".join(self._text))
            if value is not None:
                self._entity.attributes.append((name, time, value))
            self._attribute = None
        if len(self._path) == 3 and self._entity is not None:
            self._add(self._entity, is_event=self._path[1] == "events")
            self._entity = None
        self._path.pop()

    def _add(self, one: _Entity, *, is_event: bool) -> None:
        relations = ((one.id, other, qualifier) for other, qualifier in one.relations)
        if is_event:
            self._log.attributes.update(name for name, _, _ in one.attributes)
            told = json_object((name, value) for name, _, value in one.attributes)
            self._log.add("event", [(one.id, one.type, one.time, told)])
            self._log.add("involved", relations)
            return
        self._log.add("object", [(one.id, one.type)])
        self._log.add("change", ((one.id, time, name, value) for name, time, value in one.attributes))
        self._log.add("related", relations)
