"""What a changed taxonomy would tell of real comments, before it is saved."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from polku.feedback.file import CommentFile
from polku.stats import Estimate, proportion
from polku.text import LANGUAGES, Taxonomy, language, redacted, spoken_of

MOST_TRIED: Final = 1_000
"""Comments, the newest: a second's work."""
EXAMPLES: Final = 8

Spoken = tuple[str, ...]
"""Names of what a comment speaks of, with the group before each: "aspects.price"."""


@dataclass(frozen=True, slots=True)
class Changed:
    """A comment of which another thing would be told."""

    comment: int
    text: str
    before: Spoken
    after: Spoken


@dataclass(frozen=True, slots=True)
class TaxonomyTrial:
    """Of `read` comments the share that would change, with the first of them; of each name of which more or fewer
    comments would speak, how many did and would."""

    read: int
    changed: Estimate
    examples: tuple[Changed, ...]
    counts: tuple[tuple[str, int, int], ...]


@dataclass(frozen=True, slots=True)
class OneTold:
    """What is told of a text that somebody tries, clause by clause with the phrases that tell it."""

    language: str
    clauses: tuple[tuple[str, Spoken, tuple[str, ...]], ...]


def newest(file: CommentFile) -> list[tuple[int, str, str]]:
    """Number, language and text of the newest comments that are understood."""
    with file.reading() as connection:
        return connection.execute(
            "SELECT id, language, text FROM comment WHERE language IN (?, ?) ORDER BY id DESC LIMIT ?",
            (*LANGUAGES, MOST_TRIED),
        ).fetchall()


def tried(comments: Iterable[tuple[int, str, str]], before: Taxonomy, after: Taxonomy) -> TaxonomyTrial:
    """What `after` tells of comments (number, language, text) and `before` does not, and the other way."""
    read = changed = 0
    examples: list[Changed] = []
    had: Counter[str] = Counter()
    would: Counter[str] = Counter()
    for id, code, text in comments:
        read += 1
        old, new = _spoken(text, code, before), _spoken(text, code, after)
        had.update(set(old))
        would.update(set(new))
        if old != new:
            changed += 1
            if len(examples) < EXAMPLES:
                examples.append(Changed(id, text, tuple(dict.fromkeys(old)), tuple(dict.fromkeys(new))))
    counts = [(name, had[name], would[name]) for name in had | would if had[name] != would[name]]
    counts.sort(key=lambda c: (-abs(c[2] - c[1]), c[0]))
    return TaxonomyTrial(read, proportion(changed, read), tuple(examples), tuple(counts))


def one_told(text: str, taxonomy: Taxonomy, expected: str) -> OneTold:
    """What is told of one text; `expected` is its language where it is too short to tell."""
    without = redacted(text).text
    spoken = language(without).code
    code = spoken if spoken in LANGUAGES else expected
    told = spoken_of(without, code, taxonomy)
    return OneTold(
        code, tuple((without[s.start : s.end], _names(s.aspects, s.touchpoints), s.phrases) for s in told)
    )


def _spoken(text: str, code: str, taxonomy: Taxonomy) -> list[str]:
    return [name for s in spoken_of(text, code, taxonomy) for name in _names(s.aspects, s.touchpoints)]


def _names(aspects: Sequence[str], touchpoints: Sequence[str]) -> Spoken:
    return (*(f"aspects.{a}" for a in aspects), *(f"touchpoints.{t}" for t in touchpoints))
