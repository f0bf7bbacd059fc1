"""What the first line of a text file says: the names of its columns, and what separates them."""

from __future__ import annotations

import csv
import io
from collections import Counter
from pathlib import Path
from typing import Final

from polku.collect.files.text import TextFile
from polku.errors import InvalidInput

_HEAD: Final = 1 << 16
_DELIMITERS: Final = (",", ";", "\t", "|")


def head(path: Path) -> str:
    """The first 64 KB of a UTF-8 file."""
    with path.open("rb") as file:
        return file.read(_HEAD).decode("utf-8", "ignore")


def header_of(text: TextFile, *, delimiter: str | None, quote: str) -> tuple[list[str], str]:
    """The names in a file's first line, and what separates them.

    Raises InvalidInput if it is empty, the delimiter is plainly another, or a name is there twice.
    """
    start = head(text.path)
    if not start.strip():
        raise InvalidInput("%(file)s is empty. Its first line should name the columns.", file=text.name)
    found = _likely_delimiter(start, quote)
    used = delimiter or found or ","
    names = _first_record(start, used, quote)
    if len(names) == 1 and found and found != used:
        raise InvalidInput(
            "%(file)s has one column named '%(column)s' when read with the delimiter %(used)s. "
            "It looks separated by %(found)s: say delimiter = %(written)s in the mapping.",
            file=text.name,
            column=names[0][:80],
            used=repr(used),
            found=repr(found),
            written=_toml(found),
        )
    named = [n.strip() or f"column{i}" for i, n in enumerate(names, 1)]
    twice = [n for n, count in Counter(n.casefold() for n in named).items() if count > 1]
    if twice:
        raise InvalidInput(
            "%(file)s has two columns named '%(column)s' (capitals do not matter). Rename one.",
            file=text.name,
            column=twice[0],
        )
    return named, used


def _likely_delimiter(start: str, quote: str) -> str | None:
    plain, inside = [], False
    for letter in start:
        if quote and letter == quote:
            inside = not inside
        elif letter == "\n" and not inside:
            break
        elif not inside:
            plain.append(letter)
    counts = {d: plain.count(d) for d in _DELIMITERS}
    best = max(counts, key=lambda d: counts[d])
    return best if counts[best] else None


def _first_record(start: str, delimiter: str, quote: str) -> list[str]:
    if len(delimiter) > 1:
        return start.splitlines()[0].split(delimiter)
    text = io.StringIO(start)
    if not quote:
        return next(csv.reader(text, delimiter=delimiter, quoting=csv.QUOTE_NONE))
    return next(csv.reader(text, delimiter=delimiter, quotechar=quote))


def _toml(delimiter: str) -> str:
    return '"\\t"' if delimiter == "\t" else f'"{delimiter}"'
