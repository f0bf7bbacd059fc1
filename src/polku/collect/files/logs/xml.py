"""Reading XML with expat, for all log standards: no entities, nothing fetched, and where in the file something is."""

from __future__ import annotations

from collections.abc import Callable, Collection
from mmap import mmap
from typing import Final
from xml.parsers import expat

from polku.collect.files.text import DamagedFile
from polku.errors import InvalidInput, Words

_ENDS_TOO_EARLY: Final = frozenset(
    expat.errors.codes[m]
    for m in (
        expat.errors.XML_ERROR_NO_ELEMENTS,
        expat.errors.XML_ERROR_UNCLOSED_TOKEN,
        expat.errors.XML_ERROR_PARTIAL_CHAR,
        expat.errors.XML_ERROR_UNCLOSED_CDATA_SECTION,
    )
)
_MARK: Final = "polku"
_CHUNK: Final = 1 << 20
LONGEST: Final = 64 << 20
"""Bytes without a new element: what is read as one piece has to fit in memory."""

Start = Callable[[str, dict[str, str]], None]
End = Callable[[str], None]
Said = Callable[[str], None]


class XmlFile:
    """An XML file that is fed to a parser piece by piece; pieces that another reader has read may be left out.

    `start` and `end` are called with each element's name, without its prefix, and its attributes; `said` with text.
    """

    def __init__(self, name: str, content: mmap, start: Start, end: End, said: Said | None = None) -> None:
        self.name, self.content = name, content
        self._encoding = "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8"
        self.depth = 0
        self._start, self._end = start, end
        self._shift = 0  # of places in the file against those in what was fed
        self._marks, self._marked = 0, -1
        self._elements = self._silent = 0
        self._counted = 0, 1
        parser = self._parser = expat.ParserCreate()
        parser.buffer_text = True
        if said is not None:
            parser.CharacterDataHandler = said
        parser.StartElementHandler, parser.EndElementHandler = self._started, self._ended
        parser.StartDoctypeDeclHandler = self._refused
        parser.XmlDeclHandler = self._declared
        parser.ProcessingInstructionHandler = self._instructed

    @property
    def place(self) -> int:
        """Where in the file the tag stands that is being told."""
        return self._parser.CurrentByteIndex + self._shift

    def is_in(self, encodings: Collection[str]) -> bool:
        """Whether the file is written in one of these encodings, by its own word."""
        return self._encoding in encodings

    def feed(self, first: int, behind: int) -> None:
        """Parse a piece of the file. Raises InvalidInput if it is not well-formed."""
        for low in range(first, behind, _CHUNK):
            before = self._elements
            self._parse(self.content[low : min(low + _CHUNK, behind)])
            self._silent = 0 if self._elements > before else self._silent + behind - low
            if self._silent > LONGEST:
                raise InvalidInput(
                    "%(file)s cannot be read: before line %(line)s something is longer than %(most)s MB. Is a "
                    "quotation mark left open? Nothing was imported.",
                    file=self.name,
                    line=self.line(low) + 1,
                    most=LONGEST >> 20,
                )

    def leave_out(self, size: int) -> None:
        """Go on behind whole elements that somebody else has read."""
        self._shift += size

    def is_between_elements(self) -> bool:
        """Whether all that was fed is parsed and a new element may begin: not within a tag, comment or the like."""
        self._marks += 1
        mark = f"<?{_MARK} {self._marks}?>".encode()
        self._parse(mark)
        self._shift -= len(mark)
        return self._marked == self._marks

    def finish(self) -> None:
        """Raises DamagedFile if the file ends too early."""
        self._parse(b"", final=True)

    def text(self, first: int, behind: int) -> str:
        """A piece of the file as it is written."""
        return self.content[first:behind].decode(self._encoding, "replace")

    def line(self, place: int) -> int:
        """The number of the line, from 1; quickest for places that follow each other."""
        counted, lines = self._counted if self._counted[0] <= place else (0, 1)
        for low in range(counted, place, _CHUNK):
            lines += self.content[low : min(low + _CHUNK, place)].count(b"\n")
        self._counted = place, lines
        return lines

    def malformed(self, place: int, why: str) -> InvalidInput:
        return InvalidInput(
            "%(file)s is not well-formed XML: line %(line)s, %(why)s. Nothing was imported. Export the log anew, or "
            "correct the file.",
            file=self.name,
            line=self.line(place),
            why=why,
        )

    def _parse(self, piece: bytes, *, final: bool = False) -> None:
        try:
            self._parser.Parse(piece, final)
        except expat.ExpatError as e:
            place = self._parser.ErrorByteIndex + self._shift
            if final and e.code in _ENDS_TOO_EARLY:
                raise DamagedFile(
                    "%(file)s is damaged: %(damage)s Nothing was imported. Get the whole file, or import what "
                    "can be read with --keep-going; importing the whole file later adds only what is missing.",
                    file=self.name,
                    damage=Words("it ends too early, on line %(line)s.", line=self.line(place)),
                ) from e
            raise self.malformed(place, expat.ErrorString(e.code)) from e

    def _started(self, name: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        self._elements += 1
        self._start(name.rpartition(":")[2], attributes)

    def _ended(self, name: str) -> None:
        self.depth -= 1
        self._end(name.rpartition(":")[2])

    def _refused(self, *_: object) -> None:
        raise InvalidInput(
            "%(file)s has a document type declaration (<!DOCTYPE …>, line %(line)s), which can name other files and "
            "grow without end. Polku does not read such files; remove the declaration.",
            file=self.name,
            line=self.line(self.place),
        )

    def _declared(self, version: str, encoding: str | None, standalone: int) -> None:
        self._encoding = (encoding or self._encoding).lower()

    def _instructed(self, target: str, data: str) -> None:
        if target == _MARK and data == str(self._marks):
            self._marked = self._marks
        elif f"<?{_MARK} " in data:  # the mark has ended the file's own instruction
            raise self.malformed(self.place, "a tag within a processing instruction")
