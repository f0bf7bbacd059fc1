"""What the shipped Finnish model tells of review-like sentences of our own, by what makes them hard."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from polku.text import sentiments

WRITTEN = tomllib.loads(Path(__file__).with_name("reviews_fi.toml").read_text(encoding="utf-8"))
LEAST = {
    "plain": 0.85, "denied": 0.85, "spoken": 0.9, "short": 0.85, "typos": 0.9, "mixed": 0.6, "long": 0.9, "apart": 0.73,
}  # fmt: skip
"""Shares told right, a little below what was measured: a model that tells less has lost something."""


def share_right(kind: str) -> float:
    told = [
        (feeling.balance > 0) == (label == "positive")
        for label, texts in WRITTEN[kind].items()
        for feeling in sentiments(texts, "fi")
    ]
    return sum(told) / len(told)


@pytest.mark.parametrize("kind", LEAST)
def test_good_and_bad_reviews_are_told_apart(kind: str) -> None:
    assert share_right(kind) >= LEAST[kind]


def test_what_says_neither_is_not_said_to_be_sure() -> None:
    feelings = sentiments(WRITTEN["neutral"]["neutral"], "fi")
    assert sum(max(f.negative, f.positive) < 0.7 for f in feelings) >= 0.7 * len(feelings)
