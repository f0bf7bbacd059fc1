"""OCEL 2.0 in a SQLite database."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from typing import Any, Final
from urllib.parse import quote

from polku.collect.files.expressions import quoted
from polku.collect.files.logs.attributes import json_object
from polku.collect.files.logs.objects import ObjectLog, typed
from polku.collect.files.logs.unpacking import LogFile
from polku.collect.files.text import DamagedFile
from polku.errors import InvalidInput

_NEEDED: Final = ("event", "event_map_type", "event_object", "object", "object_map_type", "object_object")
_AT_ONCE: Final = 10_000

Database = sqlite3.Connection


def read(file: LogFile, log: ObjectLog) -> None:
    """Raises InvalidInput if it is no OCEL 2.0, DamagedFile if SQLite cannot read it."""
    try:
        with closing(
            sqlite3.connect(f"file:{quote(str(file.path))}?mode=ro&immutable=1", uri=True)
        ) as database:
            database.text_factory = lambda octets: octets.decode("utf-8", "replace")
            database.execute("PRAGMA trusted_schema = OFF")
            _read(database, file, log)
    except (sqlite3.Error, KeyError) as e:  # a column that is not there
        raise DamagedFile(
            "%(file)s cannot be read as an OCEL 2.0 database: %(why)s. Nothing was imported. Export the log anew.",
            file=file.name,
            why=e,
        ) from e
    log.flush()


def _read(database: Database, file: LogFile, log: ObjectLog) -> None:
    there = {row[0] for row in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    types = {}
    for kind in ("event", "object"):
        if f"{kind}_map_type" in there:
            rows = database.execute(f"SELECT ocel_type, ocel_type_map FROM {kind}_map_type")
            types[kind] = {str(t): f"{kind}_{m}" for t, m in rows}
    wanted = [*_NEEDED, *(table for tables in types.values() for table in tables.values())]
    missing = [table for table in wanted if table not in there]
    if missing:
        raise InvalidInput(
            "%(file)s is a SQLite database, but no OCEL 2.0: it has no table %(tables)s. Export the log as OCEL 2.0 "
            "in JSON, XML or SQLite.",
            file=file.name,
            tables=", ".join(missing[:5]),
        )
    for type_, table in types["event"].items():
        for row in _rows(database, table):
            said = [(n, v) for n, v in _values(row) if v is not None]
            log.attributes.update(name for name, _ in said)
            log.add("event", [(_text(row["ocel_id"]), type_, _text(row["ocel_time"]), json_object(said))])
    log.add("object", _pairs(database, "SELECT ocel_id, ocel_type FROM object"))
    for table in types["object"].values():
        for row in _rows(database, table):
            log.add("change", _changes(row))
    log.add(
        "involved", _pairs(database, "SELECT ocel_event_id, ocel_object_id, ocel_qualifier FROM event_object")
    )
    log.add(
        "related",
        _pairs(database, "SELECT ocel_source_id, ocel_target_id, ocel_qualifier FROM object_object"),
    )


def _changes(row: dict[str, Any]) -> Iterator[tuple[str | None, ...]]:
    """Attributes of an object from a time on: all that are given, or the one that has changed."""
    changed = row.get("ocel_changed_field")
    for name, value in _values(row):
        if value is not None and (not changed or name == changed):
            yield _text(row["ocel_id"]), _text(row["ocel_time"]), name, value


def _values(row: dict[str, Any]) -> Iterator[tuple[str, str | None]]:
    for name, value in row.items():
        if not name.startswith("ocel_"):
            yield name, typed(None, value.hex() if isinstance(value, bytes) else value)


def _rows(database: Database, table: str) -> Iterator[dict[str, Any]]:
    cursor = database.execute(f"SELECT * FROM {quoted(table)}")
    names = [column[0] for column in cursor.description]
    while several := cursor.fetchmany(_AT_ONCE):
        yield from (dict(zip(names, row, strict=True)) for row in several)


def _pairs(database: Database, query: str) -> Iterator[tuple[str | None, ...]]:
    for row in database.execute(query):
        yield tuple(map(_text, row))


def _text(value: object) -> str | None:
    return None if value is None else str(value)
