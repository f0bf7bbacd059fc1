"""Word lists and what of them a text has: by dictionary form, by beginning (`toimi*`), by end (`*kauppa`)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from polku.errors import InvalidInput
from polku.text.words import WORD, lemma

MOST_WORDS = 3_000
"""Words of one text that are looked at: what comes later in so long a text is not."""
_FOLD = str.maketrans("äåöéÄÅÖ", "aaoeaao")
_NEGATIONS = frozenset(
    [
        "ei",
        "en",
        "et",
        "emme",
        "ette",
        "eivat",
        "ala",
        "ilman",
        "not",
        "no",
        "never",
        "don't",
        "didn't",
        "doesn't",
        "isn't",
        "wasn't",
        "aren't",
        "weren't",
        "without",
        "dont",
        "didnt",
        "doesnt",
        "isnt",
        "wasnt",
        "can't",
        "cannot",
        "couldn't",
        "won't",
        "wouldn't",
        "nothing",
        "hardly",
    ]
)
_REACH = 3
_ANY = "*"
_MOST_BETWEEN = 2


@dataclass(frozen=True, slots=True)
class Token:
    """A word of a text: as written and its dictionary form, both folded (ä → a); whether a negation reaches it."""

    written: str
    lemma: str
    denied: bool
    start: int


@dataclass(frozen=True, slots=True)
class Found:
    """The name of a list of which a phrase was found, where it starts, and whether it is denied ("ei vaikea").

    Its words are those from `first` to before `end` of the words that were looked at."""

    name: str
    phrase: str
    denied: bool
    start: int
    first: int
    end: int


def folded(word: str) -> str:
    return word.lower().replace("’", "'").translate(_FOLD)


def tokens(text: str, language: str) -> list[Token]:
    """The first MOST_WORDS words of a text."""
    made: list[Token] = []
    reach, end = 0, 0
    for match in WORD.finditer(text):
        if len(made) == MOST_WORDS:
            break
        if any(c in ".,;!?\n" for c in text[end : match.start()][:5]):
            reach = 0
        written, end = folded(match[0]), match.end()
        made.append(Token(written, folded(lemma(match[0], language)), reach > 0, match.start()))
        reach = _REACH if written in _NEGATIONS else reach - 1
    return made


class Phrases:
    """Lists of phrases by name, looked up in the words of a text.

    A phrase is one or more words, each in its dictionary form or as written; `*` at an end stands for any letters, and
    alone between words for at most two words.
    """

    def __init__(self, lists: Mapping[str, Iterable[str]]) -> None:
        self._exact: dict[str, list[tuple[str, tuple[str, ...]]]] = {}
        self._begins: dict[str, list[tuple[str, tuple[str, ...]]]] = {}
        self._ends: dict[str, list[tuple[str, tuple[str, ...]]]] = {}
        for name, phrases in lists.items():
            for phrase in phrases:
                self._add(name, phrase)
        self._begin_sizes = sorted({len(k) for k in self._begins})
        self._end_sizes = sorted({len(k) for k in self._ends})

    def _add(self, name: str, phrase: str) -> None:
        parts = tuple(folded(part) for part in phrase.split())
        first = parts[0].strip("*") if parts else ""
        short = len(first) < 2 and (len(parts) == 1 or "*" in parts[0])
        if short or parts[-1] == _ANY or any(not p.strip("*") and p != _ANY for p in parts):
            raise InvalidInput(
                "'%(phrase)s' cannot be looked for in comments. Write words of at least two letters; * stands for "
                "any letters at the beginning or end of a word.",
                phrase=phrase,
            )
        index = (
            self._begins
            if parts[0].endswith("*")
            else self._ends
            if parts[0].startswith("*")
            else self._exact
        )
        index.setdefault(first, []).append((name, parts))

    def found(self, words: Sequence[Token]) -> list[Found]:
        """What is found, in order of place; of one list several phrases may be."""
        every: list[Found] = []
        for i, token in enumerate(words):
            for name, parts in self._starting(token):
                if end := _end(words, i + 1, parts[1:]):
                    every.append(Found(name, " ".join(parts), token.denied, token.start, i, end))
        return every

    def _starting(self, token: Token) -> Iterable[tuple[str, tuple[str, ...]]]:
        forms = {token.written, token.lemma}
        for form in forms:
            yield from self._exact.get(form, ())
            for size in self._begin_sizes:
                if size > len(form):
                    break
                yield from self._begins.get(form[:size], ())
            for size in self._end_sizes:
                if size > len(form):
                    break
                yield from self._ends.get(form[-size:], ())


def _end(words: Sequence[Token], at: int, parts: Sequence[str]) -> int:
    """Where the words that the parts stand for end, if they stand at `at`; else 0."""
    if not parts:
        return at
    if parts[0] == _ANY:
        return next(
            (end for skip in range(_MOST_BETWEEN + 1) if (end := _end(words, at + skip, parts[1:]))), 0
        )
    return _end(words, at + 1, parts[1:]) if at < len(words) and _is(parts[0], words[at]) else 0


def _is(part: str, token: Token) -> bool:
    forms = (token.written, token.lemma)
    bare = part.strip("*")
    if part.startswith("*") and part.endswith("*"):
        return any(bare in form for form in forms)
    if part.endswith("*"):
        return any(form.startswith(bare) for form in forms)
    if part.startswith("*"):
        return any(form.endswith(bare) for form in forms)
    return part in forms
