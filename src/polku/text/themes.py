"""Themes that comments have by themselves: TF-IDF of lemmas and non-negative matrix factorisation."""

from __future__ import annotations

import functools
import itertools
import math
import warnings
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import numpy as np
import numpy.typing as npt

from polku.text.words import lemmas

FEWEST_COMMENTS = 20
"""Below this no themes are sought: a theme of a few comments is those comments."""
MOST_THEMES = 20
MOST_TERMS = 5_000
WORDS_IN_NAME = 3
BELONGS = 0.2
"""The share of a comment that a theme must have for the comment to belong to it."""


@dataclass(frozen=True, slots=True)
class Theme:
    """`name` is its most telling words; `words` more of them, most telling first; `comments` are indices of the texts
    that belong to it, most typical first; `share` is how many of all texts do (0–1)."""

    name: str
    words: tuple[str, ...]
    comments: tuple[int, ...]
    share: float


@dataclass(frozen=True, slots=True)
class Themes:
    """Themes from most to least met; `weights` is (texts, themes), of each text how much of it is each theme."""

    themes: tuple[Theme, ...]
    weights: npt.NDArray[np.float64]
    n: int


def themes(texts: Sequence[str], language: str, *, number: int | None = None) -> Themes:
    """Find themes in comments of one language ("fi" or "en"; words of others are taken as they are written).

    Without `number` there are √(n / 5) of n comments with words, from 2 to MOST_THEMES: 8 of 300, 20 of 2,000; fewer
    where two come out with the same most telling word. The same comments in the same order give the same themes:
    the factorisation starts from the singular vectors (NNDSVD), not from chance. scikit-learn is imported when first
    asked.
    """
    return themes_of_terms(theme_terms(texts, language), number=number)


def theme_terms(texts: Sequence[str], language: str) -> list[list[str]]:
    """Of each text its telling words, in dictionary form, and pairs of them that stand side by side."""
    stop = _stop_words()
    if language not in _LISTED:
        stop |= common_words([lemmas(text, language) for text in texts])
    return [_terms(text, language, stop) for text in texts]


def themes_of_terms(told: Sequence[Sequence[str]], *, number: int | None = None) -> Themes:
    """Themes of texts whose telling words are known; see `themes`."""
    spoken = [i for i, terms in enumerate(told) if terms]
    if len(spoken) < FEWEST_COMMENTS:
        return Themes((), np.zeros((len(told), 0)), len(spoken))
    matrix, terms = _tf_idf([told[i] for i in spoken])
    wanted = number or min(MOST_THEMES, max(2, math.isqrt(len(spoken) // 5)))
    wanted = min(wanted, len(terms), len(spoken))
    if wanted < 1:
        return Themes((), np.zeros((len(told), 0)), len(spoken))
    of_texts, of_terms = _factorised(matrix, wanted)
    of_texts, of_terms = _joined(of_texts, of_terms)
    return _named(of_texts, of_terms, terms, spoken, len(told))


def _terms(text: str, language: str, stop: frozenset[str]) -> list[str]:
    said = [w if len(w) > 2 and w not in stop else "" for w in lemmas(text, language)]
    pairs = [f"{a} {b}" for a, b in itertools.pairwise(said) if a and b]
    return [w for w in said if w] + pairs


def common_words(told: Sequence[Sequence[str]]) -> frozenset[str]:
    """Words that say nothing of what a text is about, in a language of which no list is known: those that are in many
    texts and stand beside ever other words. What is frequent and means something has few neighbours."""
    texts_with: Counter[str] = Counter(w for words in told for w in set(words))
    often = {w for w, n in texts_with.items() if n >= max(5, _COMMON * len(told))}
    beside: dict[str, set[str]] = {w: set() for w in often}
    times: Counter[str] = Counter()
    for words in told:
        for before, word, after in zip(["", *words], words, [*words[1:], ""], strict=False):
            if word in often:
                times[word] += 1
                beside[word] |= {before, after}
    return frozenset(
        w for w in often if len(w) <= _SHORT or len(beside[w]) >= _NEIGHBOURS * times[w] ** _GROWTH
    )


_LISTED = ("fi", "en")
_COMMON = 0.01
_SHORT = 3
_NEIGHBOURS, _GROWTH = 3.0, 0.75


@functools.cache
def _stop_words() -> frozenset[str]:
    lines = (files("polku.text") / "stop_words.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())


def _tf_idf(told: Sequence[Sequence[str]]) -> tuple[Any, list[str]]:
    from sklearn.feature_extraction.text import TfidfVectorizer

    vectorizer = TfidfVectorizer(
        analyzer=_as_given,
        min_df=max(2, len(told) // 500),
        max_df=0.5,
        max_features=MOST_TERMS,
        sublinear_tf=True,
    )
    try:
        matrix = vectorizer.fit_transform(told)
    except ValueError:  # every term is in too few comments or in too many
        return np.zeros((len(told), 0)), []
    return matrix, vectorizer.get_feature_names_out().tolist()


def _as_given(terms: Sequence[str]) -> Sequence[str]:
    return terms


def _factorised(matrix: Any, number: int) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    from sklearn.decomposition import NMF
    from sklearn.exceptions import ConvergenceWarning

    model = NMF(number, init="nndsvd", max_iter=300, tol=1e-3, random_state=0)
    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore", ConvergenceWarning
        )  # words of a theme settle long before its weights do
        return model.fit_transform(matrix), model.components_


def _joined(
    of_texts: npt.NDArray[np.float64], of_terms: npt.NDArray[np.float64]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Themes with the same most telling word are one; those without any word are none."""
    scale = of_terms.sum(axis=1)
    of_texts, of_terms = (
        of_texts[:, scale > 0] * scale[scale > 0],
        of_terms[scale > 0] / scale[scale > 0, None],
    )
    first = of_terms.argmax(axis=1)
    kept = sorted(set(first.tolist()))
    texts = np.stack([of_texts[:, first == k].sum(axis=1) for k in kept], axis=1)
    return texts, np.stack([of_terms[first == k].mean(axis=0) for k in kept])


def _named(
    of_texts: npt.NDArray[np.float64],
    of_terms: npt.NDArray[np.float64],
    terms: list[str],
    spoken: list[int],
    n: int,
) -> Themes:
    weights = np.zeros((n, of_texts.shape[1]))
    total = of_texts.sum(axis=1, keepdims=True)
    weights[spoken] = np.divide(of_texts, total, out=np.zeros_like(of_texts), where=total > 0)
    made: list[tuple[Theme, int]] = []
    for k in range(weights.shape[1]):
        belongs = np.flatnonzero(weights[:, k] >= BELONGS)
        strength = np.zeros(n)
        strength[spoken] = of_texts[:, k]
        typical = belongs[np.lexsort((belongs, -strength[belongs]))]
        words = tuple(terms[i] for i in np.argsort(-of_terms[k], kind="stable")[:10] if of_terms[k][i] > 0)
        theme = Theme(_name(words), words, tuple(typical.tolist()), len(belongs) / len(spoken))
        made.append((theme, k))
    made.sort(key=lambda pair: (-pair[0].share, pair[0].name))
    return Themes(tuple(t for t, _ in made), weights[:, [k for _, k in made]], len(spoken))


def _name(words: tuple[str, ...]) -> str:
    """The first words, none of which is part of another."""
    chosen: list[str] = []
    for word in words:
        if not set(word.split()) & {part for other in chosen for part in other.split()}:
            chosen.append(word)
    return ", ".join(chosen[:WORDS_IN_NAME])
