"""The rows of a sheet."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import BinaryIO, Final

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    SheetTypeEnum,
    SheetVisibleEnum,
    XmlError,
    ZipError,
)

from polku.errors import InvalidInput, TooLarge
from polku.sheets.scanning import damaged, scan

LARGEST_FILE: Final = 64 << 20
"""Bytes of a workbook: a million rows of a few columns have some twenty million."""
_ARCHIVE: Final = b"PK\x03\x04"
_OLD_OR_LOCKED: Final = b"\xd0\xcf\x11\xe0"
_WHOLE_NUMBERS: Final = 1e15
"""Below it a number with decimals tells every whole one."""

Row = tuple[int, list[str]]
Cell = int | float | str | bool | time | date | datetime | timedelta


@dataclass(frozen=True, slots=True)
class Sheet:
    """The sheet that was read, the names of others that hold something, and its rows as texts.

    `rows` goes through them from the first whenever it is called: the number of each from 1, as the spreadsheet shows
    it, and its cells. Rows that hold nothing are left out, and columns before the first and behind the last that hold
    something. A date is 2026-03-01, a moment 2026-03-01 14:05:00, true and false TRUE and FALSE; an error (#N/A) is
    empty. Of a formula it is the result that was saved.
    """

    name: str
    others: tuple[str, ...]
    rows: Callable[[], Iterator[Row]]


def is_workbook(start: bytes) -> bool:
    """Whether a file that begins so is a spreadsheet, in the old form or with a password too."""
    return start.startswith((_ARCHIVE, _OLD_OR_LOCKED))


def read_sheet(file: BinaryIO, wanted: str = "") -> Sheet:
    """The sheet of this name, else the first that is not hidden and holds something.

    Raises InvalidInput for what is no .xlsx file or only part of one, has a password, holds nothing, or has formulas
    that were never computed; TooLarge for one that is too large to be opened.
    """
    _check(file)
    try:
        book = CalamineWorkbook.from_filelike(file)
        names = [
            s.name
            for s in book.sheets_metadata
            if s.typ == SheetTypeEnum.WorkSheet
            and (s.visible == SheetVisibleEnum.Visible or s.name == wanted)
        ]
        sheets = [(name, book.get_sheet_by_name(name)) for name in names]
    except (CalamineError, XmlError, ZipError, OSError) as e:
        raise damaged() from e
    filled = [(name, sheet) for name, sheet in sheets if sheet.height]
    if wanted and wanted not in names:
        raise InvalidInput(
            "There is no sheet '%(sheet)s'. There are: %(known)s", sheet=wanted, known=", ".join(names) or "–"
        )
    chosen = next((s for s in filled if s[0] == wanted), None) if wanted else next(iter(filled), None)
    if chosen is None:
        raise InvalidInput("There is nothing in the spreadsheet.")
    others = tuple(name for name, _ in filled if name != chosen[0])
    return Sheet(chosen[0], others, partial(_rows, chosen[1]))


def _check(file: BinaryIO) -> None:
    size = file.seek(0, 2)
    file.seek(0)
    start = file.read(8)
    file.seek(0)
    if start.startswith(_OLD_OR_LOCKED):
        raise InvalidInput(
            "This spreadsheet has a password or is in the old .xls form. Save it as .xlsx without a password."
        )
    if size > LARGEST_FILE:
        raise TooLarge(
            "A spreadsheet has at most %(most)s MB. Divide it, or save the sheet as CSV.",
            most=LARGEST_FILE >> 20,
        )
    scan(file)
    file.seek(0)


def _rows(sheet: CalamineSheet) -> Iterator[Row]:
    for number, row in enumerate(sheet.iter_rows(), start=1):
        cells = [_text(cell) for cell in row]
        if any(cells):
            yield number, cells


def _text(cell: Cell) -> str:
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < _WHOLE_NUMBERS:
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ")
    return cell.isoformat() if isinstance(cell, date | time) else str(cell)
