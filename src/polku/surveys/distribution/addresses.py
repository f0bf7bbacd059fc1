"""Addresses from what somebody pasted or uploaded: one a line, a CSV or a spreadsheet with a column of them."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import BinaryIO, Final

import numpy as np
import phonenumbers
from xxhash import xxh3_64_intdigest

from polku.errors import InvalidInput, TooLarge
from polku.mail import InvalidAddress, checked_address
from polku.sheets import Row, is_workbook, read_sheet

MOST: Final = 1_000_000
"""Of one list."""
LONGEST_LINE: Final = 10_000
REGION: Final = "FI"
"""Of phone numbers without a country."""
_HEADINGS: Final = {
    "email": frozenset(
        {"email", "e-mail", "e_mail", "mail", "sähköposti", "sähköpostiosoite", "email address", "osoite"}
    ),
    "sms": frozenset(
        {
            "phone",
            "phone number",
            "mobile",
            "tel",
            "puhelin",
            "puhelinnumero",
            "matkapuhelin",
            "gsm",
            "numero",
        }
    ),
}
_PENDING: Final = 50_000


@dataclass(frozen=True, slots=True)
class Entry:
    """An address as it is kept (e-mail in small letters, phone numbers as +358…), and the line that it stood on."""

    line: int
    address: str


@dataclass(frozen=True, slots=True)
class Fault:
    """What stood on a line and cannot be written to."""

    line: int
    given: str


def lines_of(file: BinaryIO) -> Iterator[str]:
    """A file's lines: UTF-8, or else as Windows writes it; no more than one in memory.

    Raises InvalidInput for what is no text.
    """
    encoding = _encoding(file)
    file.seek(0)
    while raw := file.readline(LONGEST_LINE):
        yield raw.decode(encoding, errors="replace").removeprefix("\ufeff")


def rows_of(file: BinaryIO) -> Iterator[Row]:
    """The rows of a list in a file: a spreadsheet (.xlsx) with one sheet, CSV, or an address on each line.

    Raises, while they are gone through, InvalidInput for what is no text and no spreadsheet, or has several sheets, and
    what `read_sheet` raises.
    """
    file.seek(0)
    if not is_workbook(file.read(8)):
        yield from typed_rows(lines_of(file))
        return
    sheet = read_sheet(file)
    if sheet.others:
        raise InvalidInput(
            "Several sheets hold something: %(names)s. Leave the one with the addresses, or hide the others.",
            names=", ".join((sheet.name, *sheet.others)),
        )
    yield from sheet.rows()


def typed_rows(lines: Iterable[str]) -> Iterator[Row]:
    """Lines as rows, numbered from the first that is not empty: by the separator that this has most of."""
    rest = iter(lines)
    first = next((line for line in rest if line.strip()), "")
    separator = max(",;\t", key=first.count)
    return _rows(csv.reader(chain([first], rest), delimiter=separator))


def entries(rows: Iterable[Row], channel: str = "email") -> Iterator[Entry | Fault]:
    """Each address once, in order, and each row that has none that can be written to.

    Of a table it is the column whose heading says so, else of each row the cell with an @, or the first that is a
    phone number. One broken row does not stop the others. Raises TooLarge for more than a million rows.
    """
    seen, column, checked = _Seen(), None, _CHECKED[channel]
    for nth, (number, row) in enumerate(rows):
        cells = [c.strip() for c in row]
        if nth == 0:
            column = _column(cells, channel)
            if column is not None:
                continue
        if nth > MOST:
            raise TooLarge("A mailing goes to at most %(most)s addresses. Divide the list.", most=MOST)
        cell = _cell(cells, column, checked)
        if not cell:
            continue
        address = checked(cell)
        if address is None:
            yield Fault(number, cell[:254])
        elif seen.is_new(address):
            yield Entry(number, address)


def phone_number(text: str, region: str = REGION) -> str | None:
    """A phone number as E.164 has it; None if nobody can have it. One without a country is of `region`."""
    try:
        parsed = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(parsed):
        return None
    return str(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164))


def email_address(text: str) -> str | None:
    """An address in small letters; None if it cannot be written to."""
    try:
        return checked_address(text).lower()
    except InvalidAddress:
        return None


_CHECKED: Final[dict[str, Callable[[str], str | None]]] = {"email": email_address, "sms": phone_number}


class _Seen:
    """Which addresses have been, by their hashes: 8 bytes each, so that a million fit anywhere."""

    def __init__(self) -> None:
        self._known = np.zeros(0, np.uint64)
        self._new: set[int] = set()

    def is_new(self, address: str) -> bool:
        key = xxh3_64_intdigest(address.encode())
        if key in self._new:
            return False
        at = int(np.searchsorted(self._known, np.uint64(key)))
        if at < len(self._known) and int(self._known[at]) == key:
            return False
        self._new.add(key)
        if len(self._new) >= _PENDING:
            self._known = np.union1d(self._known, np.fromiter(self._new, np.uint64, len(self._new)))
            self._new.clear()
        return True


def _encoding(file: BinaryIO) -> str:
    """Read once from beginning to end, a piece at a time."""
    decoder, encoding = codecs.getincrementaldecoder("utf-8")(), "utf-8"
    file.seek(0)
    while piece := file.read(1 << 16):
        if b"\0" in piece:
            raise InvalidInput("This is no list of addresses. Save the table as .xlsx or CSV and send that.")
        if encoding == "cp1252":
            continue
        try:
            decoder.decode(piece)
        except UnicodeDecodeError:
            encoding = "cp1252"
    return encoding


def _rows(reader: Iterator[list[str]]) -> Iterator[Row]:
    """Rows that can be read, numbered; one that cannot is as one with a single cell."""
    number = 0
    while True:
        number += 1
        try:
            yield number, next(reader)
        except StopIteration:
            return
        except csv.Error as e:
            yield number, [str(e)]


def _column(heading: list[str], channel: str) -> int | None:
    return next((i for i, c in enumerate(heading) if c.casefold() in _HEADINGS[channel]), None)


def _cell(row: list[str], column: int | None, checked: Callable[[str], str | None]) -> str:
    if column is not None and len(row) != 1:  # what is typed below a table is an address a line
        return row[column] if column < len(row) else ""
    if checked is phone_number:
        return next((c for c in row if phone_number(c)), row[0] if row else "")
    return next((c for c in row if "@" in c), row[0] if row else "")
