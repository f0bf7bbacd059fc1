"""Personal data out of a text, before the text is stored for analysis."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from polku.text.redaction.accounts import cards, ibans, is_card, is_iban
from polku.text.redaction.addresses import addresses
from polku.text.redaction.contacts import emails, phones
from polku.text.redaction.lists import inflected
from polku.text.redaction.names import names
from polku.text.redaction.personal_id import is_personal_id, personal_ids
from polku.text.redaction.spans import Kind, Span, without_overlaps

__all__ = ["Kind", "Redacted", "Span", "inflected", "is_card", "is_iban", "is_personal_id", "redacted"]

_FINDERS: tuple[Callable[[str], Iterator[Span]], ...] = (
    personal_ids,
    ibans,
    cards,
    emails,
    phones,
    addresses,
    names,
)


@dataclass(frozen=True, slots=True)
class Redacted:
    """A text without the personal data that was found; `found` are places in the text that was given."""

    text: str
    found: tuple[Span, ...]

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """What was found, each kind once, in the order of `Kind`."""
        return tuple(kind for kind in Kind if any(span.kind == kind for span in self.found))


def redacted(text: str) -> Redacted:
    """Put `[id]`, `[iban]`, `[card]`, `[email]`, `[phone]`, `[address]` or `[name]` where personal data stands.

    Finnish personal identity codes, IBANs and cards are found by form and check digits, phone numbers by the plans of
    their countries, addresses by form. Of names some are missed: the model card says how many. Redacting what is
    redacted changes nothing. Takes time in proportion to the length of the text.

    >>> redacted("Soita 040 123 4567, t. Maija").text
    'Soita [phone], t. [name]'
    """
    found = _found(text)
    if not found:
        return Redacted(text, ())
    left = _without(text, found)
    for _ in range(_MOST_ROUNDS):  # what is out may uncover more: a number that was one word with an address
        more = _beyond_marks(_found(left), found)
        if not more:
            break
        found = tuple(sorted((*_outside(found, more), *more), key=lambda span: span.start))
        left = _without(text, found)
    return Redacted(left, found)


_MOST_ROUNDS = 8
"""So that the time stays in proportion to the length; more than two have not been seen."""


def _found(text: str) -> tuple[Span, ...]:
    return without_overlaps(span for finder in _FINDERS for span in finder(text))


def _without(text: str, found: tuple[Span, ...]) -> str:
    parts, at = [], 0
    for span in found:
        parts += [text[at : span.start], f"[{span.kind}]"]
        at = span.end
    return "".join([*parts, text[at:]])


def _beyond_marks(again: tuple[Span, ...], found: tuple[Span, ...]) -> tuple[Span, ...]:
    """What was found in a text with marks for `found`, as places in the text before; nothing that is within a mark."""
    if not again:
        return ()
    marks, shift = [], 0
    for span in found:
        start = span.start - shift
        shift += span.end - span.start - len(span.kind) - 2
        marks.append((start, start + len(span.kind) + 2, span, shift))
    starts = [mark[0] for mark in marks]

    def before(place: int, *, is_end: bool) -> int:
        nth = bisect_right(starts, place - is_end) - 1
        if nth < 0:
            return place
        _, end, span, after = marks[nth]
        if place - is_end < end:
            return span.end if is_end else span.start
        return place + after

    made = (Span(before(s.start, is_end=False), before(s.end, is_end=True), s.kind) for s in again)
    known = {(s.start, s.end) for s in found}
    return tuple(s for s in made if (s.start, s.end) not in known)


def _outside(found: tuple[Span, ...], more: tuple[Span, ...]) -> Iterator[Span]:
    """Those of `found` that no span of `more` covers."""
    ends = [span.end for span in more]
    for span in found:
        nth = bisect_right(ends, span.start)
        if nth == len(more) or more[nth].start > span.start:
            yield span
