"""A comment from elsewhere, and how somebody wishes a file to be understood."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

FIELDS: Final = (
    "comment", "at", "score", "email", "user_id", "touchpoint", "language", "kind", "author", "conversation",
)  # fmt: skip
"""What a column of a table can hold."""


@dataclass(frozen=True, slots=True)
class Brought:
    """A comment from elsewhere. `score` is on −100…100."""

    text: str
    at: datetime | None = None
    user_id: str | None = None
    email: str | None = None
    score: float | None = None
    touchpoint: str | None = None
    kind: str | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Wish:
    """How a file is to be understood; what is not said is guessed.

    `columns` gives the column of each of FIELDS ("": there is none). `staff` are the speakers of a conversation who
    speak for the company (an interviewer, an agent): all others are customers; None: it is guessed who does. `metric`
    says what scores are (nps, csat, …). What follows is of the whole file, where a comment does not say it itself.
    Times without a zone are in `zone`.
    """

    zone: ZoneInfo
    columns: Mapping[str, str] = field(default_factory=dict)
    staff: tuple[str, ...] | None = None
    metric: str = ""
    kind: str | None = None
    user_id: str | None = None
    email: str | None = None
    touchpoint: str | None = None
    language: str | None = None
    at: datetime | None = None
