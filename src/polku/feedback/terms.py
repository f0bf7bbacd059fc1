"""Words as they are searched for: dictionary forms and forms as written, both without accents."""

from __future__ import annotations

import functools
import unicodedata
from typing import Final

from polku.text import LANGUAGES, lemma, words

MOST_WORDS: Final = 12
"""Of a search; what comes after is not looked for."""


def folded(word: str) -> str:
    """Without case and accents: "Myöhässä" and "myohassa" are found by each other."""
    word = word.replace("'", "").replace("’", "")
    if word.isascii():
        return word.lower()
    taken_apart = unicodedata.normalize("NFKD", word.casefold())
    return "".join(c for c in taken_apart if not unicodedata.combining(c))


@functools.lru_cache(maxsize=200_000)
def _terms(word: str, language: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys((folded(word), folded(lemma(word, language)))))


def terms(text: str, language: str) -> str:
    """What a comment is found by, each once, with spaces between."""
    return " ".join(dict.fromkeys(t for w in words(text) for t in _terms(w.written.lower(), language)))


def asked(search: str, languages: tuple[str, ...] = LANGUAGES) -> list[tuple[str, ...]]:
    """For each word of a search the terms of which a comment must have one, whichever language the word is in.

    A word that ends in * stands for all that begin so: its term ends in * too.
    """
    found: list[tuple[str, ...]] = []
    for piece in search.split():
        beginnings = piece.endswith("*")
        for word in words(piece):
            lower = word.written.lower()
            if beginnings:
                found.append((folded(lower) + "*",))
            else:
                found.append(tuple(dict.fromkeys(t for code in languages for t in _terms(lower, code))))
    return found[:MOST_WORDS]
