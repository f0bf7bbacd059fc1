"""Comments of a file, analysed at once; nothing is stored."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any, BinaryIO, Final

from polku.feedback.files import Wish, read
from polku.feedback.part import analysed_part
from polku.text import Analysis, Theme, analyzed, at_share, neutral_shares, shipped_model, themes

BATCH: Final = 500
LOOKED_AT: Final = 2_000
"""Comments of a file from which it is found how many are neutral, at most twice as many."""


@dataclass(frozen=True, slots=True)
class FileAnalysis:
    """Analyses in the order of the file; themes by language, whose `comments` are places in it.

    `neutral` is the share of neutral comments by language that was found in the file and that sentiment is told by.
    """

    comments: tuple[Analysis, ...]
    neutral: dict[str, float]
    themes: dict[str, tuple[Theme, ...]]

    def plain(self) -> dict[str, Any]:
        """As JSON has it, without personal data."""
        return {
            "comments": [_plain(c) for c in self.comments],
            "neutral_shares": self.neutral,
            "themes": [
                {"language": code, "name": t.name, "words": t.words, "share": t.share, "comments": t.comments}
                for code, found in self.themes.items()
                for t in found
            ],
        }


def analyze(file: BinaryIO, name: str, wish: Wish) -> FileAnalysis:
    """The whole analysis of a file's comments. Raises InvalidInput for a file that cannot be read."""
    texts = [analysed_part(one.text) for one in read(file, name, wish).each if one is not None]
    neutral = neutral_shares(texts[:: max(1, len(texts) // LOOKED_AT)])
    models = {code: at_share(shipped_model(code), code, share) for code, share in neutral.items()}
    done = [a for at in range(0, len(texts), BATCH) for a in analyzed(texts[at : at + BATCH], models=models)]
    by_language: dict[str, list[int]] = defaultdict(list)
    for i, analysis in enumerate(done):
        by_language[analysis.language.code].append(i)
    found = {}
    for code, at in sorted(by_language.items()):
        of_language = themes([done[i].redacted.text for i in at], code).themes
        if of_language:
            found[code] = tuple(
                Theme(t.name, t.words, tuple(at[i] for i in t.comments), t.share) for t in of_language
            )
    return FileAnalysis(tuple(done), neutral, found)


def _plain(told: Analysis) -> dict[str, Any]:
    feeling = told.sentiment
    return {
        "text": told.redacted.text,
        "redacted": list(map(str, told.redacted.kinds)),
        "language": told.language.code,
        "sentiment": feeling
        and {
            "label": str(feeling.label),
            "negative": feeling.negative,
            "neutral": feeling.neutral,
            "positive": feeling.positive,
        },
        "emotions": told.emotions,
        "effort": told.signals.effort,
        "urgent": told.signals.urgent,
        "levels": list(map(str, told.signals.levels)),
        "mentions": [
            {
                "aspect": m.aspect,
                "touchpoint": m.touchpoint,
                "text": told.redacted.text[m.start : m.end],
                "sentiment": str(m.sentiment.label),
            }
            for m in told.mentions
        ],
    }
