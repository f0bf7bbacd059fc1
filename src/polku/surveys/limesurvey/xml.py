"""The tables of an .lss file: LimeSurvey writes its database's rows as XML.

The file may be anybody's: no document type (hence no entities that grow or fetch), no more than a few megabytes, no
depth beyond the five levels that the format has.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Final
from xml.parsers import expat

from polku.errors import InvalidInput, TooLarge

MOST_BYTES: Final = 20_000_000
_DEEPEST: Final = 6
_MOST_ROWS: Final = 100_000

Row = dict[str, str]


class Tables(dict[str, list[Row]]):
    """Rows by table, a table that is missing being empty; `version` is that of LimeSurvey's database."""

    version = 0
    languages: tuple[str, ...] = ()

    def __missing__(self, table: str) -> list[Row]:
        return []


def read_tables(content: bytes) -> Tables:
    """Raises InvalidInput if it is no .lss file, is damaged or has a document type; TooLarge over 20 MB."""
    if len(content) > MOST_BYTES:
        raise TooLarge(
            "This file has %(size)s MB; a survey of LimeSurvey has at most %(most)s MB here.",
            size=len(content) // 1_000_000,
            most=MOST_BYTES // 1_000_000,
        )
    reader = _Reader()
    try:
        reader.parser.Parse(content, True)
    except expat.ExpatError as e:
        raise InvalidInput(
            "This file is not well-formed XML, or only part of it: line %(line)s, %(why)s. Export the survey anew.",
            line=e.lineno,
            why=expat.ErrorString(e.code),
        ) from e
    except (ValueError, LookupError) as e:  # an encoding that nobody knows
        raise InvalidInput(
            "This file cannot be read: its encoding is unknown. Export the survey anew."
        ) from e
    if reader.kind != "Survey":
        raise InvalidInput(
            "This is not a survey of LimeSurvey: LimeSurveyDocType is '%(kind)s', and should be 'Survey'. "
            "Export it as a survey structure (.lss).",
            kind=reader.kind[:50],
        )
    return reader.tables


class _Reader:
    def __init__(self) -> None:
        self.tables = Tables()
        self.kind = ""
        self._path: list[str] = []
        self._said: list[str] = []
        self._row: Row = {}
        self._rows: dict[str, list[Row]] = defaultdict(list)
        self._count = 0
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._started
        self.parser.EndElementHandler = self._ended
        self.parser.CharacterDataHandler = self._said.append
        self.parser.StartDoctypeDeclHandler = self._refused

    def _started(self, name: str, attributes: dict[str, str]) -> None:
        if not self._path and name != "document":
            raise InvalidInput("This is not a survey of LimeSurvey: it begins with <%(tag)s>.", tag=name[:50])
        self._path.append(name)
        self._said.clear()
        if len(self._path) > _DEEPEST:
            raise InvalidInput(
                "This is not a survey of LimeSurvey: line %(line)s lies deeper than its tables do.",
                line=self.parser.CurrentLineNumber,
            )
        if self._path[2:] == ["rows", "row"]:
            self._row = {}

    def _ended(self, name: str) -> None:
        said = "".join(self._said)
        match self._path:
            case [_, "LimeSurveyDocType"]:
                self.kind = said.strip()
            case [_, "DBVersion"]:
                self.tables.version = int(said) if said.strip().isdecimal() else 0
            case [_, "languages", "language"]:
                self.tables.languages = (*self.tables.languages, said.strip())
            case [_, _, "rows", "row", field]:
                self._row[field] = said
            case [_, table, "rows", "row"]:
                self._count += 1
                if self._count > _MOST_ROWS:
                    raise TooLarge("This file has more than %(most)s rows.", most=_MOST_ROWS)
                self.tables.setdefault(table, []).append(self._row)
        self._path.pop()
        self._said.clear()

    def _refused(self, *_: object) -> None:
        raise InvalidInput(
            "This file has a document type declaration (<!DOCTYPE …>), which can name other files and grow without "
            "end. LimeSurvey writes none; remove it."
        )
