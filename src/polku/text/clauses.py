"""Clauses: the parts of a text that may each say something else of something else."""

from __future__ import annotations

import re
from dataclasses import dataclass

_SENTENCE_END = r"(?<![.!?…])[.!?…]+(?=\s|$)|\n|;\s"
_TURN = (
    r"(?:\s{0,2}[,–—-])?\s{1,3}(?=(?:mutta|vaikka|kuitenkin|toisaalta|sen sijaan|paitsi|tosin|joskin|"
    r"but|although|though|however|whereas|while|except|yet|on the other hand)\b)"
)
_CLAUSE_END = re.compile(rf"{_SENTENCE_END}|{_TURN}", re.I)
_CONCESSION = re.compile(r"(?:vaikka|although|though|while|even though)\s[^,]{3,200},(?=\s)", re.I)
_SPACE = " \t\r\n,;–—-"
MOST_CLAUSES = 500
"""What comes after so many clauses of one text stays together in the last."""


@dataclass(frozen=True, slots=True)
class Clause:
    """Characters `start` to `end` of the text."""

    text: str
    start: int
    end: int


def clauses(text: str) -> list[Clause]:
    """Split at the ends of sentences, and where a text turns (mutta, vaikka, but, although …).

    >>> [c.text for c in clauses("Palvelu oli hyvää, mutta toimitus myöhästyi. Kiitos!")]
    ['Palvelu oli hyvää', 'mutta toimitus myöhästyi.', 'Kiitos!']
    """
    parts: list[Clause] = []
    start = 0
    for match in _CLAUSE_END.finditer(text):
        if len(parts) >= MOST_CLAUSES - 2:
            break
        end = match.end() if match[0].strip(_SPACE) else match.start()
        if _is_said(text[start:end]):
            parts += _of_part(text, start, end)
        start = match.end()
    if _is_said(text[start:]):
        parts += _of_part(text, start, len(text))
    return parts


def _is_said(part: str) -> bool:
    return any(c.isalnum() for c in part)


def _of_part(text: str, start: int, end: int) -> list[Clause]:
    """One clause, or two where it begins with a concession ("vaikka …, …")."""
    whole = _clause(text, start, end)
    conceded = _CONCESSION.match(whole.text)
    if not conceded or not _is_said(whole.text[conceded.end() :]):
        return [whole]
    middle = whole.start + conceded.end()
    return [_clause(text, whole.start, middle), _clause(text, middle, whole.end)]


def _clause(text: str, start: int, end: int) -> Clause:
    inside = text[start:end].strip()
    first = text.index(inside, start)
    return Clause(inside, first, first + len(inside))
