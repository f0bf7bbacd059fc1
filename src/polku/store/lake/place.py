"""A folder on this machine, on a shared disk or in an object store: files that are there whole or not at all."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Any, Final

import pyarrow as pa
from pyarrow import fs

from polku.errors import Conflict, InvalidInput, NotFound, system_reason
from polku.store.journal import sync_folder

HALF: Final = ".part"
"""How the name of a file ends until it is whole."""


@dataclass(frozen=True, slots=True)
class Found:
    """A file that is there; its name is what comes after the folder's."""

    name: str
    bytes: int
    changed_at: datetime


@dataclass(frozen=True)
class Place:
    """A folder by its path or URL. It can be sent to other machines, which then open it themselves."""

    url: str

    def __reduce__(self) -> Any:
        return Place, (self.url,)

    @cached_property
    def folder(self) -> Path | None:
        """The folder on this machine (also on a disk that several share); None: it is elsewhere."""
        return None if "://" in self.url else Path(self.url).expanduser().resolve()

    @cached_property
    def _opened(self) -> tuple[Any, str]:
        if self.folder is not None:
            return fs.LocalFileSystem(), str(self.folder)
        try:
            files, root = fs.FileSystem.from_uri(self.url)
        except (pa.ArrowException, OSError, ValueError) as e:
            raise InvalidInput(
                "The lake cannot be at '%(url)s' (%(why)s). Give a folder, or an address such as s3://bucket/lake.",
                url=self.url,
                why=str(e).splitlines()[0],
            ) from e
        return files, root

    def __truediv__(self, name: str) -> Place:
        return Place(f"{self.url.rstrip('/')}/{name}")

    def check(self) -> None:
        """Raises NotFound if there is no such folder."""
        files, root = self._opened
        try:
            there = files.get_file_info(root).type == fs.FileType.Directory
        except OSError as e:
            raise NotFound(
                "The lake %(lake)s cannot be reached: %(reason)s.", lake=self.url, reason=system_reason(e)
            ) from e
        if not there:
            raise NotFound(
                "There is no lake in %(lake)s. Write to it first: polku lake write --lake %(lake)s",
                lake=self.url,
            )

    def path(self, name: str) -> str:
        return str(PurePosixPath(self._opened[1]) / name)

    def read(self, name: str) -> Any:
        """A file as Arrow reads it: mapped into memory where it is on this machine. Raises OSError."""
        if self.folder is not None:
            return pa.memory_map(str(self.folder / name))
        return self._opened[0].open_input_file(self.path(name))

    def read_json(self, name: str) -> Any:
        """What a file says; None if it is not there. Raises OSError and ValueError."""
        try:
            with self._opened[0].open_input_stream(self.path(name)) as stream:
                return json.loads(stream.read())
        except FileNotFoundError:
            return None

    def write_json(self, name: str, value: Any) -> None:
        self.write(name, lambda sink: sink.write(json.dumps(value, indent=1).encode()))

    def write(self, name: str, fill: Callable[[Any], object]) -> int:
        """Make a file, or replace it, durably and at once; returns its bytes. Raises OSError."""
        files, _ = self._opened
        path, half = self.path(name), self.path(f"{name}.{os.getpid():x}{HALF}")
        if self.folder is None:
            with files.open_output_stream(half) as sink:
                fill(sink)
                size = int(sink.tell())
            files.move(half, path)
            return size
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        try:
            with open(half, "wb") as sink:
                fill(sink)
                sink.flush()
                os.fsync(sink.fileno())
                size = sink.tell()
            os.replace(half, path)
        except OSError:
            Path(half).unlink(missing_ok=True)
            raise
        sync_folder(Path(path).parent)
        return size

    def names(self, folder: str = "") -> list[Found]:
        """The files below a folder; empty if it is not there."""
        files, _ = self._opened
        base = self.path(folder)
        chosen = fs.FileSelector(base, recursive=True, allow_not_found=True)
        return [
            Found(str(PurePosixPath(i.path).relative_to(base)), i.size, i.mtime or datetime.now(UTC))
            for i in files.get_file_info(chosen)
            if i.type == fs.FileType.File
        ]

    def folders(self, folder: str) -> list[str]:
        """The names of the folders in a folder, in order."""
        chosen = fs.FileSelector(self.path(folder), allow_not_found=True)
        there = self._opened[0].get_file_info(chosen)
        return sorted(i.base_name for i in there if i.type == fs.FileType.Directory)

    def remove(self, name: str) -> None:
        """Delete a file or a folder; nothing if it is gone already."""
        if self.folder is not None:
            path = self.folder / name
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)
            return
        files, path_ = self._opened[0], self.path(name)
        kind = files.get_file_info(path_).type
        if kind == fs.FileType.Directory:
            files.delete_dir(path_)
        elif kind == fs.FileType.File:
            files.delete_file(path_)

    @contextmanager
    def alone(self, folder: str) -> Iterator[None]:
        """One process at a time works in this folder. Raises Conflict if another does.

        In an object store nothing is locked: whoever runs two commands on one collector there loses one's work.
        """
        if self.folder is None:
            yield
            return
        (self.folder / folder).mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self.folder / folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise Conflict(
                    "Another process is writing in %(folder)s of the lake. Try again when it is done.",
                    folder=folder,
                ) from None
            yield
        finally:
            os.close(descriptor)
