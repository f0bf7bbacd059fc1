"""E-mail addresses and telephone numbers."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator

import phonenumbers

from polku.text.redaction.spans import Kind, Span

# Neither can start inside a run of its own characters, and all repetitions are bounded: linear in the text's length.
_EMAIL = re.compile(
    r"(?<![\w.+%-])[\w.+%-]{1,64}(?:@|\s?[\[(](?:at|ät|a)[\])]\s?)"
    r"(?:[\w-]{1,63}(?:\.|\s?[\[(](?:dot|piste)[\])]\s?)){1,5}[^\W\d_]{2,24}",
    re.I,
)
_PHONE = re.compile(r"(?<![\w.,/+-])(?:\+|00|\(?0)[\d \-()/.\u00a0\u2011]{5,22}\d(?!\w)")
_PHONE_AMERICAN = re.compile(r"(?<![\w.,/+-])(?:1[ .-])?\(?[2-9]\d{2}\)?[ .-]\d{3}[ .-]\d{4}(?![\w-])")
_DATE = re.compile(r"0?\d[./-]\d{1,2}[./-](?:\d{4}|\d{2})\b|00?\d?[.:]\d{2}\b(?! ?\d)")
_NOT_DIALLED = re.compile(r"[^\d+]")
_FEWEST, _MOST = 7, 16  # digits and the plus
_SHORTER = 3  # how many groups of digits at the end may belong to something else
REGIONS = ("FI", "SE", "EE", "GB", "DE", "NO", "DK")
"""Whose national numbers (those that begin with 0) are known; international ones (+ or 00) are of all countries."""


def emails(text: str) -> Iterator[Span]:
    for match in _EMAIL.finditer(text):
        yield Span(match.start(), match.end(), Kind.EMAIL)


def phones(text: str) -> Iterator[Span]:
    for match in _PHONE.finditer(text):
        end = _end_of_number(match[0])
        if end:
            yield Span(match.start(), match.start() + end, Kind.PHONE)
    for match in _PHONE_AMERICAN.finditer(text):
        if _is_number(match[0], "US"):
            yield Span(match.start(), match.end(), Kind.PHONE)


def _end_of_number(written: str) -> int:
    """Where a number that may be followed by other digits ends; 0 where there is none."""
    if _DATE.match(written):
        return 0
    if written.startswith("00"):
        end = _end_of_number("+" + written[2:])
        return end + 1 if end else 0
    regions = ("FI",) if written.startswith("+") else REGIONS
    ends = [len(written), *[m.start() for m in re.finditer(r"(?<=\d)[ ./-]", written)][:0:-1][:_SHORTER]]
    for region in regions:
        for end in ends if region == "FI" else ends[:1]:
            if _is_number(written[:end], region):
                return end
    return 0


def _is_number(written: str, region: str) -> bool:
    digits = _NOT_DIALLED.sub("", written)
    return _FEWEST <= len(digits) <= _MOST and _is_valid(digits, region)


@functools.lru_cache(maxsize=10_000)
def _is_valid(digits: str, region: str) -> bool:
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(digits, region))
    except phonenumbers.NumberParseException:
        return False
