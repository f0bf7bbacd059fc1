"""Addresses from what somebody pasted or uploaded: one a line, or a CSV with a column of them."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import Final

from polku.errors import InvalidInput, TooLarge
from polku.mail import InvalidAddress, checked_address

MOST: Final = 20_000
"""What fits into a form, which is 1 MB at most."""
_HEADINGS: Final = frozenset(
    {"email", "e-mail", "e_mail", "mail", "sähköposti", "sähköpostiosoite", "email address", "osoite"}
)


@dataclass(frozen=True, slots=True)
class Addresses:
    """`good` in small letters, each once; `bad` are those that cannot be written to, as they were given."""

    good: tuple[str, ...]
    bad: tuple[str, ...]


def read_file(content: bytes) -> str:
    """A file's text: UTF-8, or else as Windows writes it. Raises InvalidInput for what is no text."""
    if b"\0" in content:
        raise InvalidInput("This is no list of addresses. Save the table as CSV and send that.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def addresses(text: str) -> Addresses:
    """Read a list. Of a table it is the column whose heading says so, else of each line the cell with an @.

    One broken line does not stop the others. Raises TooLarge for more than 20,000.
    """
    rows = _rows(text)
    column = _column(rows[0]) if rows else None
    good: dict[str, None] = {}
    bad: dict[str, None] = {}
    for row in rows if column is None else rows[1:]:
        cell = _cell(row, column)
        if not cell:
            continue
        try:
            good[checked_address(cell).lower()] = None
        except InvalidAddress:
            bad[cell[:254]] = None
        if len(good) + len(bad) > MOST:
            raise TooLarge("A mailing goes to at most %(most)s addresses. Divide the list.", most=MOST)
    return Addresses(tuple(good), tuple(bad))


def _rows(text: str) -> list[list[str]]:
    text = text.strip()
    first = text.partition("\n")[0]
    separator = max(",;\t", key=first.count)
    try:
        rows = csv.reader(io.StringIO(text, newline=None), delimiter=separator)
        return [[c.strip() for c in row] for row in rows]
    except csv.Error as e:
        raise InvalidInput("The list cannot be read as a table: %(why)s", why=e) from None


def _column(heading: list[str]) -> int | None:
    return next((i for i, c in enumerate(heading) if c.casefold() in _HEADINGS), None)


def _cell(row: list[str], column: int | None) -> str:
    if column is not None:
        return row[column] if column < len(row) else ""
    return next((c for c in row if "@" in c), row[0] if row else "")
