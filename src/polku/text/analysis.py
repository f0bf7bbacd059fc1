"""What comments say: the whole of `polku.text` for a batch of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from polku.text.base_rate import neutral_share
from polku.text.clauses import Clause, clauses
from polku.text.emotions import likely, told
from polku.text.features import Features, features
from polku.text.language import UNKNOWN, Language, language
from polku.text.model import LANGUAGES, Model, shipped
from polku.text.phrases import Token, tokens
from polku.text.redaction import Redacted, redacted
from polku.text.sentiment import Sentiment, of_features, shares
from polku.text.signals import NOTHING, Signals, signals
from polku.text.taxonomy import Taxonomy, shipped_taxonomy


@dataclass(frozen=True, slots=True)
class Mention:
    """A clause that speaks of an aspect, a touchpoint or both; characters `start` to `end` of the redacted text."""

    aspect: str | None
    touchpoint: str | None
    start: int
    end: int
    sentiment: Sentiment


@dataclass(frozen=True, slots=True)
class Analysis:
    """What one comment says. `sentiment` is None, and nothing else is told, in languages that no model knows."""

    language: Language
    redacted: Redacted
    sentiment: Sentiment | None
    emotions: dict[str, float]
    signals: Signals
    mentions: tuple[Mention, ...]


def analyzed(
    texts: Sequence[str],
    *,
    expected: str | None = None,
    taxonomy: Taxonomy | None = None,
    models: dict[str, Model] | None = None,
) -> list[Analysis]:
    """Analyse comments: language, personal data out, sentiment, emotions, effort, urgency, level, aspects.

    `expected` is the language that the comments were asked in ("fi" or "en"): a text that is too short to tell is
    taken to be in it. `models` by language replace the shipped sentiment (see `polku.text.learning`). All that is
    told is told of the text without personal data.
    """
    taxonomy = taxonomy or shipped_taxonomy()
    results = [_unread(text, expected) for text in texts]
    for code in LANGUAGES:
        at = [i for i, r in enumerate(results) if r.language.code == code]
        model = (models or {}).get(code, shipped(code))
        read = _read([results[i] for i in at], code, taxonomy, model) if at else []
        for i, analysis in zip(at, read, strict=True):
            results[i] = analysis
    return results


def neutral_shares(texts: Sequence[str]) -> dict[str, float]:
    """The share of neutral ones among comments by language, found from the comments (see `neutral_share`)."""
    spoken = [language(text).code for text in texts]
    found = {}
    for code in LANGUAGES:
        of_language = features([text for text, said in zip(texts, spoken, strict=True) if said == code])
        found[code] = neutral_share(shares(of_language, shipped(code))[:, 1], code)
    return found


def _unread(text: str, expected: str | None) -> Analysis:
    without = redacted(text)
    spoken = language(without.text)
    if spoken.code == UNKNOWN and expected in LANGUAGES and any(c.isalpha() for c in without.text):
        spoken = Language(expected, spoken.share)
    return Analysis(spoken, without, None, {}, NOTHING, ())


@dataclass(frozen=True, slots=True)
class _Spoken:
    """A clause, which comment it is of, and what it speaks of."""

    comment: int
    clause: Clause
    aspects: tuple[str, ...]
    touchpoints: tuple[str, ...]


def reread(
    texts: Sequence[str], language: str, *, taxonomy: Taxonomy, model: Model
) -> list[tuple[Sentiment, tuple[Mention, ...]]]:
    """The sentiment and the mentions of texts without personal data, in one of LANGUAGES: what a changed taxonomy or
    another model may tell differently."""
    return _felt_and_spoken(
        texts, features(texts), [tokens(t, language) for t in texts], language, taxonomy, model
    )


def _felt_and_spoken(
    texts: Sequence[str],
    of_all: Features,
    words: list[list[Token]],
    code: str,
    taxonomy: Taxonomy,
    model: Model,
) -> list[tuple[Sentiment, tuple[Mention, ...]]]:
    feelings = of_features(of_all, model)
    spoken = [s for i, text in enumerate(texts) for s in _spoken(i, text, words[i], code, taxonomy)]
    mentions = _mentions(spoken, len(texts), model)
    return [(feeling, tuple(of_text)) for feeling, of_text in zip(feelings, mentions, strict=True)]


def _read(unread: list[Analysis], code: str, taxonomy: Taxonomy, model: Model) -> list[Analysis]:
    texts = [a.redacted.text for a in unread]
    of_all = features(texts)
    felt = likely(of_all, shipped(code))
    words = [tokens(text, code) for text in texts]
    told_of = _felt_and_spoken(texts, of_all, words, code, taxonomy, model)
    return [
        replace(
            a,
            sentiment=feeling,
            emotions=told(felt[i]),
            signals=signals(words[i], code),
            mentions=mentions,
        )
        for i, (a, (feeling, mentions)) in enumerate(zip(unread, told_of, strict=True))
    ]


def _spoken(comment: int, text: str, words: Sequence[Token], code: str, taxonomy: Taxonomy) -> list[_Spoken]:
    """The clauses of a comment that speak of something in the taxonomy."""
    parts = clauses(text)
    starts = np.array([w.start for w in words])
    bounds = np.searchsorted(starts, [c.start for c in parts] + [len(text) + 1])
    made = []
    for clause, first, end in zip(parts, bounds[:-1], bounds[1:], strict=True):
        aspects, touchpoints = taxonomy.matches(words[first:end], code)
        if aspects or touchpoints:
            made.append(_Spoken(comment, clause, aspects, touchpoints))
    return made


@dataclass(frozen=True, slots=True)
class SpokenOf:
    """A clause that speaks of something, and the phrases that tell it; characters `start` to `end` of the text."""

    start: int
    end: int
    aspects: tuple[str, ...]
    touchpoints: tuple[str, ...]
    phrases: tuple[str, ...]


def spoken_of(text: str, language: str, taxonomy: Taxonomy) -> tuple[SpokenOf, ...]:
    """What a text in one of LANGUAGES speaks of, without how it is felt."""
    words = tokens(text, language)
    told = []
    for clause in clauses(text):
        inside = [w for w in words if clause.start <= w.start < clause.end]
        found = taxonomy.found(inside, language)
        aspects, touchpoints = (tuple(dict.fromkeys(f.name for f in of_group)) for of_group in found)
        phrases = tuple(dict.fromkeys(f.phrase for of_group in found for f in of_group))
        if phrases:
            told.append(SpokenOf(clause.start, clause.end, aspects, touchpoints, phrases))
    return tuple(told)


def _mentions(spoken: list[_Spoken], comments: int, model: Model) -> list[list[Mention]]:
    """Mentions of each comment: a clause with aspects and touchpoints speaks of each aspect at each touchpoint."""
    made: list[list[Mention]] = [[] for _ in range(comments)]
    feelings = of_features(features([s.clause.text for s in spoken]), model)
    for s, feeling in zip(spoken, feelings, strict=True):
        for aspect in s.aspects or (None,):
            for touchpoint in s.touchpoints or (None,):
                made[s.comment].append(Mention(aspect, touchpoint, s.clause.start, s.clause.end, feeling))
    return made
