"""What a person says that a comment says, laid over what was told of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from polku.feedback.store import Correction
from polku.text import Analysis, Mention, Sentiment

SURE = {
    "negative": Sentiment(1.0, 0.0, 0.0),
    "neutral": Sentiment(0.0, 1.0, 0.0),
    "positive": Sentiment(0.0, 0.0, 1.0),
}


def overlaid(analysis: Analysis, correction: Correction | None, names: Mapping[str, str]) -> Analysis:
    """The analysis as corrected; `names` are the present names of aspects (`Taxonomy.names`)."""
    if correction is None:
        return analysis
    feeling, mentions = corrected(
        analysis.sentiment, analysis.mentions, correction, names, end=len(analysis.redacted.text)
    )
    return replace(analysis, sentiment=feeling, mentions=mentions)


def corrected(
    feeling: Sentiment | None,
    mentions: tuple[Mention, ...],
    correction: Correction | None,
    names: Mapping[str, str],
    *,
    end: int,
) -> tuple[Sentiment | None, tuple[Mention, ...]]:
    """Sentiment and mentions as corrected. Aspects that were told stay where they were found; one that a person added
    is said by the whole comment, to its `end`. Those that the taxonomy does not know any more are left out."""
    if correction is None:
        return feeling, mentions
    if correction.sentiment:
        feeling = SURE[correction.sentiment]
    if correction.aspects is None:
        return feeling, mentions
    said = {names[a]: SURE[label] for a, label in correction.aspects.items() if a in names and label in SURE}
    kept = [
        m if m.aspect is None else replace(m, sentiment=_as_told(m.sentiment, said[m.aspect]))
        for m in mentions
        if m.aspect is None or m.aspect in said
    ]
    told = {m.aspect for m in kept}
    added = [Mention(aspect, None, 0, end, sure) for aspect, sure in said.items() if aspect not in told]
    return feeling, (*kept, *added)


def _as_told(told: Sentiment, said: Sentiment) -> Sentiment:
    """How sure the model was stays where the person says the same."""
    return told if told.label == said.label else said


def following(before: str | None, after: str, aspects: Mapping[str, str]) -> dict[str, str]:
    """Aspects when only the whole was corrected: those that were felt as the whole follow it, others stay."""
    return {a: after if felt == before else felt for a, felt in aspects.items()}
