"""A file by its kind: its comments one after another, and what there is to choose in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import PurePath
from typing import BinaryIO, Final

from polku.errors import InvalidInput, TooLarge
from polku.feedback.file import MOST_LETTERS
from polku.feedback.files import columns, cues, docx, letters, tables, turns
from polku.feedback.files.brought import Brought, Wish
from polku.feedback.files.columns import Mapped
from polku.feedback.files.decoding import whole_text
from polku.feedback.files.turns import Speaker, Turn
from polku.sheets import read_sheet

ENDINGS: Final = (
    ".docx", ".vtt", ".srt", ".txt", ".md", ".csv", ".tsv", ".xlsx", ".jsonl", ".ndjson", ".parquet", ".eml", ".mbox",
)  # fmt: skip
LARGEST_DOCUMENT: Final = 64 << 20
"""Bytes of a file that is read as a whole: a text, subtitles, an e-mail."""
_TABLES: Final[dict[str, Callable[[BinaryIO], Iterator[tables.Row]]]] = {
    ".csv": tables.rows_of_csv,
    ".tsv": tables.rows_of_csv,
    ".parquet": tables.rows_of_parquet,
    ".jsonl": tables.rows_of_json_lines,
    ".ndjson": tables.rows_of_json_lines,
}
_SAVED_AS: Final = {".xls": ".xlsx", ".xlsb": ".xlsx", ".ods": ".xlsx", ".doc": ".docx", ".odt": ".docx",
                    ".rtf": ".docx", ".docm": ".docx", ".pdf": ".docx", ".json": ".jsonl", ".msg": ".eml"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Filed:
    """A file's comments, and what can be chosen in it.

    `each` gives its comments, None where a row or letter has none. `columns` are a table's, `mapped` the column of each
    field; `speakers` are a conversation's. `changes` is how many tracked changes a document has, `headings` how many
    headings were left out of it; `sheet` which sheet of a spreadsheet was read, `other_sheets` those that were not.
    """

    each: Iterator[Brought | None]
    columns: tuple[str, ...] = ()
    mapped: Mapped | None = None
    speakers: tuple[Speaker, ...] = ()
    changes: int = 0
    headings: int = 0
    sheet: str = ""
    other_sheets: tuple[str, ...] = ()


def read(file: BinaryIO, name: str, wish: Wish) -> Filed:
    """Open a file to be read through once. Its comments come as `each` is gone through.

    Raises InvalidInput, also while reading, for a file that cannot be read, is only part of one, or lacks a column;
    TooLarge for a document beyond LARGEST_DOCUMENT.
    """
    ending = PurePath(name).suffix.lower()
    if ending in _TABLES:
        return _of_whole(_of_table(file, _TABLES[ending], wish), wish)
    match ending:
        case ".xlsx" | ".xlsm":
            sheet = read_sheet(file)
            table = _of_table(file, lambda _: tables.rows_of_sheet(sheet), wish)
            found = replace(table, sheet=sheet.name, other_sheets=sheet.others)
        case ".docx":
            found = _of_document(docx.read_document(file), wish)
        case ".txt" | ".md":
            found = _of_paragraphs(_text(file).split("\n"), wish)
        case ".vtt" | ".srt":
            said = cues.turns_of_cues(_text(file), webvtt=ending == ".vtt")
            found = _of_turns(lambda: turns.joined(said), wish)
        case ".eml":
            _check_size(file)
            file.seek(0)
            found = Filed(iter([letters.letter(file.read(), wish.zone)]))
        case ".mbox":
            found = Filed(letters.letters(file, wish.zone))
        case _:
            raise _unknown(name, ending)
    return _of_whole(found, wish)


def check_length(one: Brought, nth: int) -> None:
    """Raises InvalidInput for a text that is too long, naming which."""
    if len(one.text) > MOST_LETTERS:
        raise InvalidInput(
            "Comment %(nth)s has %(length)s characters; at most %(most)s are taken. Divide it.",
            nth=nth,
            length=len(one.text),
            most=MOST_LETTERS,
        )


def nothing_in(name: str) -> InvalidInput:
    return InvalidInput("There is no comment in the file '%(name)s'.", name=name)


def _unknown(name: str, ending: str) -> InvalidInput:
    if ending in _SAVED_AS:
        return InvalidInput(
            "'%(name)s' cannot be read. Save it as %(ending)s and bring that.",
            name=name,
            ending=_SAVED_AS[ending],
        )
    return InvalidInput(
        "Comments are read from %(endings)s; '%(name)s' is none of them.",
        name=name,
        endings=", ".join(ENDINGS),
    )


def _check_size(file: BinaryIO) -> None:
    if file.seek(0, 2) > LARGEST_DOCUMENT:
        raise TooLarge(
            "A document has at most %(most)s MB; only tables and mailboxes may be larger. Divide it.",
            most=LARGEST_DOCUMENT >> 20,
        )


def _text(file: BinaryIO) -> str:
    _check_size(file)
    return whole_text(file)


def _of_whole(found: Filed, wish: Wish) -> Filed:
    """What is said of the whole file goes to comments that do not say it themselves."""
    said = any((wish.at, wish.user_id, wish.email, wish.touchpoint, wish.kind, wish.language))

    def each() -> Iterator[Brought | None]:
        for nth, one in enumerate(found.each, start=1):
            if one is not None:
                check_length(one, nth)
            if not said:
                yield one
                continue
            yield one and replace(
                one,
                at=one.at or wish.at,
                user_id=one.user_id or (None if one.email else wish.user_id),
                email=one.email or (None if one.user_id else wish.email),
                touchpoint=one.touchpoint or wish.touchpoint,
                kind=one.kind or wish.kind,
                language=one.language or wish.language,
            )

    return replace(found, each=each())


def _of_table(file: BinaryIO, rows: Callable[[BinaryIO], Iterator[tables.Row]], wish: Wish) -> Filed:
    each = rows(file)
    first = next(each, None)
    if first is None:
        return Filed(iter(()))
    names = tuple(str(n) for n in first if n)
    by = columns.mapped(names, wish)
    if "author" in by.columns and "conversation" in by.columns:
        each.close()  # type: ignore[attr-defined]  # a generator
        found = _of_turns(lambda: turns.joined(_chat(rows(file), by, wish)), wish)
        return replace(found, columns=names, mapped=by)
    said = (columns.brought(row, by, wish) for row in chain([first], each))
    return Filed(said, names, by)


def _chat(rows: Iterator[tables.Row], by: Mapped, wish: Wish) -> Iterator[Turn]:
    for row in rows:
        one = columns.brought(row, by, wish)
        if one is not None:
            author, conversation = by.word(row, "author") or "", by.word(row, "conversation") or ""
            yield Turn(author, one.text, conversation, one.at, one.user_id, one.email)


def _of_document(document: docx.Document, wish: Wish) -> Filed:
    found = _of_paragraphs(document.paragraphs, wish)
    return replace(found, changes=document.changes, headings=document.headings)


def _of_paragraphs(lines: Sequence[str], wish: Wish) -> Filed:
    """A transcript's turns; else a comment between empty lines where there are any, else on each line."""
    said = turns.transcript(lines)
    if said is not None:
        return _of_turns(lambda: iter(said), wish)
    text = "\n".join(line.strip() for line in lines).strip()
    parts = text.split("\n\n") if "\n\n" in text else text.split("\n")
    return Filed(Brought(p.strip()) for p in parts if p.strip())


def _of_turns(said: Callable[[], Iterator[Turn]], wish: Wish) -> Filed:
    """Customers' turns as comments; `said` is gone through twice: for who speaks, and for what they say."""
    who = turns.speakers(said())
    if wish.staff is not None:
        who = tuple(replace(s, is_staff=s.name in wish.staff) for s in who)
    staff = {s.name for s in who if s.is_staff} | set(wish.staff or ())
    each = (
        Brought(turn.text, turn.at, turn.user_id, turn.email)
        for turn in said()
        if turn.speaker not in staff and turn.text.strip()
    )
    return Filed(each, speakers=who)
