"""OCEL 2.0 in JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from polku.collect.files.logs.attributes import json_object
from polku.collect.files.logs.objects import ObjectLog, typed
from polku.collect.files.logs.unpacking import LogFile
from polku.collect.files.text import DamagedFile
from polku.errors import InvalidInput


class _Attribute(msgspec.Struct):
    name: str
    value: Any = None
    time: str = ""


class _Relation(msgspec.Struct):
    objectId: str  # noqa: N815 - OCEL's name
    qualifier: str | None = None


class _Entity(msgspec.Struct):
    id: str
    type: str
    attributes: list[_Attribute] | None = None
    relationships: list[_Relation] | None = None


class _Event(_Entity, kw_only=True):
    time: str | None = None


class _Declared(msgspec.Struct):
    name: str
    type: str = "string"


class _Type(msgspec.Struct):
    name: str
    attributes: list[_Declared] | None = None


class _Log(msgspec.Struct):
    objects: list[_Entity]
    events: list[_Event]
    objectTypes: list[_Type] = []  # noqa: N815 - OCEL's name
    eventTypes: list[_Type] = []  # noqa: N815 - OCEL's name


def read(file: LogFile, log: ObjectLog) -> None:
    """Raises DamagedFile if it is no whole JSON, InvalidInput if that is no OCEL 2.0."""
    try:
        found = msgspec.json.decode(file.path.read_bytes(), type=_Log)
    except msgspec.ValidationError as e:
        raise InvalidInput(
            "%(file)s is no OCEL 2.0: %(why)s. Export the log as OCEL 2.0 in JSON, XML or SQLite.",
            file=file.name,
            why=e,
        ) from e
    except (msgspec.DecodeError, UnicodeDecodeError) as e:
        raise DamagedFile(
            "%(file)s is no whole JSON: %(why)s. Nothing was imported. Export the log anew.",
            file=file.name,
            why=e,
        ) from e
    of_events, of_objects = _declared(found.eventTypes), _declared(found.objectTypes)
    for event in found.events:
        said = list(_values(event, of_events))
        log.attributes.update(name for name, _ in said)
        log.add("event", [(event.id, event.type, event.time, json_object(said))])
        log.add("involved", ((event.id, r.objectId, r.qualifier or "") for r in event.relationships or ()))
    for one in found.objects:
        log.add("object", [(one.id, one.type)])
        for attribute in one.attributes or ():
            value = typed(of_objects.get((one.type, attribute.name)), attribute.value)
            if value is not None:
                log.add("change", [(one.id, attribute.time, attribute.name, value)])
        log.add("related", ((one.id, r.objectId, r.qualifier or "") for r in one.relationships or ()))
    log.flush()


def _declared(types: list[_Type]) -> dict[tuple[str, str], str]:
    return {(t.name, a.name): a.type for t in types for a in t.attributes or ()}


def _values(event: _Event, declared: dict[tuple[str, str], str]) -> Iterator[tuple[str, str]]:
    for attribute in event.attributes or ():
        value = typed(declared.get((event.type, attribute.name)), attribute.value)
        if value is not None:
            yield attribute.name, value
