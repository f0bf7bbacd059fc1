"""Failures of the database itself, in words of ours: full, unreachable, damaged, read-only."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError

from polku.errors import DatabaseUnreachable, InvalidInput, NotWritable, PolkuError, StorageFull

_POSTGRES_FULL = "53100"
_POSTGRES_OVERFLOW = "22003"
_POSTGRES_AWAY = ("08", "57P")  # connection exceptions; shut down or starting up


class DatabaseDamaged(PolkuError):
    code = "database_damaged"


@contextmanager
def told() -> Iterator[None]:
    """Within it, what the database fails at for reasons outside of Polku is raised as a PolkuError."""
    try:
        yield
    except OverflowError as e:
        raise _too_large() from e
    except DBAPIError as e:
        error = _as_ours(e)
        if error is None:
            raise
        raise error from e


def _as_ours(e: DBAPIError) -> PolkuError | None:
    if isinstance(e.orig, sqlite3.Error):
        return _of_sqlite(e.orig)
    state = getattr(e.orig, "sqlstate", None)
    if state == _POSTGRES_OVERFLOW:
        return _too_large()
    if state == _POSTGRES_FULL:
        return StorageFull("The disk of the database server is full. Free some space there.")
    if e.connection_invalidated or state is None or str(state).startswith(_POSTGRES_AWAY):
        reason = str(e.orig).strip().splitlines()[:1]
        return DatabaseUnreachable(
            "The database server does not answer (%(reason)s). Start it, or correct POLKU_DATABASE_URL.",
            reason="".join(reason),
        )
    return None


def _too_large() -> PolkuError:
    return InvalidInput("A number is larger than any that is kept. Give one of those that are shown.")


def _of_sqlite(e: sqlite3.Error) -> PolkuError | None:
    match getattr(e, "sqlite_errorcode", 0) & 0xFF:
        case sqlite3.SQLITE_FULL:
            return StorageFull(
                "The disk of the data folder is full. Nothing acknowledged was lost; free some space."
            )
        case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_PERM:
            return NotWritable(
                "The database polku.db cannot be written (%(reason)s). Polku's user must own the data folder, "
                "and its disk must have room.",
                reason=e,
            )
        case sqlite3.SQLITE_CORRUPT | sqlite3.SQLITE_NOTADB:
            return DatabaseDamaged(
                "The database polku.db is damaged (%(reason)s). Check the disk and restore the data folder from a "
                "copy.",
                reason=e,
            )
    return None
