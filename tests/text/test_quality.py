"""The shipped models on a part of the texts that they never saw; `python -m benchmarks listening` takes all of them.

The data is not part of the project: POLKU_REAL_DATA says where it is (default: ../shared/data).
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from benchmarks import corpora
from benchmarks.corpora import Labelled
from polku.text import LANGUAGES, language, sentiments
from polku.text.model import shipped

SAMPLE = 1_000


def held_out(name: str, read: Callable[[], list[Labelled]]) -> list[Labelled]:
    if not (corpora.DATA / name).exists():
        pytest.skip(f"no real data: {corpora.DATA / name} does not exist (POLKU_REAL_DATA says where it is)")
    return [x for x in read() if corpora.is_held_out(x.text) and x.polarity]


def share_right(texts: list[Labelled], code: str) -> float:
    told = sentiments([x.text for x in texts], code)
    return sum((t.balance > 0) == (x.polarity == 1) for t, x in zip(told, texts, strict=True)) / len(texts)


def test_finnish_sentences_held_out() -> None:
    texts = held_out("finnsentiment", corpora.finnsentiment)
    assert share_right(texts, "fi") >= 0.87
    plain = [Labelled(x.text.replace("ä", "a").replace("ö", "o"), x.polarity) for x in texts]
    assert share_right(plain, "fi") >= 0.87  # as is written on keyboards without these letters


def test_film_lines_held_out() -> None:
    assert share_right(held_out("xed", lambda: corpora.xed("fi")), "fi") >= 0.79
    assert share_right(held_out("xed", lambda: corpora.xed("en"))[:SAMPLE], "en") >= 0.75


def test_reviews_from_brazil_are_told_as_portuguese() -> None:
    name = "olist/olist_order_reviews_dataset.csv"
    if not (corpora.DATA / name).exists():
        pytest.skip(f"no real data: {corpora.DATA / name} does not exist (POLKU_REAL_DATA says where it is)")
    reviews = [
        r["review_comment_message"] for r in corpora.rows(name) if len(r["review_comment_message"]) > 20
    ]
    told = [language(text).code for text in reviews[:SAMPLE]]
    assert told.count("pt") / len(told) >= 0.98
    assert not set(told) & {"fi"}


def test_models_are_small_and_of_both_languages() -> None:
    for code in LANGUAGES:
        model = shipped(code)
        assert {"positive", "neutral", "joy"} <= set(model.names)
        assert abs(model.weights).max() > 100
