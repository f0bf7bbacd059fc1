"""Who has a data folder open: one process at a time, and where it can be reached."""

from __future__ import annotations

import fcntl
import json
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from polku.errors import FolderInUse, NotWritable, system_reason


@dataclass(frozen=True, slots=True)
class RunningServer:
    """A server that has the folder open; `token` lets the folder's owner in."""

    url: str
    token: str
    pid: int


class FolderLock:
    """Held as long as the folder is open; the system lets go of it when the process ends, however it ends."""

    def __init__(self, folder: Path) -> None:
        """Raises FolderInUse if another process holds it, NotWritable if it may not be written to."""
        self._folder = folder
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._descriptor = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as e:
            raise NotWritable(
                "Cannot write in the data folder %(folder)s: %(reason)s. Polku must be able to write there: give its "
                "user the folder, or name another folder with --data.",
                folder=folder,
                reason=system_reason(e),
            ) from e
        if not _locked(self._descriptor):
            os.close(self._descriptor)
            raise FolderInUse(
                "Another process has %(folder)s open. Stop it, or use its address if it is a server.",
                folder=folder,
            )
        (folder / "server.json").unlink(missing_ok=True)

    def release(self) -> None:
        (self._folder / "server.json").unlink(missing_ok=True)
        os.close(self._descriptor)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()


def announce(folder: Path, url: str, token: str) -> None:
    """Tell where the process that has the folder open can be reached; readable by the folder's owner only."""
    descriptor = os.open(folder / "server.json", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as f:
        json.dump({"url": url, "token": token, "pid": os.getpid()}, f)


def running_server(folder: Path) -> RunningServer | None:
    """The server that has the folder open, or None.

    What a killed server left, or what came with a copy of a folder that is being served, is not believed:
    the folder must be held by someone.
    """
    try:
        raw = json.loads((folder / "server.json").read_text())
        found = RunningServer(raw["url"], raw["token"], raw["pid"])
    except (FileNotFoundError, PermissionError, ValueError, KeyError, TypeError):
        return None
    return found if _is_held(folder) else None


def _is_held(folder: Path) -> bool:
    try:
        descriptor = os.open(folder / "lock", os.O_RDONLY)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def _locked(descriptor: int) -> bool:
    for wait_s in (0.0, 0.02, 0.1):  # `_is_held` of another process holds it for an instant
        time.sleep(wait_s)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            continue
        return True
    return False
