"""Why an event could not be taken."""

from __future__ import annotations

from dataclasses import dataclass


class Refusal(Exception):
    """An event cannot be taken: `reason` is a code of the catalogue in reasons.py, `detail` says which value."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Refused:
    """What could not be taken, as it came."""

    reason: str
    detail: str
    payload: bytes


def shown(value: object, most: int = 60) -> str:
    """A value for a message: cut, so that a message stays one."""
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= most else f"{text[: most - 1]}…"
