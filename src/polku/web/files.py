"""Tables as files that people open in other programs."""

from __future__ import annotations

import io
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as csv
import pyarrow.parquet as pq

_FORMULA: Final = r"^([=+\-@\t\r])"
"""A text that begins so is taken for a formula by spreadsheets (OWASP, CSV injection)."""


def as_csv(table: pa.Table) -> bytes:
    """CSV in UTF-8 with a byte order mark, by which spreadsheets know it; lists are joined by semicolons.

    A text that a spreadsheet would take for a formula gets an apostrophe before it.
    """
    columns = {n: _plain(c) for n, c in zip(table.column_names, table.columns, strict=True)}
    sink = io.BytesIO()
    sink.write("\ufeff".encode())
    csv.write_csv(pa.table(columns), sink)
    return sink.getvalue()


def as_parquet(table: pa.Table) -> bytes:
    sink = io.BytesIO()
    pq.write_table(table, sink, compression="zstd")
    return sink.getvalue()


def _plain(column: pa.ChunkedArray) -> pa.ChunkedArray:
    if pa.types.is_list(column.type):
        column = pc.binary_join(column.cast(pa.list_(pa.string())), "; ")
    if pa.types.is_string(column.type):
        return pc.replace_substring_regex(column, _FORMULA, r"'\1")
    return column
