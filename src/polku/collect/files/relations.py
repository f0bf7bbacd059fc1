"""Tables of the mapping that are made of others, and joins between them."""

from __future__ import annotations

from dataclasses import dataclass, field

import duckdb

from polku.collect.files.expressions import Columns, checked, quoted
from polku.collect.files.mapping import Mapping
from polku.collect.files.staging import FILE, ROW, Stage
from polku.errors import InvalidInput, Words, did_you_mean


@dataclass(slots=True)
class Relations:
    """Every table of the mapping, ready to be asked. Made tables are computed when first needed."""

    stage: Stage
    mapping: Mapping
    made: set[str] = field(default_factory=set)

    def columns(self, table: str) -> Columns:
        """What expressions over a table may use."""
        self._make(table)
        joined: dict[str, list[str]] = {}
        for other in self.mapping.table[table].join:
            self._make(other)
            joined[other] = self.stage.columns[other]
        return Columns(table, self.stage.columns[table], joined, self._origin(table))

    def source(self, table: str) -> str:
        """A query for a table's rows with what is joined to it, each joined table as one struct column.

        Raises InvalidInput if a join would multiply rows.
        """
        columns = self.columns(table)
        spec = self.mapping.table[table]
        selected, joins = ["t.*"], []
        for number, other in enumerate(spec.join):
            alias = f"j{number}"
            if other in columns.own:
                raise InvalidInput(
                    "[table.%(table)s] joins '%(other)s' but also has a column of that name.",
                    table=table,
                    other=other,
                )
            keys = [self._key(table, other, mine, theirs) for mine, theirs in spec.keys(other)]
            self._check_unique(table, other, [theirs for _, theirs in keys])
            same = " AND ".join(f"t.{quoted(m)}::VARCHAR = {alias}.{quoted(o)}::VARCHAR" for m, o in keys)
            joins.append(f"LEFT JOIN {quoted(other)} {alias} ON {same}")
            packed = ", ".join(f"{quoted(c)} := {alias}.{quoted(c)}" for c in columns.joined[other])
            selected.append(f"struct_pack({packed}) AS {quoted(other)}")
        return f"SELECT {', '.join(selected)} FROM {quoted(table)} t {' '.join(joins)}"

    def key_columns(self, table: str) -> list[str]:
        """What tells a table's rows apart: what it is grouped by; else all columns of the file's row."""
        spec = self.mapping.table[table]
        if spec.group_by:
            return list(spec.group_by)
        return self.key_columns(spec.made_from) if spec.made_from else list(self.stage.columns[table])

    def is_grouped(self, table: str) -> bool:
        spec = self.mapping.table[table]
        return bool(spec.group_by) or bool(spec.made_from and self.is_grouped(spec.made_from))

    def _make(self, table: str) -> None:
        spec = self.mapping.table[table]
        if table in self.made:
            return
        self.made.add(table)
        if spec.made_from:
            self._make_from(table, spec.made_from)
        elif spec.columns or spec.when:
            self._narrow(table)

    def _make_from(self, table: str, other: str) -> None:
        spec = self.mapping.table[table]
        columns, source = self.columns(other), self.source(other)
        where = f"[table.{table}]"
        for name in spec.group_by:
            if name not in columns.own:
                checked(name, columns, self.stage.database, where=f"{where} group_by")
                raise InvalidInput(
                    "%(where)s group_by: '%(column)s' must be a column, written as it is in the file.",
                    where=where,
                    column=name,
                )
        new = {n: self._expression(e, columns, f"{where} columns.{n}") for n, e in spec.columns.items()}
        condition = self._condition(spec.when, columns, where)
        if spec.group_by:
            keys = ", ".join(map(quoted, spec.group_by))
            made = [f"{sql} AS {quoted(n)}" for n, sql in new.items()]
            query = (
                f"SELECT {', '.join([keys, *made])}, min({FILE}) AS {FILE}, min({ROW}) AS {ROW} "
                f"FROM ({source}) WHERE {condition} GROUP BY {keys} ORDER BY min({ROW})"
            )
        else:
            kept = [c for c in columns.own if c not in new]
            made = [*map(quoted, kept), *(f"{sql} AS {quoted(n)}" for n, sql in new.items())]
            query = f"SELECT {', '.join([*made, FILE, ROW])} FROM ({source}) WHERE {condition} ORDER BY {ROW}"
        self._create(table, query, where)

    def _narrow(self, table: str) -> None:
        """Compute a file's own `columns` and leave out what `when` excludes."""
        spec = self.mapping.table[table]
        where, own = f"[table.{table}]", Columns(table, self.stage.columns[table], {}, self._origin(table))
        new = {n: self._expression(e, own, f"{where} columns.{n}") for n, e in spec.columns.items()}
        for name in new:
            if name in own.own:
                raise InvalidInput(
                    "%(where)s columns.%(column)s: the file has a column '%(column)s'. Choose another name.",
                    where=where,
                    column=name,
                )
        condition = self._condition(spec.when, own, where)
        made = [*map(quoted, own.own), *(f"{sql} AS {quoted(n)}" for n, sql in new.items())]
        query = (
            f"SELECT {', '.join([*made, FILE, ROW])} FROM {quoted(table)} WHERE {condition} ORDER BY {ROW}"
        )
        self._create(table, query, where)

    def _create(self, table: str, query: str, where: str) -> None:
        draft = quoted(f"new {table}")
        try:
            self.stage.database.execute(f"CREATE TABLE {draft} AS {query}")
        except duckdb.Error as e:
            raise InvalidInput("%(where)s: %(why)s", where=where, why=str(e).splitlines()[0]) from e
        self.stage.database.execute(f"DROP TABLE IF EXISTS {quoted(table)}")
        self.stage.database.execute(f"ALTER TABLE {draft} RENAME TO {quoted(table)}")
        self.stage.columns[table] = [c for c in self.stage.types(quoted(table)) if c not in (FILE, ROW)]

    def _expression(self, text: str, columns: Columns, where: str) -> str:
        return checked(text, columns, self.stage.database, where=where)

    def _condition(self, text: str | None, columns: Columns, where: str) -> str:
        return self._expression(text, columns, f"{where} when") if text else "true"

    def _key(self, table: str, other: str, mine: str, theirs: str) -> tuple[str, str]:
        for name, of in ((mine, table), (theirs, other)):
            known = self.stage.columns[of]
            if name not in known:
                raise InvalidInput(
                    "%(where)s: table '%(table)s' (%(origin)s) has no column '%(column)s'.%(hint)s "
                    "Columns: %(columns)s.",
                    where=f"[table.{table}] join.{other}",
                    table=of,
                    origin=self._origin(of),
                    column=name,
                    hint=did_you_mean(name, known),
                    columns=", ".join(known),
                )
        return mine, theirs

    def _check_unique(self, table: str, other: str, keys: list[str]) -> None:
        listed = ", ".join(map(quoted, keys))
        twice = self.stage.scalar(
            f"SELECT count(*) FROM (SELECT 1 FROM {quoted(other)} WHERE {quoted(keys[0])} IS NOT NULL "
            f"GROUP BY {listed} HAVING count(*) > 1)"
        )
        if twice:
            raise InvalidInput(
                "[table.%(table)s] joins '%(other)s' by %(keys)s, but %(twice)s of its keys are there more than "
                "once, so events would be doubled. Make a table with one row each: %(example)s, and join that.",
                table=table,
                other=other,
                keys=", ".join(keys),
                twice=f"{twice:,}",
                example=f'[table.{other}_each] from = "{other}", group_by = {keys}, columns = {{ … = "sum(…)" }}',
            )

    def _origin(self, table: str) -> Words | str:
        spec = self.mapping.table[table]
        return (
            Words("made from %(other)s", other=spec.made_from) if spec.made_from else self.stage.origin(table)
        )
