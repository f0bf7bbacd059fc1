"""What a mapping says that cannot be, though each part of it is well written."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from polku.errors import Words, did_you_mean

if TYPE_CHECKING:
    from polku.collect.files.mapping import Mapping, TableSpec


def contradictions(mapping: Mapping) -> Iterator[Words]:
    """Each contradiction, as a sentence."""
    tables = mapping.table
    for name, table in tables.items():
        others = [*table.join, *([table.made_from] if table.made_from else [])]
        for other in others:
            if other not in tables:
                yield Words(
                    "[table.%(table)s] speaks of table '%(other)s'. %(tables)s",
                    table=name,
                    other=other,
                    tables=_tables(other, tables),
                )
        if table.made_from and (table.files or table.numbers or table.header):
            yield Words(
                "[table.%(table)s] is made from another table: 'files', 'numbers' and 'header' belong there.",
                table=name,
            )
        if table.group_by and not table.made_from:
            yield Words(
                "[table.%(table)s] has 'group_by'. Make a table of its own for it: from = \"%(table)s\".",
                table=name,
            )
        yield from _circles(name, tables)
    for number, event in enumerate(mapping.event, 1):
        where = Words("event %(number)s (%(name)s)", number=number, name=event.label)
        if event.table not in tables:
            yield Words(
                "%(where)s: table '%(table)s'. %(tables)s",
                where=where,
                table=event.table,
                tables=_tables(event.table, tables),
            )
        if event.type in ("track", "page", "screen") and not (
            event.name or event.name_from or event.response
        ):
            yield Words(
                "%(where)s has no name. Give 'name', or 'name_from' with the column that holds it.",
                where=where,
            )
        if (event.name is not None) + (event.name_from is not None) + (event.response is not None) > 1:
            yield Words("%(where)s: give one of 'name', 'name_from' and 'response'.", where=where)
        if not (event.user_id or event.anonymous_id or event.identifiers):
            yield Words(
                "%(where)s belongs to nobody. Give 'user_id', 'anonymous_id' or 'identifiers'.", where=where
            )
        for type_ in {"user_id", "anonymous_id", "previous_id"} & set(event.identifiers):
            yield Words(
                "%(where)s: 'identifiers' are others than '%(type)s'; user_id and anonymous_id have keys of their own.",
                where=where,
                type=type_,
            )
        if event.traits and event.type not in ("identify", "group"):
            yield Words("%(where)s: 'traits' are for type = \"identify\". Use 'properties'.", where=where)


def _tables(wanted: str, tables: dict[str, TableSpec]) -> Words:
    return Words(
        "There is no such table.%(hint)s Tables: %(tables)s.",
        hint=did_you_mean(wanted, tables),
        tables=", ".join(tables),
    )


def _circles(name: str, tables: dict[str, TableSpec], seen: tuple[str, ...] = ()) -> Iterator[Words]:
    if name in seen:
        yield Words("[table.%(table)s] needs itself: %(way)s.", table=name, way=" → ".join((*seen, name)))
    elif name in tables:
        spec: Any = tables[name]
        for other in (*spec.join, *([spec.made_from] if spec.made_from else [])):
            yield from _circles(other, tables, (*seen, name))
