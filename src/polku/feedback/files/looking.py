"""A file looked at before anything of it is stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import BinaryIO, Final

from polku.feedback.files.brought import Brought, Wish
from polku.feedback.files.reading import read
from polku.feedback.files.repeated import Repeated
from polku.feedback.files.turns import Speaker

SHOWN: Final = 5


@dataclass(frozen=True, slots=True)
class Look:
    """How a file is understood.

    `comments` is how many it has, `first` are the first of them; `empty` is how many rows or letters have none, and
    `again` how many comments are the same words of the same person as one before. `without_time` and `known` are how
    many have no time that can be read, and how many say whose they are. `columns` are a table's and `mapped` the column
    of each field; `speakers` a conversation's; `sheet` which sheet of a spreadsheet it is of, `other_sheets` those that
    were not read.
    """

    comments: int
    empty: int
    again: int
    without_time: int
    known: int
    first: tuple[Brought, ...]
    columns: tuple[str, ...]
    mapped: Mapping[str, str]
    speakers: tuple[Speaker, ...]
    changes: int
    headings: int
    sheet: str
    other_sheets: tuple[str, ...]


def look(file: BinaryIO, name: str, wish: Wish) -> Look:
    """Read a file through in little memory. Raises what `read` does."""
    found = read(file, name, wish)
    first: list[Brought] = []
    comments = empty = again = without_time = known = 0
    with Repeated() as repeated:
        for one in found.each:
            if one is None:
                empty += 1
                continue
            comments += 1
            if len(first) < SHOWN:
                first.append(one)
            words = " ".join(one.text.casefold().split())
            again += repeated.times(f"{one.user_id}\n{one.email}\n{words}".encode()) > 1
            without_time += one.at is None
            known += bool(one.user_id or one.email)
    return Look(
        comments,
        empty,
        again,
        without_time,
        known,
        tuple(first),
        found.columns,
        dict(found.mapped.columns) if found.mapped else {},
        found.speakers,
        found.changes,
        found.headings,
        found.sheet,
        found.other_sheets,
    )
