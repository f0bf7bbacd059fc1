"""Files that have been uploaded and not yet brought: looked at first, gone within the hour."""

from __future__ import annotations

import json
import logging
import re
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path, PurePath
from typing import BinaryIO, Final

from polku.errors import InvalidInput, NotFound, TooLarge
from polku.jobs import Job, JobKind
from polku.security import new_token

log = logging.getLogger(__name__)

FOLDER: Final = "brought"
LARGEST_FILE: Final = 512 << 20
"""Bytes of a file that is brought by a page, by the API or by the command line."""
KEPT_S: Final = 3_600
_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{20,80}")
_PIECE: Final = 1 << 20
_LONGEST_NAME: Final = 200


@dataclass(frozen=True, slots=True)
class Staged:
    """A file that waits for its owner to say how it is to be understood. Only who uploaded it is given it."""

    token: str
    name: str
    user: int
    path: Path


def stage(folder: Path, file: BinaryIO, name: str, *, user: int) -> Staged:
    """Put a file aside in the data folder, readable by nobody else. Raises TooLarge, and InvalidInput for an
    empty one."""
    sweep(folder)
    token = new_token()
    place = folder / FOLDER
    place.mkdir(mode=0o700, exist_ok=True)
    staged = Staged(token, PurePath(name).name[-_LONGEST_NAME:], user, place / token)
    try:
        staged.path.touch(mode=0o600)
        with staged.path.open("wb") as to:
            file.seek(0)
            shutil.copyfileobj(file, to, _PIECE)
            size = to.tell()
        if size > LARGEST_FILE:
            raise too_large()
        if not size:
            raise InvalidInput("The file is empty.")
        about = staged.path.with_suffix(".json")
        about.touch(mode=0o600)
        about.write_text(json.dumps({"name": staged.name, "user": user}), encoding="utf-8")
    except BaseException:
        discard(staged)
        raise
    return staged


def staged(folder: Path, token: str, *, user: int) -> Staged:
    """Raises NotFound if there is none of this user any more."""
    path = folder / FOLDER / token
    if _TOKEN.fullmatch(token) and path.is_file() and time.time() - path.stat().st_mtime < KEPT_S:
        about = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
        if about["user"] == user:
            return Staged(token, about["name"], user, path)
    raise NotFound("That file is not here any more: it waits for an hour. Choose it again.")


@contextmanager
def reading(one: Staged) -> Iterator[BinaryIO]:
    with one.path.open("rb") as file:
        yield file


def discard(one: Staged) -> None:
    one.path.unlink(missing_ok=True)
    one.path.with_suffix(".json").unlink(missing_ok=True)


def sweep(folder: Path, now: float | None = None) -> int:
    """Remove what has waited for longer than it may; how many files."""
    gone = 0
    for path in (folder / FOLDER).glob("*"):
        try:
            if (now or time.time()) - path.stat().st_mtime > KEPT_S:
                path.unlink()
                gone += path.suffix != ".json"
        except FileNotFoundError:  # another one was quicker
            continue
    return gone


def sweeping(folder: Path) -> JobKind:
    """The hourly job that removes files which nobody brought."""

    def run(job: Job) -> None:
        if gone := sweep(folder):
            log.info("files_not_brought count=%d", gone)

    return JobKind("feedback.sweep", run, every=timedelta(hours=1))


def too_large() -> TooLarge:
    return TooLarge(
        "The file is larger than %(most)s MB. Divide it, or import it with a mapping: polku import",
        most=LARGEST_FILE >> 20,
    )
