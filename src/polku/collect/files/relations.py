"""Tables of the mapping that are made of others, and joins between them."""

from __future__ import annotations

from dataclasses import dataclass, field

import duckdb

from polku.collect.files.expressions import Columns, checked, quoted
from polku.collect.files.mapping import Mapping
from polku.collect.files.staging import FILE, ROW, Stage
from polku.errors import InvalidInput, nearest


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
                raise InvalidInput(f"[table.{table}] joins '{other}' but also has a column of that name.")
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
                    f"{where} group_by: '{name}' must be a column, written as it is in the file."
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
                    f"{where} columns.{name}: the file has a column '{name}'. Choose another name."
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
            raise InvalidInput(f"{where}: {str(e).splitlines()[0]}") from e
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
                near = nearest(name, known)
                hint = f" Did you mean '{near}'?" if near else ""
                raise InvalidInput(
                    f"[table.{table}] join.{other}: table '{of}' ({self._origin(of)}) has no column '{name}'.{hint} "
                    f"Columns: {', '.join(known)}."
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
                f"[table.{table}] joins '{other}' by {', '.join(keys)}, but {twice:,} of its keys are there more than "
                f"once, so events would be doubled. Make a table with one row each: [table.{other}_each] "
                f'from = "{other}", group_by = {keys}, columns = {{ … = "sum(…)" }}, and join that.'
            )

    def _origin(self, table: str) -> str:
        spec = self.mapping.table[table]
        return f"made from {spec.made_from}" if spec.made_from else self.stage.origin(table)
