"""Kinds of jobs: what rooms register."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

Payload = Mapping[str, Any]
"""What a job needs to know, as JSON has it. No addresses and no names: a key that leads to them."""


@dataclass(frozen=True, slots=True)
class Job:
    """One job that is to be done now; `attempts` counts this one."""

    id: int
    kind: str
    key: str | None
    payload: Payload
    due_at: datetime
    attempts: int


@dataclass(frozen=True, slots=True)
class JobKind:
    """How jobs of a kind are done.

    `run` may be called again for the same job: after an error, and when Polku stopped in the middle. So it is written
    to bear that: what it did is there or not there as a whole (one unit of work), or can be done twice.
    `every` makes it recurring: there is always exactly one, and it is due again that long after it was.
    `lease` is how long one is thought to take at most; after that others may take it up.
    """

    name: str
    run: Callable[[Job], None]
    every: timedelta | None = None
    lease: timedelta = timedelta(minutes=15)
    most_attempts: int = 8
