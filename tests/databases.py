"""Operational databases with Polku's tables: migrated once in a run, then copied."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy.orm import Session

from polku.db import Database

Furnish = Callable[[Session], object]


def _nothing(session: Session) -> None:
    pass


def tables_in(folder: Path, furnish: Furnish = _nothing) -> Database:
    """Polku's tables in `folder`, with what `furnish` (the same function for the same things) puts there."""
    file = folder / "polku.db"
    file.write_bytes(_made(furnish))
    return Database(f"sqlite:///{file}")


@cache
def _made(furnish: Furnish) -> bytes:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "polku.db"
        database = Database(f"sqlite:///{file}")
        database.upgrade()
        with database.session() as session:
            furnish(session)
        database.close()
        return file.read_bytes()
