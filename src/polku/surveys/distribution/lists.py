"""The list of a mailing while it is worked through: a file in the data folder, read from where one was.

A line each: the line of what was uploaded, and the address, or the profile's key of a segment's. Forgotten when done.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from polku.surveys.distribution.addresses import Entry
from polku.workspace import Workspace


def write(workspace: Workspace, name: str, entries: Iterable[Entry]) -> int:
    """Keep a list, in place of one of the same name; how many entries it has."""
    path = path_of(workspace, name)
    path.parent.mkdir(mode=0o700, exist_ok=True)
    draft, count = path.with_suffix(".new"), 0
    try:
        with draft.open("w", encoding="utf-8", newline="\n") as file:
            for entry in entries:
                file.write(f"{entry.line}\t{entry.address}\n")
                count += 1
        draft.replace(path)
    except BaseException:  # addresses of a list that cannot be read are nobody's to keep
        draft.unlink(missing_ok=True)
        raise
    return count


def read(workspace: Workspace, name: str, at: int, most: int) -> tuple[Sequence[Entry], int]:
    """At most so many entries from byte `at`, and where the next ones are. None are left of a list that is gone."""
    try:
        with path_of(workspace, name).open("rb") as file:
            file.seek(at)
            found: list[Entry] = []
            while len(found) < most and (raw := file.readline()).endswith(b"\n"):
                line, _, address = raw.decode().rstrip("\n").partition("\t")
                found.append(Entry(int(line), address))
                at += len(raw)
            return found, at
    except FileNotFoundError:
        return (), at


def remove(workspace: Workspace, name: str) -> None:
    path_of(workspace, name).unlink(missing_ok=True)


def size(workspace: Workspace, name: str) -> int:
    """In bytes; 0 of one that is gone."""
    path = path_of(workspace, name)
    return path.stat().st_size if path.exists() else 0


def path_of(workspace: Workspace, name: str) -> Path:
    return workspace.settings.folder / "mailings" / f"{name}.tsv"
