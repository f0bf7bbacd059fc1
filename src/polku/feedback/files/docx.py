"""The paragraphs of a Word document (.docx, ECMA-376), read from its XML.

The file may be anybody's: nothing in it is run or fetched, no more than MOST_BYTES of XML is unpacked whatever the
archive says of its size, and a document type is refused. Deleted text of tracked changes is left out and inserted text
taken, as if all had been accepted.
"""

from __future__ import annotations

import zipfile
import zlib
from dataclasses import dataclass, field
from typing import BinaryIO, Final
from xml.parsers import expat

from polku.errors import InvalidInput, TooLarge

MOST_BYTES: Final = 200 << 20
_PIECE: Final = 1 << 16
_DEEPEST: Final = 200
_BODY: Final = "word/document.xml"
_W: Final = (
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main ",
    "http://purl.oclc.org/ooxml/wordprocessingml/main ",
)
_LEFT_OUT: Final = frozenset({"del", "moveFrom", "instrText", "delText", "pict"})
_FALLBACK: Final = "http://schemas.openxmlformats.org/markup-compatibility/2006 Fallback"
_OLD_OR_LOCKED: Final = b"\xd0\xcf\x11\xe0"


@dataclass(slots=True)
class Document:
    """Paragraphs in order, those of tables too; an empty one is "". `changes` is how many tracked changes it has."""

    paragraphs: list[str] = field(default_factory=list)
    headings: int = 0
    changes: int = 0
    macros: bool = False


def read_document(file: BinaryIO) -> Document:
    """Raises InvalidInput for what is no .docx file or only part of one; TooLarge for one that unpacks too far."""
    file.seek(0)
    if file.read(4) == _OLD_OR_LOCKED:
        raise InvalidInput(
            "This document has a password or is in the old .doc form. Save it as .docx without a password."
        )
    reader = _Reader()
    try:
        with zipfile.ZipFile(file) as archive:
            reader.document.macros = any(n.lower().endswith("vbaproject.bin") for n in archive.namelist())
            with archive.open(_BODY) as body:
                size = 0
                while piece := body.read(_PIECE):
                    size += len(piece)
                    if size > MOST_BYTES:
                        raise TooLarge(
                            "The document unpacks to more than %(most)s MB of text. Divide it.",
                            most=MOST_BYTES >> 20,
                        )
                    reader.parser.Parse(piece, False)
        reader.parser.Parse(b"", True)
    except KeyError as e:
        raise InvalidInput("This is no Word document: there is no text in the file.") from e
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        expat.ExpatError,
        NotImplementedError,
        RuntimeError,
    ) as e:
        raise InvalidInput(
            "This is no whole Word document: it was cut short or damaged on its way. Save it anew in Word and bring it "
            "again."
        ) from e
    return reader.document


class _Reader:
    def __init__(self) -> None:
        self.document = Document()
        self._path: list[str] = []
        self._skipped = 0
        self._said: list[str] = []
        self._in_text = False
        self._heading = False
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._started
        self.parser.EndElementHandler = self._ended
        self.parser.CharacterDataHandler = self._read
        self.parser.StartDoctypeDeclHandler = self._refused

    def _started(self, name: str, attributes: dict[str, str]) -> None:
        tag = _tag(name)
        self._path.append(tag)
        if len(self._path) > _DEEPEST:
            raise InvalidInput("This is no Word document: its parts lie deeper than Word puts them.")
        if self._skipped or name == _FALLBACK or tag in _LEFT_OUT:
            if tag in ("del", "moveFrom") and not self._skipped and len(attributes) > 0:
                self.document.changes += 1
            self._skipped += 1
            return
        match tag:
            case "ins" | "moveTo":
                self.document.changes += bool(attributes)
            case "p":
                self._end_paragraph()
            case "t":
                self._in_text = True
            case "tab":
                self._said.append(" ")
            case "br" | "cr":
                self._said.append("\n")
            case "pStyle":
                style = next(iter(attributes.values()), "").lower()
                self._heading = style.startswith(("heading", "title", "otsikko", "subtitle", "alaotsikko"))

    def _ended(self, name: str) -> None:
        tag = self._path.pop()
        if self._skipped:
            self._skipped -= 1
            return
        if tag == "t":
            self._in_text = False
        elif tag == "p":
            self._end_paragraph(empty=True)

    def _end_paragraph(self, *, empty: bool = False) -> None:
        text = "".join(self._said).strip()
        if self._heading and text:
            self.document.headings += 1
        elif text or empty:
            self.document.paragraphs.append(text)
        self._said.clear()
        self._heading = False

    def _read(self, text: str) -> None:
        if self._in_text and not self._skipped:
            self._said.append(text)

    def _refused(self, *_: object) -> None:
        raise InvalidInput(
            "This is no Word document: it has a document type declaration, which Word never writes."
        )


def _tag(name: str) -> str:
    """The name of an element of WordprocessingML; others have none."""
    return next((name[len(space) :] for space in _W if name.startswith(space)), "")
