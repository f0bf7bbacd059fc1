"""Personal data out of a text, before the text is stored for analysis."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from polku.text.redaction.accounts import cards, ibans, is_card, is_iban
from polku.text.redaction.addresses import addresses
from polku.text.redaction.contacts import emails, phones
from polku.text.redaction.names import inflected, names
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
    their countries, addresses by form. Of names some are missed: the model card says how many. Takes time in
    proportion to the length of the text.

    >>> redacted("Soita 040 123 4567, t. Maija").text
    'Soita [phone], t. [name]'
    """
    found = without_overlaps(span for finder in _FINDERS for span in finder(text))
    parts, at = [], 0
    for span in found:
        parts += [text[at : span.start], f"[{span.kind}]"]
        at = span.end
    return Redacted("".join([*parts, text[at:]]), found)
