"""Text files made ready for reading: unpacked, in UTF-8, whole."""

from __future__ import annotations

import codecs
import gzip
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from polku.errors import InvalidInput, Words, system_reason

_CHUNK: Final = 1 << 20
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


class DamagedFile(InvalidInput):
    """A file that ends too early or cannot be unpacked; what could be read is told."""

    code = "damaged_file"


@dataclass(frozen=True, slots=True)
class TextFile:
    """A file as UTF-8 text on disk. `damage` says what is wrong with it, if it goes on nevertheless."""

    path: Path
    name: str
    notes: tuple[Words, ...]
    ends_whole: bool  # with a line break
    damage: Words | None = None
    cut: str = ""  # the last line of a damaged file, of which nobody knows how it goes on


@dataclass(slots=True)
class _Scan:
    """What one pass over a file's bytes found."""

    high: bool = False  # letters beyond ASCII that are valid UTF-8 came before the first bad byte
    bad_line: int = 0  # of the first byte that is not UTF-8; 0: none
    bad_byte: int = 0
    windows: bool = False  # bytes that only Windows code pages use for letters and quotes
    last: bytes = b"\n"
    damage: Words | None = None


def made_ready(path: Path, folder: Path, *, encoding: str | None, keep_going: bool) -> TextFile:
    """Make a text file readable; where it must be unpacked or converted, a copy is written to `folder`.

    Raises DamagedFile, and InvalidInput if its letters cannot be told.
    """
    start = _first_bytes(path)
    packed = start.startswith(b"\x1f\x8b")
    mark = next((e for m, e in _MARKS if _unpacked_start(path, packed).startswith(m)), None)
    chosen = encoding or mark or "utf-8"
    try:
        utf8 = codecs.lookup(chosen).name == "utf-8"
    except LookupError:
        raise InvalidInput(
            "Unknown encoding '%(encoding)s'. Usual ones: utf-8, windows-1252, latin-1.",
            encoding=encoding,
        ) from None
    scan = _scan(path)
    notes: list[Words] = []
    if scan.damage and not keep_going:
        raise DamagedFile(
            "%(file)s is damaged: %(damage)s Nothing was imported. Get the whole file, or import what "
            "can be read with --keep-going; importing the whole file later adds only what is missing.",
            file=path.name,
            damage=scan.damage,
        )
    errors = "strict"
    if utf8 and scan.bad_line:
        chosen, errors = _other_encoding(path, scan, told=encoding is not None, keep_going=keep_going)
        utf8 = False
        notes.append(
            Words(
                "%(file)s is not UTF-8 (byte 0x%(byte)s on line %(line)s); read as %(encoding)s. "
                'If letters look wrong, say encoding = "…" in the mapping.',
                file=path.name,
                byte=f"{scan.bad_byte:02X}",
                line=scan.bad_line,
                encoding=chosen,
            )
        )
    if mark and not encoding:
        notes.append(
            Words(
                "%(file)s starts with a byte order mark; read as %(encoding)s.",
                file=path.name,
                encoding=chosen,
            )
        )
    whole = scan.last in b"\n\r"
    if utf8 and not packed and not mark:
        return TextFile(path, path.name, tuple(notes), whole)
    copy = folder / f"{len(list(folder.iterdir()))}-{path.name}.txt"
    _convert(path, copy, "utf-8-sig" if utf8 else chosen, errors)
    cut = _without_last_line(copy) if scan.damage and not whole else ""
    return TextFile(copy, path.name, tuple(notes), whole, scan.damage, cut)


def _without_last_line(path: Path) -> str:
    """Take the unfinished last line off a file (of at most a chunk); returns it."""
    with path.open("rb+") as file:
        size = file.seek(0, 2)
        start = max(0, size - _CHUNK)
        file.seek(start)
        end = file.read()
        at = end.rfind(b"\n") + 1
        file.truncate(start + at)
        return end[at:].decode("utf-8", "replace")


def _first_bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(4)
    except OSError as e:
        raise InvalidInput("%(file)s cannot be read: %(why)s.", file=path, why=system_reason(e)) from e


def _unpacked_start(path: Path, packed: bool) -> bytes:
    try:
        with _opened(path) if packed else path.open("rb") as file:
            return file.read(4)
    except (OSError, EOFError, zlib.error):
        return b""


def _opened(path: Path) -> BinaryIO:
    with path.open("rb") as file:
        packed = file.read(2) == b"\x1f\x8b"
    return gzip.open(path, "rb") if packed else path.open("rb")  # type: ignore[return-value]  # both read bytes


def _chunks(path: Path, scan: _Scan) -> Iterator[bytes]:
    """A file's bytes, unpacked; where unpacking fails, `scan.damage` says how."""
    done = 0
    with _opened(path) as file:
        while True:
            try:
                # read1 gives what is unpacked so far before it fails on a cut end
                chunk = file.read1(_CHUNK) if isinstance(file, gzip.GzipFile) else file.read(_CHUNK)
            except EOFError:
                scan.damage = Words(
                    "the compressed file ends too early, after %(bytes)s bytes of text.", bytes=f"{done:,}"
                )
                return
            except (OSError, zlib.error):
                scan.damage = Words(
                    "it cannot be unpacked beyond %(bytes)s bytes of text.", bytes=f"{done:,}"
                )
                return
            if not chunk:
                return
            done += len(chunk)
            yield chunk


def _scan(path: Path) -> _Scan:
    scan, lines = _Scan(), 1
    decoder = codecs.getincrementaldecoder("utf-8")()
    for chunk in _chunks(path, scan):
        scan.last = chunk[-1:]
        if scan.bad_line:
            scan.windows = scan.windows or _has_windows_bytes(chunk)
            continue
        if chunk.isascii() and not decoder.getstate()[0]:
            lines += chunk.count(b"\n")
            continue
        held = decoder.getstate()[0]
        try:
            text = decoder.decode(chunk)
            scan.high = scan.high or not text.isascii()
        except UnicodeDecodeError as e:
            before = (held + chunk)[: e.start]
            scan.high = scan.high or not before.isascii()
            scan.bad_line, scan.bad_byte = lines + before.count(b"\n"), (held + chunk)[e.start]
            scan.windows = _has_windows_bytes(chunk)
        lines += chunk.count(b"\n")
    if not scan.bad_line and decoder.getstate()[0]:
        # the file ends in the middle of a letter
        scan.bad_line, scan.bad_byte, scan.high = lines, decoder.getstate()[0][0], True
    return scan


def _has_windows_bytes(chunk: bytes) -> bool:
    return any(b in chunk for b in (b"\x80", b"\x91", b"\x92", b"\x93", b"\x94", b"\x96", b"\x97", b"\x85"))


def _other_encoding(path: Path, scan: _Scan, *, told: bool, keep_going: bool) -> tuple[str, str]:
    """What a file that is not UTF-8 is, and how to treat bytes that do not fit."""
    if scan.high or told:
        if keep_going:
            return "utf-8", "backslashreplace"
        raise InvalidInput(
            "%(file)s is UTF-8, but on line %(line)s there is a byte 0x%(byte)s that is not. "
            "Nothing was imported. Correct the file, say its encoding in the mapping, or use --keep-going: "
            "the byte is then kept as %(kept)s.",
            file=path.name,
            line=scan.bad_line,
            byte=f"{scan.bad_byte:02X}",
            kept=f"\\x{scan.bad_byte:02x}",
        )
    return ("windows-1252", "backslashreplace") if scan.windows else ("latin-1", "strict")


def _convert(path: Path, copy: Path, encoding: str, errors: str) -> None:
    scan, decoder = _Scan(), codecs.getincrementaldecoder(encoding)(errors)
    with copy.open("w", encoding="utf-8", newline="") as file:
        try:
            for chunk in _chunks(path, scan):
                file.write(decoder.decode(chunk))
            file.write(decoder.decode(b"", True))
        except UnicodeDecodeError as e:
            raise InvalidInput(
                "%(file)s is not %(encoding)s: byte 0x%(byte)s cannot be read. "
                'Say its true encoding in the mapping, e.g. encoding = "windows-1252".',
                file=path.name,
                encoding=encoding,
                byte=f"{e.object[e.start]:02X}",
            ) from e
