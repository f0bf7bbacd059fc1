"""The files of an import as tables of a database of its own, thrown away afterwards.

Everything is read before anything is stored, so a damaged file stops an import while nothing has happened.
Then the database is closed to files (`seal`): the mapping's expressions run in it.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import duckdb

from polku.collect.files.expressions import quoted
from polku.errors import InvalidInput, Words

FILE, ROW = "__polku_file", "__polku_row"
"""Columns beside the user's own: number of the file, and of the row in its table."""

ROWS_A_BATCH: Final = 100_000
_EXAMPLES: Final = 3


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that no event can be made of."""

    file: str
    row: Words  # where: 'line 12', 'row 3'
    reason: str  # a stable code
    detail: Words | str
    content: str  # as it was


def row_numbered(number: int) -> Words:
    return Words("row %(number)s", number=number)


def line_numbered(number: int) -> Words:
    return Words("line %(number)s", number=number)


@dataclass(slots=True)
class StagedFile:
    """A file that was read: its rows are first_row … first_row + rows − 1 of its table."""

    name: str
    table: str
    rows: int
    first_row: int


@dataclass(slots=True)
class Stage:
    """The open database and what has been read into it."""

    database: duckdb.DuckDBPyConnection
    folder: Path
    columns: dict[str, list[str]] = field(default_factory=dict)
    files: list[StagedFile] = field(default_factory=list)
    bad_rows: list[BadRow] = field(default_factory=list)
    notes: list[Words] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)

    def note(self, text: Words) -> None:
        if text not in self.notes:
            self.notes.append(text)

    def scalar(self, query: str, values: list[object] | None = None) -> int:
        row = self.database.execute(query, values or []).fetchone()
        return int(row[0]) if row and row[0] is not None else 0

    def types(self, relation: str) -> dict[str, str]:
        """Columns of a table or query and their types."""
        described = self.database.execute(f"DESCRIBE {relation}").fetchall()
        return {r[0]: r[1] for r in described}

    def origin(self, table: str) -> str:
        """The files of a table, for messages."""
        names = [f.name for f in self.files if f.table == table]
        return ", ".join(names[:3]) + (", …" if len(names) > 3 else "")

    def seal(self) -> None:
        """From now on nothing but the tables can be read, and everything is done in one order."""
        # one thread: sums of fractions and any_value() must come out alike every time
        self.database.execute(
            "SET threads = 1; SET enable_external_access = false; SET lock_configuration = true"
        )

    def close(self) -> None:
        self.database.close()


def open_stage(folder: Path, *, memory_limit: str, threads: int) -> Stage:
    """A new database that spills to `folder`, which should be empty."""
    spill = folder / "spill"
    spill.mkdir()
    (folder / "text").mkdir()
    config: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": memory_limit,
        "threads": str(threads),
        "temp_directory": str(spill),
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "allow_community_extensions": "false",
    }
    # in memory as far as it goes, beyond that in the spill folder: three times as fast as a database on disk
    database = duckdb.connect(":memory:", config=config)
    database.execute(
        "SET TimeZone = 'UTC'; SET enable_progress_bar = false; SET preserve_insertion_order = true"
    )
    return Stage(database, folder)


def create_table(stage: Stage, table: str, types: dict[str, str]) -> None:
    """A table with the user's columns and ours. Raises InvalidInput if names differ by capitals only."""
    twice = [n for n, k in Counter(c.casefold() for c in types).items() if k > 1]
    if twice:
        raise InvalidInput(
            "Table '%(table)s' has two columns named '%(column)s' (capitals do not matter). Rename one.",
            table=table,
            column=twice[0],
        )
    columns = ", ".join(f"{quoted(n)} {t}" for n, t in types.items())
    stage.database.execute(f"CREATE TABLE {quoted(table)} ({columns}, {FILE} USMALLINT, {ROW} BIGINT)")
    stage.columns[table] = list(types)


def add_rows(stage: Stage, table: str, name: str, select: str, values: list[object]) -> StagedFile:
    """Append a query's rows, which are those of the file `name`; they are numbered in their order."""
    before = stage.scalar(f"SELECT count(*) FROM {quoted(table)}")
    number = len(stage.files)
    stage.database.execute(
        f"INSERT INTO {quoted(table)} BY NAME "
        f"SELECT *, {number} AS {FILE}, {before} + row_number() OVER () - 1 AS {ROW} FROM ({select})",
        values,
    )
    rows = stage.scalar(f"SELECT count(*) FROM {quoted(table)}") - before
    staged = StagedFile(name, table, rows, before)
    stage.files.append(staged)
    return staged


def row_place(stage: Stage, file: int, row: int) -> tuple[str, int]:
    """The file's name and the row's number in it, from 1."""
    staged = stage.files[file]
    return staged.name, row - staged.first_row + 1
