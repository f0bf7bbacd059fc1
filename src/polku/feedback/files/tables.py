"""Rows of tables: CSV, spreadsheets, Parquet and JSON lines, one after another."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from typing import Any, BinaryIO, Final

import pyarrow as pa
import pyarrow.parquet as pq

from polku.errors import InvalidInput
from polku.feedback.files.decoding import opened
from polku.sheets import Sheet

Row = dict[str, Any]
_SEPARATORS: Final = ",;\t|"
_LONGEST_FIELD: Final = 16 << 20
_LONGEST_LINE: Final = 16 << 20
_ROWS_AT_ONCE: Final = 2_000


def rows_of_csv(file: BinaryIO) -> Iterator[Row]:
    """Each row by the names in the first line. Raises InvalidInput where it cannot be read, or is only part of one."""
    csv.field_size_limit(_LONGEST_FIELD)
    text = opened(file)
    try:
        first = text.readline(_LONGEST_LINE)
        separator = max(_SEPARATORS, key=first.count)
        text.seek(0)
        yield from csv.DictReader(text, delimiter=separator, restkey="", strict=False)
    except csv.Error as e:
        raise InvalidInput("The CSV cannot be read: %(why)s.", why=e) from None
    finally:
        text.close()


def rows_of_sheet(sheet: Sheet) -> Iterator[Row]:
    """Each row by the names in the first; a column without a name is left out."""
    each = sheet.rows()
    names = next(each)[1]
    for _, cells in each:
        yield {name: cell for name, cell in zip(names, cells, strict=True) if name}


def rows_of_parquet(file: BinaryIO) -> Iterator[Row]:
    file.seek(0)
    try:
        for batch in pq.ParquetFile(file).iter_batches(_ROWS_AT_ONCE):
            yield from batch.to_pylist()
    except (pa.ArrowInvalid, OSError) as e:
        raise InvalidInput("This is no Parquet file, or only part of one: %(why)s", why=e) from None


def rows_of_json_lines(file: BinaryIO) -> Iterator[Row]:
    """Each line's object."""
    text = opened(file)
    nth = 0
    try:
        while line := text.readline(_LONGEST_LINE):
            nth += 1
            if not line.strip():
                continue
            try:
                row = json.loads(line)
            except (ValueError, RecursionError):
                row = None
            if not isinstance(row, dict):
                raise InvalidInput(
                    "Line %(nth)s is no JSON object. A .jsonl file has one on each line.", nth=nth
                )
            yield row
    finally:
        text.close()
