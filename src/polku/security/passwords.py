"""Password hashes (argon2id, RFC 9106)."""

from __future__ import annotations

import threading
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

SHORTEST_PASSWORD = 10

_hasher = PasswordHasher()
_room = threading.Semaphore(2)  # each hash takes 64 MiB: a flood of log-ins must not take all memory


def hash_password(password: str) -> str:
    """The hash to store, with its salt and parameters."""
    with _room:
        return _hasher.hash(password)


def verify_password(password: str, stored: str | None) -> bool:
    """Whether `password` belongs to the stored hash.

    With None (no such user) it takes as long as with a hash, so that time does not tell who has an account.
    """
    try:
        with _room:
            _hasher.verify(stored if stored is not None else _nobody(), password)
    except (Argon2Error, InvalidHashError):
        return False
    return stored is not None


@cache
def _nobody() -> str:
    return _hasher.hash("nobody has this password")
