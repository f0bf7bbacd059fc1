"""What every answer can do besides being read: become a table, and show itself in a notebook."""

from __future__ import annotations

import json
from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from functools import cache
from importlib import import_module
from types import UnionType
from typing import Any, Final, TypeVar, Union, get_args, get_origin, get_type_hints

import pyarrow as pa

from polku.answer.html import ESTIMATE, Row, html_table
from polku.errors import InvalidInput
from polku.stats import Estimate

A = TypeVar("A")
Columns = dict[str, pa.DataType]

GROUP: Final = "group"
"""The column that says of which group of a breakdown a row tells; None: of all."""
NTH: Final = "nth"
"""The column that numbers, from 0, what a thing lists."""

_BREAKDOWN: Final = ("breakdown", "each")
_SPANS: Final = "starts"
"""Where an answer has it, lists of its things are over the same spans of time."""
_PLAIN: Final[dict[type[Any], pa.DataType]] = {
    bool: pa.bool_(), int: pa.int64(), float: pa.float64(), str: pa.string(),
    datetime: pa.timestamp("us", tz="UTC"), date: pa.date32(),
}  # fmt: skip

_pictures: dict[type[Any], Callable[[Any], str]] = {}
_drawn_in: set[str] = set()


class Answer:
    """The base of every query's answer, a frozen dataclass.

    Its tables are its fields that hold many things; `to_arrow()` gives the first of them.
    """

    __slots__ = ()

    @property
    def tables(self) -> tuple[str, ...]:
        """The names of the answer's tables, the main one first."""
        kind: Any = type(self)
        hints = _hints(kind)
        return tuple(n for n, t in hints.items() if _of_things(t) and n not in _BREAKDOWN)

    def to_arrow(self, table: str | None = None) -> pa.Table:
        """A table of the answer (default: the first), a row for each of what it lists.

        An estimate takes four columns (`share`, `share_low`, `share_high`, `share_n`); what is nested takes a column
        for each of its fields; a list becomes a row for each of its members, numbered by `nth` or, where they are
        spans of time, told apart by `starts`. With a breakdown the rows of each group follow, told apart by `group`.
        Raises InvalidInput for a table it does not have.
        """
        name = self._named(table)
        columns, rows = _columns_of(type(self), name), list(_rows(self, name))
        groups = getattr(self, "breakdown", ())
        if groups:
            columns = {GROUP: pa.string()} | columns
            for group, one in zip(groups, getattr(self, "each", ()), strict=True):
                rows += [{GROUP: group.key} | r for r in _rows(one, name)]
        return pa.Table.from_pylist(rows, pa.schema(columns))

    def to_pandas(self, table: str | None = None) -> Any:
        """As `to_arrow`, as a DataFrame. Needs pandas."""
        return self.to_arrow(table).to_pandas()

    def _named(self, table: str | None) -> str:
        names = self.tables
        if table is None:
            return names[0] if names else ""
        if table not in names:
            raise InvalidInput(
                "There is no table '%(table)s' in this answer. There are: %(tables)s",
                table=table,
                tables=", ".join(names) or "–",
            )
        return table

    def _repr_html_(self) -> str:
        """In a notebook: the picture, if the answer has one, and its table."""
        for module in _drawn_in:
            import_module(module)
        drawn = _pictures.get(type(self))
        picture = drawn(self) if drawn else ""
        return f"{picture}{html_table(self.to_arrow())}"


def pictured(kind: type[A], draw: Callable[[A], str]) -> None:
    """Let answers of this kind show themselves by what `draw` makes of them: HTML or SVG that needs nothing else."""
    _pictures[kind] = draw


def pictured_in(module: str) -> None:
    """Have a module call `pictured` when the first answer is shown: drawing takes what nobody else needs."""
    _drawn_in.add(module)


# What columns there are follows from types, so that a table without rows has them too.


def _hints(kind: Any) -> dict[str, Any]:
    """The types of a dataclass's fields, in their order."""
    return _read_hints(kind)


@cache
def _read_hints(kind: Hashable) -> dict[str, Any]:
    dataclass: Any = kind
    hints = get_type_hints(dataclass)
    return {f.name: _known(hints[f.name]) for f in fields(dataclass)}


def _known(hint: Any) -> Any:
    """A type without its None."""
    if get_origin(hint) in (Union, UnionType):
        kinds = [k for k in get_args(hint) if k is not type(None)]
        return kinds[0] if len(kinds) == 1 else str
    return hint


def _members(hint: Any) -> Any:
    """What a type lists; None if it is no list."""
    return get_args(hint)[0] if get_origin(hint) in (tuple, list) and get_args(hint) else None


def _of_things(hint: Any) -> bool:
    member = _members(hint)
    return member is not Estimate and is_dataclass(member)


def _inner(kind: Any) -> str | None:
    """The field in which a table's things hold things themselves."""
    return next((n for n, t in _hints(kind).items() if _of_things(t) and n not in _BREAKDOWN), None)


def _lists(kind: Any) -> list[str]:
    """The fields of a thing that list what rows are made of: numbers over time, estimates."""
    members = {n: _members(t) for n, t in _hints(kind).items()}
    return [n for n, m in members.items() if m is Estimate or m in (int, float)]


def _columns_of(answer: Any, table: str) -> Columns:
    if not table:
        return _flat_columns(answer)
    kind = _members(_hints(answer)[table])
    if inner := _inner(kind):
        outer = {f"{table}_{c}": t for c, t in _flat_columns(kind).items()}
        return outer | _flat_columns(_members(_hints(kind)[inner]))
    lists = _lists(kind)
    if not lists:
        return _flat_columns(kind)
    spans = {_SPANS: pa.date32()} if _SPANS in _hints(answer) else {NTH: pa.int64()}
    columns = _flat_columns(kind, without=lists) | spans
    for name in lists:
        columns |= _columns(name, _members(_hints(kind)[name]))
    return columns


def _flat_columns(kind: Any, without: list[str] | None = None) -> Columns:
    columns: Columns = {}
    for name, hint in _hints(kind).items():
        if name not in _BREAKDOWN and name not in (without or ()):
            columns |= _columns(name, hint)
    return columns


def _columns(name: str, hint: Any) -> Columns:
    if hint is Estimate:
        return {name + end: pa.int64() if end == "_n" else pa.float64() for end in ESTIMATE}
    if is_dataclass(hint) and isinstance(hint, type):
        return {name if c == "key" else f"{name}_{c}": t for c, t in _flat_columns(hint).items()}
    member = _members(hint)
    if member is not None:
        return {} if is_dataclass(member) else {name: pa.list_(_PLAIN.get(member, pa.string()))}
    return {name: _PLAIN.get(hint, pa.string())}


def _rows(answer: Any, table: str) -> Iterator[Row]:
    if not table:
        yield _flat(answer)
        return
    for one in getattr(answer, table):
        yield from _spread(one, table, getattr(answer, _SPANS, None))


def _spread(one: Any, table: str, spans: Any) -> Iterator[Row]:
    """The rows of one of a table's things: more than one where it holds things itself, or lists."""
    if inner := _inner(type(one)):
        outer = {f"{table}_{c}": v for c, v in _flat(one).items()}
        yield from (outer | _flat(thing) for thing in getattr(one, inner))
        return
    lists = _lists(type(one))
    if not lists:
        yield _flat(one)
        return
    flat = _flat(one, without=lists)
    for i in range(max(len(getattr(one, n)) for n in lists)):
        told = flat | ({NTH: i} if spans is None else {_SPANS: spans[i]})
        for name in lists:
            values = getattr(one, name)
            told |= _cells(name, values[i]) if i < len(values) else {}
        yield told


def _flat(value: Any, without: list[str] | None = None) -> Row:
    flat: Row = {}
    for f in fields(value):
        if f.name not in _BREAKDOWN and f.name not in (without or ()):
            flat |= _cells(f.name, getattr(value, f.name))
    return flat


def _cells(name: str, value: Any) -> Row:
    if isinstance(value, Estimate):
        return {name + end: getattr(value, of) for end, of in ESTIMATE.items()}
    if is_dataclass(value):
        return {name if c == "key" else f"{name}_{c}": v for c, v in _flat(value).items()}
    if isinstance(value, tuple | list):
        return {} if any(is_dataclass(v) for v in value) else {name: list(value)}
    if isinstance(value, Mapping):
        return {name: json.dumps(value, ensure_ascii=False, default=str)}
    return {name: value}
