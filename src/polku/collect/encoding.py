"""Rows of many requests as one Arrow table: what the store's committer asks for. Nothing here can fail for what
a sender wrote; that has been looked at before."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import chain
from typing import Any

import pyarrow as pa

from polku.collect.refusal import Refused
from polku.collect.rows import Row
from polku.store import INCOMING, REJECTED

_JSON = frozenset({"identifiers", "properties", "context", "extra"})


def encode_events(batches: Sequence[Sequence[Row]]) -> list[pa.Table]:
    """A table of schema INCOMING."""
    columns = zip(*chain.from_iterable(batches), strict=True)
    return [pa.table([_column(f, c) for f, c in zip(INCOMING, columns, strict=True)], schema=INCOMING)]


def encode_rejected(batches: Sequence[tuple[datetime, int, Sequence[Refused]]]) -> list[pa.Table]:
    """A table of schema REJECTED, of (received at, source, what was refused)."""
    rows = [
        (received, source, r.reason, r.detail, r.payload)
        for received, source, refused in batches
        for r in refused
    ]
    columns = zip(*rows, strict=True)
    return [pa.table([pa.array(c, f.type) for f, c in zip(REJECTED, columns, strict=True)], schema=REJECTED)]


def _column(field: pa.Field[Any], values: Sequence[Any]) -> pa.Array[Any]:
    if field.name in _JSON:  # bytes that are known to be UTF-8: no need to look at them again
        texts: pa.Array[Any] = pa.array(values, pa.binary()).view(pa.string())
        return texts
    column: pa.Array[Any] = pa.array(values, field.type)
    return column
