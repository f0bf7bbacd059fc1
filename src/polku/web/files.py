"""Tables as files that people open in other programs."""

from __future__ import annotations

import io
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as csv
import pyarrow.parquet as pq

_FORMULA: Final = r"^([=+\-@\t\r\n＝＋－＠])"
"""A text that begins so is taken for a formula by spreadsheets (OWASP, CSV injection), in full width too."""
_NUMBER: Final = r"^[+-]?[0-9]+([.,][0-9]+)?$"
"""A text that is a number is not: it may stay one."""


def as_csv(table: pa.Table) -> bytes:
    """CSV in UTF-8 with a byte order mark, by which spreadsheets know it; lists are joined by semicolons.

    A text that a spreadsheet would take for a formula gets an apostrophe before it, a column's name too; one that is
    a number, as −5 or +358401234567, does not.
    """
    columns = [_plain(c) for c in table.columns]
    names = _plain(pa.chunked_array([pa.array(table.column_names, pa.string())])).to_pylist()
    sink = io.BytesIO()
    sink.write("\ufeff".encode())
    csv.write_csv(pa.table(columns, names=names), sink)
    return sink.getvalue()


def as_parquet(table: pa.Table) -> bytes:
    sink = io.BytesIO()
    pq.write_table(table, sink, compression="zstd")
    return sink.getvalue()


def _plain(column: pa.ChunkedArray) -> pa.ChunkedArray:
    if pa.types.is_list(column.type):
        column = pc.binary_join(column.cast(pa.list_(pa.string())), "; ")
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        quoted = pc.replace_substring_regex(column, _FORMULA, r"'\1")
        return pc.if_else(pc.match_substring_regex(column, _NUMBER), column, quoted)
    return column
