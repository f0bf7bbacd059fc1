"""The journal: what has been acknowledged and is not yet in a segment.

Files `000001.log`, … of records: length, CRC-32, kind, payload. Records are durable when `append` has returned.
A crash can only tear the end of the last file; the torn end is cut at opening. Anything else that is missing or
does not match its checksum is told, never passed over: it has been acknowledged.
"""

from __future__ import annotations

import errno
import logging
import os
import re
import struct
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from polku.errors import PolkuError, StorageFull

log = logging.getLogger(__name__)

_HEADER = struct.Struct("<IIB")
ROTATE_AT_BYTES = 16 << 20
FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class JournalDamaged(PolkuError):
    code = "journal_damaged"


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A place in the journal: everything before it."""

    file: int
    offset: int


START = Position(1, 0)


@dataclass(frozen=True, slots=True)
class Record:
    kind: int
    payload: bytes
    end: Position


class Journal:
    """An append-only journal in a folder of its own. One thread appends; reading is for opening."""

    def __init__(self, folder: Path, needed: Position = START, *, begins: bytes = b"") -> None:
        """Open the journal; what stands before `needed` is also in segments. Every payload `begins` like this,
        which makes it quick to look for records behind a torn one.

        Raises JournalDamaged if something from `needed` on is missing, or more than the end is torn.
        """
        self._folder = folder
        self._maybe_header = re.compile(rb"(?=.{8}[\x01-\x08]" + re.escape(begins) + rb")", re.DOTALL)
        folder.mkdir(parents=True, exist_ok=True)
        files = self._files()
        self._check_files(files, needed)
        self._file = files[-1] if files else needed.file
        self._descriptor = os.open(self._path(self._file), os.O_RDWR | os.O_CREAT, 0o600)
        try:
            self._offset = self._cut_torn_end(needed)
        except BaseException:
            os.close(self._descriptor)
            raise
        sync_folder(folder)

    @property
    def end(self) -> Position:
        return Position(self._file, self._offset)

    def append(self, records: Sequence[tuple[int, bytes | memoryview]]) -> list[Position]:
        """Write records of (kind, payload) and make them durable: all or none.

        Returns the place behind each. Raises StorageFull when they do not fit on the disk; the journal is
        then as before.
        """
        try:
            if self._offset >= ROTATE_AT_BYTES:
                self._rotate()
        except OSError as e:
            raise _storage_error(e) from e
        start, ends = self._offset, []
        try:
            for kind, payload in records:
                _write_all(self._descriptor, _HEADER.pack(len(payload), zlib.crc32(payload), kind), payload)
                self._offset += _HEADER.size + len(payload)
                ends.append(self.end)
            os.fdatasync(self._descriptor)
        except OSError as e:
            self._take_back(start)
            raise _storage_error(e) from e
        return ends

    def records(self, start: Position) -> Iterator[Record]:
        """Records from `start` to the end.

        Raises JournalDamaged if a record in the middle does not match its checksum.
        """
        for number in [f for f in self._files() if f >= start.file]:
            data = self._path(number).read_bytes()
            offset = start.offset if number == start.file else 0
            while offset < len(data):
                record = _read(data, offset, number)
                if record is None:
                    raise self._damaged(number, offset)
                yield record
                offset = record.end.offset

    def drop_before(self, position: Position) -> None:
        """Remove files that lie wholly before `position`."""
        for number in self._files():
            if number < position.file:
                self._path(number).unlink()

    def close(self) -> None:
        os.close(self._descriptor)

    def _rotate(self) -> None:
        os.fdatasync(self._descriptor)
        descriptor = os.open(self._path(self._file + 1), os.O_RDWR | os.O_CREAT, 0o600)
        os.close(self._descriptor)
        self._descriptor, self._file, self._offset = descriptor, self._file + 1, 0
        sync_folder(self._folder)

    def _check_files(self, files: list[int], needed: Position) -> None:
        """Raises JournalDamaged if a file from `needed` on is not there."""
        if not files and needed == START:
            return
        for number in range(needed.file, max(files, default=needed.file) + 1):
            if number not in files:
                path = self._path(number)
                raise JournalDamaged(
                    "%(path)s is missing; it holds events that are nowhere else. Restore the whole data folder from "
                    "one copy, or make an empty file of that name to go on without them: touch %(path)s",
                    path=path,
                )

    def _cut_torn_end(self, needed: Position) -> int:
        """Cut what a crash has torn off the last file; returns where it ends."""
        data = self._path(self._file).read_bytes()
        offset = needed.offset if needed.file == self._file else 0
        if len(data) < offset:
            return self._cut_short(len(data), offset)
        while (record := _read(data, offset, self._file)) is not None:
            offset = record.end.offset
        if self._has_record(data, offset + 1):
            raise self._damaged(self._file, offset)
        self._take_back(offset)
        return offset

    def _has_record(self, data: bytes, start: int) -> bool:
        """Whether a whole record begins anywhere from `start` on: then what precedes it was not torn by a crash."""
        for match in self._maybe_header.finditer(data, start):
            length = int.from_bytes(data[match.start() : match.start() + 4], "little")
            if 0 < length <= len(data) - match.start() and _read(data, match.start(), self._file):
                return True
        return False

    def _cut_short(self, size: int, needed: int) -> int:
        """The last file ends before what segments hold: on purpose only if it was emptied by hand."""
        path = self._path(self._file)
        if size:
            raise JournalDamaged(
                "%(path)s ends at byte %(size)s, but segments hold what was written up to byte %(needed)s: what came "
                "after may be lost. Restore the whole data folder from one copy, or empty the file to go on "
                "without it: truncate -s 0 %(path)s",
                path=path,
                size=size,
                needed=needed,
            )
        log.warning("journal_given_up file=%d", self._file)
        self._rotate()
        return 0

    def _damaged(self, number: int, offset: int) -> JournalDamaged:
        path = self._path(number)
        return JournalDamaged(
            "%(path)s does not match its checksum at byte %(offset)s: acknowledged events are damaged. Check the disk "
            "and restore the whole data folder from a copy. To go on without what follows there, keep a copy of the "
            "file and cut it: truncate -s %(offset)s %(path)s",
            path=path,
            offset=offset,
        )

    def _take_back(self, offset: int) -> None:
        os.ftruncate(self._descriptor, offset)
        os.lseek(self._descriptor, offset, os.SEEK_SET)
        self._offset = offset

    def _files(self) -> list[int]:
        return sorted(int(p.stem) for p in self._folder.glob("*.log"))

    def _path(self, number: int) -> Path:
        return self._folder / f"{number:06d}.log"


def _read(data: bytes, offset: int, file: int) -> Record | None:
    start = offset + _HEADER.size
    if start > len(data):
        return None
    length, checksum, kind = _HEADER.unpack_from(data, offset)
    payload = data[start : start + length]
    if len(payload) < length or zlib.crc32(payload) != checksum or kind == 0:
        return None
    return Record(kind, payload, Position(file, start + length))


def _write_all(descriptor: int, *parts: bytes | memoryview) -> None:
    for part in parts:
        view = memoryview(part)
        while view:
            view = view[os.write(descriptor, view) :]


def _storage_error(e: OSError) -> Exception:
    if e.errno in FULL:
        return StorageFull(
            "The disk of the data folder is full. Nothing acknowledged was lost; free some space."
        )
    return e


def sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
