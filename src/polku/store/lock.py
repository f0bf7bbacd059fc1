"""Who has a data folder open: one process at a time, and where it can be reached."""

from __future__ import annotations

import fcntl
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from polku.errors import FolderInUse


@dataclass(frozen=True, slots=True)
class RunningServer:
    """A server that has the folder open; `token` lets the folder's owner in."""

    url: str
    token: str
    pid: int


class FolderLock:
    """Held as long as the folder is open; the system lets go of it when the process ends, however it ends."""

    def __init__(self, folder: Path) -> None:
        """Raises FolderInUse if another process holds it."""
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._descriptor = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self._descriptor)
            raise FolderInUse(
                f"Another process has {folder} open. Stop it, or use its address if it is a server."
            ) from None
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
    """The server that has the folder open, or None."""
    try:
        raw = json.loads((folder / "server.json").read_text())
        os.kill(raw["pid"], 0)
    except (FileNotFoundError, ProcessLookupError, json.JSONDecodeError):
        return None
    except PermissionError:
        pass  # it runs as another user
    return RunningServer(raw["url"], raw["token"], raw["pid"])
