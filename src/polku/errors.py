"""Every error that Polku raises on purpose.

PolkuError                 code, HTTP status, message that says what to do next
├── InvalidInput           400  what was given cannot be used
│   ├── UnknownTouchpoint  404  no such touchpoint (nearest names are offered)
│   └── TooLarge           413  over a documented limit
├── NotAllowed             401/403
│   └── TooManyAttempts    429  a secret was guessed too often
├── NotFound               404
├── Conflict               409  the state of things forbids it
├── FolderInUse            409  another process owns the data folder
├── FolderTooNew           409  written by a newer Polku
├── NotWritable            500  the data folder may not be written to
├── NotReady               503  try again in a moment (kernels compile, blocks are being built)
├── DatabaseUnreachable    503  the server of the operational tables does not answer
└── StorageFull            503  nothing was lost; free some space
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Self


class PolkuError(Exception):
    """Base of all; `code` is stable and is also the translation key of its title.

    `message` is written out here, as one text, with `%(name)s` where a value goes (a per cent sign is then `%%`):
    it is the key of its translation. Programs get it in English, with `details`; pages in the reader's language.
    """

    code = "error"
    status = 500
    retry_after_s: int | None = None

    def __init__(self, message: str, **values: object) -> None:
        self.template, self.values = message, values
        self.message = message % values if values else message
        self.details = values
        super().__init__(self.message)

    def told(self, message: str, **details: object) -> Self:
        """The same error with more in its English message and details: what only programs ask for."""
        self.message, self.details, self.args = message, details, (message,)
        return self


class InvalidInput(PolkuError):
    code = "invalid_input"
    status = 400


class UnknownTouchpoint(InvalidInput):
    code = "unknown_touchpoint"
    status = 404

    def __init__(self, name: str, known: Iterable[str]) -> None:
        near = nearest(name, known)
        if near:
            super().__init__(
                "Unknown touchpoint '%(name)s'. Did you mean '%(near)s'? See: polku touchpoints list",
                name=name,
                near=near,
            )
        else:
            super().__init__("Unknown touchpoint '%(name)s'. See: polku touchpoints list", name=name)
        self.details = {"name": name}


class TooLarge(InvalidInput):
    code = "too_large"
    status = 413


class NotAllowed(PolkuError):
    code = "not_allowed"
    status = 403


class TooManyAttempts(NotAllowed):
    code = "too_many_attempts"
    status = 429


class NotFound(PolkuError):
    code = "not_found"
    status = 404


class Conflict(PolkuError):
    code = "conflict"
    status = 409


class FolderInUse(Conflict):
    code = "folder_in_use"


class FolderTooNew(Conflict):
    code = "folder_too_new"


class NotWritable(PolkuError):
    code = "not_writable"


class DatabaseUnreachable(PolkuError):
    code = "database_unreachable"
    status = 503
    retry_after_s = 5


class NotReady(PolkuError):
    code = "not_ready"
    status = 503
    retry_after_s = 2


class StorageFull(PolkuError):
    code = "storage_full"
    status = 503
    retry_after_s = 10


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name most like `name`, or None if none is near; case is ignored."""
    folded = {k.casefold(): k for k in known}
    match = get_close_matches(name.casefold(), folded, n=1, cutoff=0.6)
    return folded[match[0]] if match else None
