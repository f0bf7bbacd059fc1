"""Comments in files: CSV and Parquet with a column of texts, and plain text."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import PurePath
from typing import Any, Final
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.parquet as pq

from polku.errors import InvalidInput

TEXT: Final = (
    "comment", "text", "review", "message", "kommentti", "teksti", "palaute", "arvio", "verbatim", "feedback",
    "review_body", "review_comment_message",
)  # fmt: skip
"""What a column of texts is called, the likeliest first."""
AT: Final = ("at", "time", "date", "timestamp", "created_at", "aika", "päivä", "pvm")
_SEPARATORS: Final = ",;\t|"


@dataclass(frozen=True, slots=True)
class Brought:
    """A comment from elsewhere. `score` is on −100…100."""

    text: str
    at: datetime | None = None
    user_id: str | None = None
    email: str | None = None
    score: float | None = None
    touchpoint: str | None = None
    kind: str | None = None
    language: str | None = None


def read_comments(content: bytes, name: str, *, column: str = "", zone: ZoneInfo) -> list[Brought]:
    """Comments of a file: each row's of .csv, .tsv and .parquet, each paragraph's of .txt; empty ones are left out.

    Times without a zone are in `zone`. Raises InvalidInput for a file that cannot be read, or that has no such column.
    """
    ending = PurePath(name).suffix.lower()
    match ending:
        case ".csv" | ".tsv":
            rows = _of_csv(_decoded(content))
        case ".parquet":
            rows = _of_parquet(content, name)
        case ".txt":
            return [Brought(p) for p in _paragraphs(_decoded(content))]
        case _:
            raise InvalidInput(
                "Comments are read from .csv, .tsv, .parquet and .txt; '%(name)s' is none of them.", name=name
            )
    return list(_brought(rows, column, zone))


def _decoded(content: bytes) -> str:
    """UTF-8, and else what Windows writes in Western Europe."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _paragraphs(text: str) -> list[str]:
    """Paragraphs where blank lines divide them, else lines."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    parts = text.split("\n\n") if "\n\n" in text.strip() else text.split("\n")
    return [p.strip() for p in parts if p.strip()]


def _of_csv(text: str) -> list[dict[str, Any]]:
    if not text.strip():
        return []
    csv.field_size_limit(16 << 20)
    first = text.split("\n", 1)[0]
    separator = max(_SEPARATORS, key=first.count)
    try:
        return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=separator, restkey=""))
    except csv.Error as e:
        raise InvalidInput("The CSV cannot be read: %(why)s.", why=e) from None


def _of_parquet(content: bytes, name: str) -> list[dict[str, Any]]:
    try:
        rows: list[dict[str, Any]] = pq.read_table(pa.BufferReader(content)).to_pylist()
    except (pa.ArrowInvalid, OSError) as e:
        raise InvalidInput("'%(name)s' is no Parquet file: %(why)s", name=name, why=e) from None
    return rows


def _brought(rows: Sequence[dict[str, Any]], column: str, zone: ZoneInfo) -> Iterator[Brought]:
    if not rows:
        return
    names = {str(n).strip().lower(): n for n in rows[0] if n}
    text = _column(names, column)
    at = next((names[n] for n in AT if n in names), None)
    for row in rows:
        said = row.get(text)
        if not isinstance(said, str) or not said.strip():
            continue
        yield Brought(
            said.strip(),
            _moment(row.get(at), zone) if at else None,
            _word(row, names, "user_id"),
            _word(row, names, "email"),
            None,
            _word(row, names, "touchpoint"),
            _word(row, names, "kind"),
            _word(row, names, "language"),
        )


def _column(names: dict[str, Any], wanted: str) -> Any:
    if wanted:
        if wanted.strip().lower() not in names:
            raise InvalidInput(
                "There is no column '%(column)s'. There are: %(columns)s",
                column=wanted,
                columns=", ".join(map(str, names.values())),
            )
        return names[wanted.strip().lower()]
    found = next((names[n] for n in TEXT if n in names), None)
    if found is None:
        raise InvalidInput(
            "No column looks like one of texts. Name it; there are: %(columns)s",
            columns=", ".join(map(str, names.values())),
        )
    return found


def _word(row: dict[str, Any], names: dict[str, Any], name: str) -> str | None:
    value = row.get(names[name]) if name in names else None
    return str(value).strip()[:200] or None if value is not None else None


def _moment(value: Any, zone: ZoneInfo) -> datetime | None:
    """A time that can be told, in UTC."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value.strip())
        except ValueError:
            return None
    if not isinstance(value, datetime):
        return None
    return (value if value.tzinfo else value.replace(tzinfo=zone)).astimezone(UTC)
