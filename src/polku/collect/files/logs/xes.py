"""Reading XES (IEEE 1849) into columns: plain traces by a kernel, all else by a parser of XML."""

from __future__ import annotations

from collections.abc import Iterator
from mmap import ACCESS_READ, mmap
from typing import Final

from polku.collect.files.job import Advance
from polku.collect.files.logs import plain
from polku.collect.files.logs.careful import CarefulReader
from polku.collect.files.logs.parts import Part
from polku.collect.files.logs.unpacking import LogFile
from polku.collect.files.text import DamagedFile

_BATCH: Final = 50_000
_TRACE: Final = b"<trace"
_MOST_STEPS: Final = 64


class XesReader:
    """Reads one XES file. `title` is the log's own concept:name, known once its parts have been read."""

    def __init__(self, file: LogFile) -> None:
        self._file = file
        with file.path.open("rb") as source:
            content = mmap(source.fileno(), 0, access=ACCESS_READ)
        self._careful = CarefulReader(file.name, content)
        self.xml = self._careful.xml

    @property
    def title(self) -> str:
        return self._careful.title

    def parts(self, advance: Advance) -> Iterator[Part]:
        """The log's traces; `advance` is told bytes as they are read.

        Raises InvalidInput if it is no XES. If it ends too early: DamagedFile, unless it is known to be damaged;
        then what there is of it is all.
        """
        try:
            yield from self._read(advance)
            self.xml.finish()
        except DamagedFile:
            if self._file.damage is None:
                raise
            self._careful.end_here()
        if self._careful.has_whole:
            yield self._careful.take()

    def _read(self, advance: Advance) -> Iterator[Part]:
        careful, xml = self._careful, self.xml
        size = len(xml.content)
        kernels = plain.reader_for(size)
        place, steps = 0, 1
        while place < size:
            before = place
            place = self._next_trace(place, steps) if kernels else min(size, place + plain.WINDOW)
            xml.feed(before, place)
            if kernels and self._may_be_plain(place):
                if careful.has_whole:
                    yield careful.take()
                found = place
                for part, behind in kernels.parts(xml, place, careful.traces):
                    careful.traces += part.traces.num_rows
                    yield part
                    place = behind
                xml.leave_out(place - found)
                # where traces are seldom plain the parser goes on for longer and longer
                steps = 1 if place > found else min(2 * steps, _MOST_STEPS)
            elif careful.whole >= _BATCH:
                yield careful.take()
            advance(place - before)

    def _may_be_plain(self, place: int) -> bool:
        """Whether the kernel may go on from a place: a trace begins there, and all before it has been parsed.

        TRICKY: only where the next byte is < may the parser be asked whether it is between elements, since asking
        puts something into what it reads, which would spoil a tag or a value that goes on there.
        """
        return (
            self.xml.content[place : place + len(_TRACE)] == _TRACE
            and self.xml.depth == 1
            and self.xml.is_in(plain.ENCODINGS)
            and self.xml.is_between_elements()
        )

    def _next_trace(self, place: int, steps: int) -> int:
        """Where the next trace may begin, or the one `steps` further; at most a window away."""
        content = self.xml.content
        last = min(len(content), place + plain.WINDOW)
        for _ in range(steps):
            found = content.find(_TRACE, place + 1, last)
            if found < 0:
                return last
            place = found
        return place
