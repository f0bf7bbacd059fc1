"""Names of people that stand amid a sentence without anything that introduces them: by the census's lists, and by being
words that no dictionary knows.

The dictionaries are an English one and a list of common Finnish words: the Finnish one of inflected forms takes seconds
to load, and answers to surveys pass here.

Only words written as names are (a capital, then small letters) are looked at. Alone, a given name is taken if it is no
common word, no place and no brand. Two words side by side are taken if the first is a given name or a word that is in
no dictionary, and the second a surname; or if neither is in a dictionary.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from typing import Final

import simplemma

from polku.text.redaction.lists import forms, listed
from polku.text.redaction.spans import Kind, Span

_WORD: Final = re.compile(
    r"(?<![\w.@/#-])[^\W\d_a-zåäöü](?:[^\W\d_A-ZÅÄÖÜ]{1,24}(?:['’][^\W\d_]{1,20})?|['’][A-Z][a-z]{1,20}|[a-z]{1,2}[A-Z][a-z]{1,20})"
    r"(?:-[^\W\d_]{2,24})?(?![\w@]|\.\w)"
)
_SHORTEST: Final = 3
_MOST_WORDS: Final = 3


def strangers(text: str) -> Iterator[Span]:
    words = [(m.start(), m.end(), m[0]) for m in _WORD.finditer(text)]
    i = 0
    while i < len(words):
        run = [words[i]]
        while (
            len(run) < _MOST_WORDS
            and i + len(run) < len(words)
            and text[run[-1][1] : words[i + len(run)][0]] == " "
        ):
            run.append(words[i + len(run)])
        taken = _taken([word for _, _, word in run])
        if taken:
            yield Span(run[0][0], run[taken - 1][1], Kind.NAME)
        i += taken or 1


def _taken(run: list[str]) -> int:
    """How many words from the first are a name; 0: it is none."""
    kinds = [_kind(word) for word in run]
    first = kinds[0]
    if len(run) == 1 or not _goes_on(first, kinds[1]):
        return int(first == "given")
    return 3 if len(run) == 3 and kinds[2] in ("surname", "given", "strange") else 2


def _goes_on(first: str, second: str) -> bool:
    if first in ("given", "word_given"):
        return second in ("surname", "given", "strange") or (first == "given" and second == "place_surname")
    if first == "surname":
        return second in ("surname", "strange")
    return first == "strange" and second in ("surname", "strange", "given")


@functools.lru_cache(maxsize=50_000)
def _kind(word: str) -> str:
    """given, word_given (a given name that is a common word), surname, place_surname (a place that is one too), strange
    (in no dictionary) or "" (none of these)."""
    lower = word.lower().replace("’", "'").removesuffix("'s")
    if len(lower) < _SHORTEST or lower in listed("no_names.txt"):
        return ""
    if lower in listed("places_and_brands.txt"):
        return "place_surname" if lower in listed("us_surnames.txt") else ""
    own = lower in forms("given_names.txt")
    if lower in listed("us_given_names_that_are_words.txt") or lower in forms("names_that_are_words.txt"):
        return "word_given"
    if lower in forms("surnames.txt"):
        return "surname"
    if lower in listed("finnish_words.txt") and not own:
        return ""
    if own or lower in listed("us_given_names.txt"):
        return "given"
    if lower in listed("us_surnames.txt"):
        return "surname"
    return "" if simplemma.is_known(lower, "en") else "strange"
