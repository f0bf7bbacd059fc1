"""Which encoding a text file is in, and its lines."""

from __future__ import annotations

import codecs
import io
from contextlib import suppress
from typing import BinaryIO, Final

_PIECE: Final = 1 << 20
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_WINDOWS: Final = "cp1252"
_MOST_OFTEN: Final = 4_096


def encoding_of(file: BinaryIO) -> str:
    """By its mark; without one, UTF-16 where every second byte is empty, UTF-8 where all of it is, else Windows-1252.

    Reads the file through in pieces and leaves it at its beginning.
    """
    file.seek(0)
    start = file.read(_MOST_OFTEN)
    file.seek(0)
    for mark, name in _MARKS:
        if start.startswith(mark):
            return name
    even, odd = start[::2].count(0), start[1::2].count(0)
    if max(even, odd) > len(start) // 5:
        return "utf-16-le" if odd > even else "utf-16-be"
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        while piece := file.read(_PIECE):
            decoder.decode(piece)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return _WINDOWS
    finally:
        file.seek(0)
    return "utf-8"


class _Borrowed(io.TextIOWrapper):
    """Text of a file that is somebody else's: closing this leaves that open."""

    def close(self) -> None:
        with suppress(ValueError):  # let go of already, or the file was closed before
            self.detach()


def opened(file: BinaryIO) -> io.TextIOWrapper:
    """The file as text, from its beginning; what its encoding does not know becomes �."""
    return _Borrowed(file, encoding=encoding_of(file), errors="replace", newline="")


def whole_text(file: BinaryIO) -> str:
    """All of a file that is small enough to be held, with \\n at the ends of lines."""
    encoding = encoding_of(file)
    text = file.read().decode(encoding, errors="replace")
    return text.replace("\r\n", "\n").replace("\r", "\n").lstrip("\ufeff")
