"""One table's files on their way into the stage."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from polku.collect.files.mapping import Reading, TableSpec
from polku.collect.files.staging import BadRow, Stage
from polku.collect.files.text import TextFile, made_ready
from polku.errors import Words

LONGEST_ROW: Final = 8 << 20
CUT: Final = Words(
    "Nothing was imported. Get the whole file, or import what can be read with --keep-going; "
    "importing the whole file later adds only what is missing."
)

Advance = Callable[[int], None]
"""Told bytes as they are read."""


@dataclass(frozen=True, slots=True)
class Job:
    """A table and how its files are read."""

    stage: Stage
    table: str
    spec: TableSpec
    reading: Reading
    keep_going: bool

    def ready(self, path: Path) -> TextFile:
        """A text file made readable; what is remarkable about it is noted."""
        folder = self.stage.folder / "text"
        text = made_ready(path, folder, encoding=self.reading.encoding, keep_going=self.keep_going)
        for note in text.notes:
            self.stage.note(note)
        if text.damage:
            self.stage.note(Words("%(file)s is damaged: %(damage)s", file=text.name, damage=text.damage))
        if text.cut:
            detail = Words("The file ends in the middle of this row.")
            self.stage.bad_rows.append(BadRow(text.name, Words("its last line"), "cut_row", detail, text.cut))
        return text
