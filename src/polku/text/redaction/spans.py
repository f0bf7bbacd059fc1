"""Where in a text personal data stands, and what remains when spans overlap."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What was found; the value is the key that stands in its place, the same in every language."""

    PERSONAL_ID = "id"
    IBAN = "iban"
    CARD = "card"
    EMAIL = "email"
    PHONE = "phone"
    ADDRESS = "address"
    NAME = "name"


@dataclass(frozen=True, slots=True)
class Span:
    """Characters `start` to `end` (not included) of the text that was given, in code points."""

    start: int
    end: int
    kind: Kind


def without_overlaps(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Spans in order of place; of those that overlap the surer kind (earlier in `Kind`) stays, then the longer."""
    surest = sorted(spans, key=lambda s: (_ORDER[s.kind], s.start - s.end, s.start))
    covered = _Covered()
    taken = [span for span in surest if covered.take(span)]
    return tuple(sorted(taken, key=lambda s: s.start))


_ORDER = {kind: place for place, kind in enumerate(Kind)}


class _Covered:
    """Which characters are taken; each is marked once, so that a text of many spans costs no more than its length."""

    def __init__(self) -> None:
        self._marks: set[int] = set()

    def take(self, span: Span) -> bool:
        """Mark the characters of a span unless one of them is taken; says whether they were free."""
        characters = range(span.start, span.end)
        if not self._marks.isdisjoint(characters):
            return False
        self._marks.update(characters)
        return True
