"""A workbook looked through before it is opened: how far it unpacks, how large its sheets are, whether it was computed.

The library that reads sheets lays one out in memory as a full rectangle, empty cells too: two cells at its corners
would be seventeen billion. So the cells that hold something are looked for first, as XML parsers understand them; no
more than MOST_BYTES are unpacked whatever the archive says of its sizes, and a document type is refused.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from dataclasses import dataclass, field
from typing import BinaryIO, Final
from xml.parsers import expat

from polku.errors import InvalidInput, TooLarge

MOST_BYTES: Final = 256 << 20
MOST_CELLS: Final = 10_000_000
_PIECE: Final = 1 << 18
_PLACE: Final = re.compile(r"([A-Za-z]{1,7})(\d{1,9})")


@dataclass(slots=True)
class _Part:
    """What is being found of one part of the archive; rows and columns count from 1."""

    row: int = 0
    column: int = 0
    rows: list[int] = field(default_factory=list)
    columns: list[int] = field(default_factory=list)
    is_formula: bool = False
    is_text: bool = False
    not_computed: int = 0

    @property
    def cells(self) -> int:
        """Of the rectangle around all cells that hold something."""
        if not self.rows:
            return 0
        return (self.rows[1] - self.rows[0] + 1) * (self.columns[1] - self.columns[0] + 1)


def scan(file: BinaryIO) -> None:
    """Look a workbook through.

    Raises TooLarge for one that is too large to be opened, InvalidInput for one that is damaged or has formulas of
    which no result was saved.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            left = MOST_BYTES
            for name in archive.namelist():
                left = _scan_part(archive, name, left)
    except (
        zipfile.BadZipFile, zlib.error, EOFError, expat.ExpatError, NotImplementedError, RuntimeError, ValueError,
    ) as e:  # fmt: skip
        raise damaged() from e


def damaged() -> InvalidInput:
    return InvalidInput(
        "This is no whole spreadsheet: it was cut short or damaged on its way. Save it anew as .xlsx and bring it "
        "again."
    )


def _scan_part(archive: zipfile.ZipFile, name: str, left: int) -> int:
    """How many bytes may still be unpacked after it."""
    part, parser = _Part(), expat.ParserCreate()
    parser.StartElementHandler = _noting(part, parser)
    parser.StartDoctypeDeclHandler = _refuse
    is_xml = None
    with archive.open(name) as content:
        while piece := content.read(_PIECE):
            left -= len(piece)
            if left < 0:
                raise TooLarge(
                    "The spreadsheet unpacks to more than %(most)s MB. Divide it, or save the sheet as CSV.",
                    most=MOST_BYTES >> 20,
                )
            if is_xml is None:
                is_xml = name.endswith((".xml", ".rels")) or piece.lstrip(b"\xef\xbb\xbf \r\n\t")[:1] == b"<"
            if is_xml:
                parser.Parse(piece, False)
                _check(part)
    if is_xml:
        parser.Parse(b"", True)
        _computed(part)
    return left


def _noting(part: _Part, parser: expat.XMLParserType):  # type: ignore[no-untyped-def]  # expat's own kind of callable
    def computed(_: str) -> None:
        part.is_formula = False
        parser.CharacterDataHandler = None

    def start(name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition(":")[2]
        if local == "c":
            part.not_computed += part.is_formula and not part.is_text
            part.is_formula, part.is_text = False, attributes.get("t") == "str"
            _place(part, attributes.get("r"))
        elif local in ("v", "is"):
            _hold(part)
            if part.is_formula:
                parser.CharacterDataHandler = computed
        elif local == "f":
            part.is_formula = True
        elif local == "row":
            given = attributes.get("r", "")
            part.row = int(given) if given.isdecimal() else part.row + 1
            part.column = 0

    return start


def _place(part: _Part, given: str | None) -> None:
    found = _PLACE.fullmatch(given or "")
    if found is None:
        part.column += 1
        return
    column = 0
    for letter in found[1].upper():
        column = column * 26 + ord(letter) - 64
    part.row, part.column = int(found[2]), column


def _hold(part: _Part) -> None:
    if not part.rows:
        part.rows, part.columns = [part.row, part.row], [part.column, part.column]
        return
    rows, columns = part.rows, part.columns
    rows[0], rows[1] = min(rows[0], part.row), max(rows[1], part.row)
    columns[0], columns[1] = min(columns[0], part.column), max(columns[1], part.column)


def _check(part: _Part) -> None:
    if part.cells > MOST_CELLS:
        raise TooLarge(
            "A sheet of %(rows)s rows and %(columns)s columns is too large: at most %(most)s cells are read. Divide "
            "it, or save the sheet as CSV.",
            rows=part.rows[1],
            columns=part.columns[1],
            most=MOST_CELLS,
        )


def _computed(part: _Part) -> None:
    part.not_computed += part.is_formula and not part.is_text
    if part.not_computed:
        raise InvalidInput(
            "The spreadsheet has %(n)s formulas whose results were not saved with it. Open it in a spreadsheet "
            "program, save it there, and bring it again.",
            n=part.not_computed,
        )


def _refuse(*_: object) -> None:
    raise ValueError("a document type")
