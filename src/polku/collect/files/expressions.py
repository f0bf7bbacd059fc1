"""Expressions of a mapping, checked before they become part of a query.

An expression may use columns, constants and ordinary functions of DuckDB. It may not read anything else, and must
give the same answer every time, since importing twice changes nothing. The connection that runs it has no access
to files (see staging.py); this check is what makes good errors, and a second fence.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import duckdb

from polku.errors import InvalidInput, Words, did_you_mean, nearest

_UNSTEADY: Final = frozenset({
    "random", "uuid", "gen_random_uuid", "uuidv4", "uuidv7", "now", "today", "get_current_timestamp", "nextval",
    "get_current_time", "current_localtime", "current_localtimestamp", "current_date", "current_time", "txid_current",
    "current_timestamp", "localtime", "localtimestamp", "transaction_timestamp", "currval", "setseed", "sleep_ms",
    "current_setting", "getvariable", "getenv", "current_query", "current_database", "current_user", "user",
})  # fmt: skip
_FORBIDDEN: Final[Mapping[str, Words | str]] = {
    "SUBQUERY": Words("a query"),
    "STAR": "*",
    "PARAMETER": Words("a parameter"),
    "WINDOW": Words("a window (OVER)"),
}
_NOTHING_ELSE: Final[Mapping[str, object]] = {
    "modifiers": [], "where_clause": None, "group_expressions": [], "having": None, "sample": None, "qualify": None,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns that expressions over a table may use, and where they are from, for messages."""

    table: str
    own: Sequence[str]
    joined: Mapping[str, Sequence[str]] = field(default_factory=dict)
    origin: Words | str = ""


def quoted(name: str) -> str:
    """A name as SQL."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text as an SQL constant."""
    return "'" + text.replace("'", "''") + "'"


def checked(text: str, columns: Columns, database: duckdb.DuckDBPyConnection, *, where: Words | str) -> str:
    """The SQL of an expression. Raises InvalidInput; `where` says what it is for."""
    if text in columns.own:
        return quoted(text)
    row = database.execute("SELECT json_serialize_sql(?)", [f"SELECT ({text}\n)"]).fetchone()
    parsed: dict[str, Any] = json.loads(row[0]) if row else {"error": True}
    if parsed["error"]:
        is_code = any(c.isspace() or c in "()'+*/|" for c in text) or not text
        if is_code and not nearest(text, columns.own):
            raise InvalidInput(
                "%(where)s: '%(text)s' cannot be read: %(why)s",
                where=where,
                text=text,
                why=parsed.get("error_message", ""),
            )
        raise _missing(text, columns, where)
    node = parsed["statements"][0]["node"] if len(parsed["statements"]) == 1 else {}
    alone = all(node.get(k) == v for k, v in _NOTHING_ELSE.items()) and node["from_table"]["type"] == "EMPTY"
    if not alone or len(node["select_list"]) != 1 or node["cte_map"]["map"]:
        raise InvalidInput(
            "%(where)s: '%(text)s' is not one expression over columns.", where=where, text=text
        )
    for part in _parts(node["select_list"][0]):
        _check(part, text, columns, where)
    return f"({text}\n)"


def _check(part: dict[str, Any], text: str, columns: Columns, where: Words | str) -> None:
    kind = part["class"]
    if kind in _FORBIDDEN:
        raise InvalidInput(
            "%(where)s: '%(text)s' uses %(what)s; use columns, constants and functions.",
            where=where,
            text=text,
            what=_FORBIDDEN[kind],
        )
    if kind == "FUNCTION" and part["function_name"].lower() in _UNSTEADY:
        raise _unsteady(part["function_name"], text, where)
    if kind == "COLUMN_REF" and not _known(part["column_names"], columns):
        names = part["column_names"]
        if len(names) == 1 and names[0].lower() in _UNSTEADY:
            raise _unsteady(names[0], text, where)
        raise _missing(".".join(names), columns, where)


def _unsteady(function: str, text: str, where: Words | str) -> InvalidInput:
    return InvalidInput(
        "%(where)s: '%(text)s' uses %(function)s, which answers differently every time. "
        "Importing again would make other events; use columns and constants.",
        where=where,
        text=text,
        function=function,
    )


def _known(names: Sequence[str], columns: Columns) -> bool:
    first = names[0].casefold()
    if first in {c.casefold() for c in columns.own}:
        return True
    inside = {j.casefold(): cs for j, cs in columns.joined.items()}.get(first)
    return inside is not None and len(names) > 1 and names[1].casefold() in {c.casefold() for c in inside}


def _missing(name: str, columns: Columns, where: Words | str) -> InvalidInput:
    every = [*columns.own, *(f"{j}.{c}" for j, cs in columns.joined.items() for c in cs)]
    listed = ", ".join(every[:40]) + (", …" if len(every) > 40 else "")
    return InvalidInput(
        "%(where)s: table '%(table)s' (%(origin)s) has no column '%(column)s'.%(hint)s Columns: %(columns)s.",
        where=where,
        table=columns.table,
        origin=columns.origin or "–",
        column=name,
        hint=did_you_mean(name, every),
        columns=listed,
    )


def _parts(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        if "class" in node:
            yield node
        for value in node.values():
            yield from _parts(value)
    elif isinstance(node, list):
        for value in node:
            yield from _parts(value)
