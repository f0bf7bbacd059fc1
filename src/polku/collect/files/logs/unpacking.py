"""Log files made ready for reading: unpacked, whole, and what kind of log each is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import pyarrow as pa

from polku.collect.files.text import DamagedFile
from polku.errors import InvalidInput, Words, system_reason

Form = Literal["xes", "ocel-json", "ocel-xml", "ocel-sqlite"]

_CHUNK: Final = 1 << 18
_BEGINNING: Final = 1 << 16
_OF_OCEL: Final = re.compile(rb"<(?:\w+:)?(?:object-types|event-types|objects|events)\b")


@dataclass(frozen=True, slots=True)
class LogFile:
    """A log on disk, unpacked. `damage` says what is wrong with it, if it goes on nevertheless."""

    name: str
    path: Path
    form: Form
    damage: Words | None = None


def unpacked(path: Path, folder: Path, *, keep_going: bool) -> LogFile:
    """A log made readable; a gzipped one is unpacked to `folder`.

    Raises DamagedFile, and InvalidInput for what is no log.
    """
    try:
        with path.open("rb") as file:
            packed = file.read(2) == b"\x1f\x8b"
    except OSError as e:
        raise InvalidInput("%(file)s cannot be read: %(why)s.", file=path, why=system_reason(e)) from e
    if not packed:
        return LogFile(path.name, path, _form(path, path.name))
    copy = folder / f"{len(list(folder.iterdir()))}-{path.name}.log"
    damage = _unpack(path, copy)
    if damage and not keep_going:
        raise DamagedFile(
            "%(file)s is damaged: %(damage)s Nothing was imported. Get the whole file, or import what "
            "can be read with --keep-going; importing the whole file later adds only what is missing.",
            file=path.name,
            damage=damage,
        )
    return LogFile(path.name, copy, _form(copy, path.name), damage)


def _unpack(path: Path, copy: Path) -> Words | None:
    """Unpack a gzip file as far as it goes; returns what is wrong with it."""
    done = 0
    with copy.open("wb") as out, pa.CompressedInputStream(pa.OSFile(str(path)), "gzip") as packed:
        while True:
            try:
                chunk = packed.read(_CHUNK)
            except OSError as e:
                if "runcated" in str(e):
                    return Words(
                        "the compressed file ends too early, after %(bytes)s bytes of text.",
                        bytes=f"{done:,}",
                    )
                return Words("it cannot be unpacked beyond %(bytes)s bytes of text.", bytes=f"{done:,}")
            if not chunk:
                return None
            out.write(chunk)
            done += len(chunk)


def _form(path: Path, name: str) -> Form:
    with path.open("rb") as file:
        start = file.read(_BEGINNING)
    if not start:
        raise InvalidInput("%(file)s is empty.", file=name)
    form = _form_of(start, name.lower().removesuffix(".gz"))
    if form is None:
        raise InvalidInput(
            "%(file)s is no log that Polku knows: it is neither XES nor OCEL 2.0 (JSON, XML or SQLite). "
            "CSV, JSON lines and Parquet files need a mapping: --mapping MAP.toml.",
            file=name,
        )
    return form


def _form_of(start: bytes, name: str) -> Form | None:
    if start.startswith(b"SQLite format 3\x00"):
        return "ocel-sqlite"
    text = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text.startswith(b"{"):
        return "ocel-json"
    if text.startswith(b"<"):
        is_ocel = name.endswith((".xmlocel", ".ocel.xml")) or (
            not name.endswith(".xes") and _OF_OCEL.search(text) is not None
        )
        return "ocel-xml" if is_ocel else "xes"
    return "xes" if name.endswith(".xes") and start.startswith((b"\xff\xfe", b"\xfe\xff")) else None
