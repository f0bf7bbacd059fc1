"""Why an event could not be taken."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Self

_TOLD: Final = re.compile(r"it is (more than )?(\d+) bytes; its first (\d+) are kept")


class Refusal(Exception):
    """An event cannot be taken: `reason` is a code of the catalogue in reasons.py, `detail` says which value.

    `seen` is what could be read of a body that as a whole could not be unpacked.
    """

    def __init__(self, reason: str, detail: str, *, seen: bytes = b"") -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail
        self.seen = seen


@dataclass(frozen=True, slots=True)
class Cut:
    """How much of a body is kept that is too large; `more`: it is larger than `size` bytes, which were counted."""

    size: int
    kept: int
    more: bool = False

    def __str__(self) -> str:
        return f"it is {'more than ' if self.more else ''}{self.size} bytes; its first {self.kept} are kept"

    @classmethod
    def told(cls, detail: str) -> Self | None:
        """What the detail of a rejected row says was cut; None if nothing was."""
        found = _TOLD.fullmatch(detail)
        return cls(int(found[2]), int(found[3]), bool(found[1])) if found else None


class Oversized(Refusal):
    """A body over the limit, of which only the beginning is kept."""

    def __init__(self, cut: Cut, beginning: bytes, seen: bytes) -> None:
        super().__init__("body_too_large", str(cut), seen=seen)
        self.cut = cut
        self.beginning = beginning


class Unfinished(Exception):
    """The client went away in the middle of its request."""


@dataclass(frozen=True, slots=True)
class Refused:
    """What could not be taken, as it came; of a body that is too large the beginning."""

    reason: str
    detail: str
    payload: bytes


def shown(value: object, most: int = 60) -> str:
    """A value for a message: cut, so that a message stays one."""
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= most else f"{text[: most - 1]}…"
