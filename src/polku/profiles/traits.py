"""Traits: what has been said of a person, the latest first, with when and by whom."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Claim:
    """What one source said of a trait, and when it last said so."""

    value: str
    said_at: datetime
    source: str


@dataclass(frozen=True, slots=True)
class Trait:
    """A trait: the latest claim holds; `others` say something else, latest first."""

    name: str
    value: str
    said_at: datetime
    source: str
    others: tuple[Claim, ...] = ()


@dataclass(frozen=True, slots=True)
class Statement:
    """The traits of one identify event."""

    said_at: datetime
    source: str
    traits: dict[str, Any]


def statement(text: str | None, *, said_at: datetime, source: str) -> Statement:
    """The statement of an identify event, from its JSON."""
    given = json.loads(text) if text else {}
    return Statement(said_at, source, given if isinstance(given, dict) else {})


def traits(statements: Iterable[Statement]) -> list[Trait]:
    """Traits by name. Of several sources' different values the latest wins, and the others are shown.

    A value that its own source has replaced is history, not a conflict.
    """
    latest: dict[str, dict[str, Claim]] = {}
    for said in sorted(statements, key=lambda s: s.said_at):
        for name, value in said.traits.items():
            if value is not None and value != "":
                latest.setdefault(name, {})[said.source] = Claim(_shown(value), said.said_at, said.source)
    found = []
    for name, by_source in sorted(latest.items()):
        first, *rest = sorted(by_source.values(), key=lambda c: c.said_at, reverse=True)
        others = tuple(c for c in rest if c.value != first.value)
        found.append(Trait(name, first.value, first.said_at, first.source, others))
    return found


def _shown(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
