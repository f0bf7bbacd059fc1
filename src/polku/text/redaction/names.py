"""Names of people, as far as they can be told: after what introduces one, and from lists of common names.

What is missed and what is taken wrongly is measured by `python -m benchmarks listening`; the figures stand in the
model card. A rare name that nothing introduces stays: a reader must know that.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from polku.text.redaction.lists import forms as _forms
from polku.text.redaction.lists import listed as _listed_words
from polku.text.redaction.spans import Kind, Span
from polku.text.redaction.strangers import strangers

_NAME = r"[^\W\d_]+(?:[-'’][^\W\d_]+)*"
_WORD = re.compile(_NAME)
_MOST_WORDS = 3
_GREETINGS = re.compile(
    r"(?<!\w)(?:terveisin|terveisiä|terv|yst\.?\s?terv|t|terkuin|kiittäen|kunnioittaen|"
    r"(?:best|kind|warm)?\s?regards|sincerely|"
    r"yours truly|yours faithfully|cheers|signed|hälsningar|mvh|hälsn)(?:[.,:;!]{1,2}|\s?\n|(?=\s))\s{0,3}-?\s{0,2}"
    rf"(?P<name>{_NAME}(?:[ ]{_NAME}){{0,2}})(?=\s{{0,3}}(?:$|[\n.,!(]))",
    re.I,
)
_INTRODUCED = re.compile(
    r"(?<!\w)(?:nimeni on|nimi on|nimi:|nimeltä|nimeltään|nimelt|nimellä|puhuin|juttelin|asioin|"
    r"nimisen? (?:myyjä|henkilö|asiakaspalvelija)\w{0,4}|"
    r"my name is|name is|name:|his name was|her name was|named|called|jag heter|heter|asiakaspalvelija|"
    r"myyjä|myyjänne|asentaja|asentajanne|kuljettaja|lääkäri|neuvoja|virkailija|esimies|herra|rouva|neiti|tohtori|"
    r"mr\.?|mrs\.?|ms\.?|miss|dr\.?|agent|advisor|engineer|manager|spoke (?:to|with)|speaking (?:to|with)|"
    r"talked (?:to|with)|helped by|served by|asked for|thanks to|thank you|kiitos|kiitokset|"
    r"terveisiä|hei|moi|hi|hello|dear|"
    r"i am|i'm|this is|olen|mä oon|täällä)\s{1,2}"
    rf"(?P<name>{_NAME}(?:[ ]{_NAME}){{0,2}})",
    re.I,
)
_SURELY = re.compile(
    r"^(?:nim|puhuin|juttelin|.*name|jag|heter|mrs?\b|ms\b|miss\b|dr\b|herra|rouva|neiti|"
    r"tohtori|named|spoke|speaking|talked|helped|served|asked)",
    re.I,
)


def names(text: str) -> Iterator[Span]:
    for match in _GREETINGS.finditer(text):
        yield from _after(match, text, anything=True)
    for match in _INTRODUCED.finditer(text):
        yield from _after(
            match, text, anything=bool(_SURELY.search(match[0][: match.start("name") - match.start()]))
        )
    yield from _listed(text)
    yield from strangers(text)


def _after(match: re.Match[str], text: str, *, anything: bool) -> Iterator[Span]:
    """The name that something introduces: capitalised words, or words of which the first is a known given name."""
    end = start = match.start("name")
    for word in _WORD.finditer(text, start, match.end("name")):
        lower = word[0].lower()
        capital = word[0][0].isupper()
        known = lower in _forms("given_names.txt") or lower in _forms("surnames.txt")
        if lower in _listed_words("no_names.txt") or not (known or (capital and (anything or end > start))):
            break
        if not capital and lower in _listed_words("names_that_are_words.txt") and not anything:
            break
        end = word.end()
    if end > start:
        yield Span(start, end, Kind.NAME)


def _listed(text: str) -> Iterator[Span]:
    """Known given names with the names that follow, and known surnames; with capitals only."""
    given, family = _forms("given_names.txt"), _forms("surnames.txt")
    words = [(m.start(), m.end(), m[0]) for m in _WORD.finditer(text) if m[0][0].isupper()]
    i = 0
    while i < len(words):
        start, end, word = words[i]
        lower = word.lower()
        first = lower if lower in given else lower.split("-")[0]
        is_given, is_family = first in given, lower in family
        i += 1
        if not (is_given or is_family) or len(word) < 3:
            continue
        last, followed = end, 0
        while i < len(words) and followed < _MOST_WORDS - 1 and text[last : words[i][0]] == " ":
            after = words[i][2].lower()
            if after in _listed_words("no_names.txt") or not (
                (is_given and len(after) > 1) or after in family
            ):
                break
            last, followed, i = words[i][1], followed + 1, i + 1
        if followed == 0 and first in _forms("names_that_are_words.txt"):
            continue
        yield Span(start, last, Kind.NAME)
