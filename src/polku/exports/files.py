"""An export as a file on disk: whole, or not there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from polku.errors import Conflict, InvalidInput
from polku.exports.query import FORMS


@dataclass(frozen=True, slots=True)
class Exported:
    """What was exported; `customers` are those with events in the file."""

    file: Path
    events: int
    customers: int


def form_of(path: Path) -> str:
    """What a file is to be, by its name. Raises InvalidInput, and Conflict if it is there already."""
    name = path.name.lower()
    form = next((f for f, ending in FORMS.items() if name.endswith(ending)), None)
    if form is None:
        raise InvalidInput(
            "What is %(file)s to be? Its name says it: events.parquet, log.xes or log.xes.gz.", file=path.name
        )
    if path.exists():
        raise Conflict("There is a file %(file)s already. Choose another name, or remove it.", file=path)
    if not path.absolute().parent.is_dir():
        raise InvalidInput("There is no folder %(folder)s. Make it, or choose another.", folder=path.parent)
    return form


def write(path: Path, pieces: Iterable[bytes]) -> None:
    """Write a file beside its place, and put it there once it is whole."""
    draft = path.with_name(f"{path.name}.part")
    try:
        with draft.open("wb") as file:
            for piece in pieces:
                file.write(piece)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
