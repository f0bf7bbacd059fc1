"""Searching and filtering comments."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from polku.feedback.file import tag
from polku.feedback.terms import asked
from polku.workspace import FOREVER

MOST_COUNTED: Final = 10_000
"""Up to so many it is told how many there are; beyond that, that there are more."""
_COLUMNS: Final = (
    "id", "seq", "key", "at", "touchpoint", "score", "language", "sentiment", "negative", "positive", "effort",
    "urgent", "levels", "emotions", "text", "copies",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which comments; what is None is not asked. `felt` is how they feel about the aspect, or about any where none is
    named. low ≤ time < high in seconds since 1970."""

    text: str = ""
    sentiment: str | None = None
    aspect: str | None = None
    felt: str | None = None
    level: str | None = None
    language: str | None = None
    touchpoint: str | None = None
    ids: Sequence[int] | None = None
    low: int = 0
    high: int = FOREVER

    @property
    def match(self) -> str:
        """What the index is asked; "" where it need not be. A text without a word in it finds nothing."""
        words = asked(self.text)
        if self.text.strip() and not words:
            return '"="'
        tags = [
            tag(kind, value)
            for kind in ("language", "sentiment", "level", "aspect", "touchpoint")
            if (value := getattr(self, kind))
        ]
        return " AND ".join([*map(_one_of, words), *map(_quoted, tags)])


@dataclass(frozen=True, slots=True)
class Hits:
    """Rows of comments, newest first; `total` is at most MOST_COUNTED, `more` whether there are more than that."""

    rows: tuple[dict[str, Any], ...]
    total: int
    more: bool


def search(connection: sqlite3.Connection, wanted: Wanted, *, limit: int, offset: int = 0) -> Hits:
    """The comments that are wanted, newest first."""
    source, values = _source(wanted)
    page = connection.execute(
        f"SELECT id {source} ORDER BY 1 DESC LIMIT ? OFFSET ?",
        (*values, limit, offset),
    ).fetchall()
    ids = [id for (id,) in page]
    total = offset + len(ids)
    if len(ids) == limit or (offset and not ids):
        counted = f"SELECT count(*) FROM (SELECT 1 {source} LIMIT ?)"  # noqa: S608 - as above
        (total,) = connection.execute(counted, (*values, MOST_COUNTED + 1)).fetchone()
    return Hits(rows(connection, ids), min(total, MOST_COUNTED), total > MOST_COUNTED)


def rows(connection: sqlite3.Connection, ids: Sequence[int]) -> tuple[dict[str, Any], ...]:
    """Comments by number, in the order given."""
    found = connection.execute(
        f"SELECT {', '.join(_COLUMNS)} FROM comment WHERE id IN (SELECT value FROM json_each(?))",  # noqa: S608 - as above
        (json.dumps(list(ids)),),
    )
    by_id = {row[0]: dict(zip(_COLUMNS, row, strict=True)) for row in found}
    return tuple(by_id[id] for id in ids if id in by_id)


def _source(wanted: Wanted) -> tuple[str, tuple[Any, ...]]:
    low, high = wanted.low << 31, (wanted.high << 31) - 1
    match = wanted.match
    others = ""
    values: tuple[Any, ...] = ()
    if wanted.ids is not None:
        others, values = " AND id IN (SELECT value FROM json_each(?))", (json.dumps(list(wanted.ids)),)
    if wanted.felt is not None:
        others += (
            " AND id IN (SELECT comment FROM mention WHERE aspect <> '' AND (? IS NULL OR aspect = ?) "
            "AND sentiment = ?)"
        )
        values = (*values, wanted.aspect, wanted.aspect, wanted.felt)
    if not match:
        return f"FROM comment WHERE id BETWEEN ? AND ?{others}", (low, high, *values)
    found = "SELECT rowid AS id FROM terms WHERE terms MATCH ? AND rowid BETWEEN ? AND ? ORDER BY rowid DESC"
    return f"FROM ({found}) WHERE 1{others}", (match, low, high, *values)


def _one_of(terms: tuple[str, ...]) -> str:
    said = " OR ".join(_quoted(t[:-1]) + " *" if t.endswith("*") else _quoted(t) for t in terms)
    return f"({said})" if len(terms) > 1 else said


def _quoted(term: str) -> str:
    return '"' + term.replace('"', '""') + '"'
