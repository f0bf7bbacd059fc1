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
│   └── ClusterUnavailable 503  the Spark cluster that answers questions does not
├── DatabaseUnreachable    503  the server of the operational tables does not answer
└── StorageFull            503  nothing was lost; free some space
"""

from __future__ import annotations

import errno
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Final, Self


class Words:
    """A text that is still to be put into the reader's language; `str` of it is English.

    Written as the message of an error is: the text itself, with `%(name)s` where a value goes. A value may be Words.
    """

    __slots__ = ("template", "values")

    def __init__(self, template: str, **values: object) -> None:
        self.template, self.values = template, values

    def __str__(self) -> str:
        return filled(self.template, self.values)

    def __repr__(self) -> str:
        return f"Words({str(self)!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Words) and str(other) == str(self)

    def __hash__(self) -> int:
        return hash(str(self))


def filled(template: str, values: Mapping[str, object]) -> str:
    """A text with its values; one without values may hold any per cent sign."""
    return template % values if values else template


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
        self.message = filled(message, values)
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


class ClusterUnavailable(NotReady):
    code = "cluster_unavailable"
    retry_after_s = 10


class StorageFull(PolkuError):
    code = "storage_full"
    status = 503
    retry_after_s = 10


_OF_THE_SYSTEM: Final = {
    errno.ENOSPC: Words("No space left on device"),
    errno.EDQUOT: Words("Disk quota exceeded"),
    errno.EROFS: Words("Read-only file system"),
    errno.EACCES: Words("Permission denied"),
    errno.EPERM: Words("Operation not permitted"),
    errno.ENOENT: Words("No such file or directory"),
    errno.ENOTDIR: Words("Not a directory"),
    errno.EISDIR: Words("Is a directory"),
    errno.EEXIST: Words("File exists"),
    errno.EADDRINUSE: Words("Address already in use"),
    errno.EADDRNOTAVAIL: Words("Cannot assign requested address"),
}


def system_reason(error: OSError) -> Words | str:
    """What the operating system says is wrong."""
    return _OF_THE_SYSTEM.get(error.errno or 0) or error.strerror or str(error)


def lines(several: Iterable[Words]) -> Words:
    """Several texts, one a line."""
    named = {f"line{i}": one for i, one in enumerate(several)}
    return Words("\n".join(f"%({name})s" for name in named), **named)


def did_you_mean(name: str, known: Iterable[str]) -> Words | str:
    """A question for a name that is not known, with a space before it; empty if no known name is near."""
    near = nearest(name, known)
    return Words(" Did you mean '%(near)s'?", near=near) if near else ""


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name most like `name`, or None if none is near; case is ignored."""
    folded = {k.casefold(): k for k in known}
    match = get_close_matches(name.casefold(), folded, n=1, cutoff=0.6)
    return folded[match[0]] if match else None
