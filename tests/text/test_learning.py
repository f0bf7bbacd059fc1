"""Learning from own comments, and themes: what was planted is found again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from polku.errors import InvalidInput
from polku.text import Learned, learned, themes
from polku.text.learning import macro_f1

START = datetime(2026, 1, 1, tzinfo=UTC)
PLANTED = {
    "billing": (
        "the invoice {} was charged twice",
        "my bill shows {} wrong fees",
        "direct debit taken {} again",
    ),
    "delivery": ("parcel {} never arrived", "the courier left {} boxes outside", "shipment {} is late"),
    "login": ("password reset {} fails", "cannot log in {} times", "account locked {} today"),
}


def comments(n: int, labels: tuple[str, ...] = tuple(PLANTED)) -> tuple[list[str], list[str], list[datetime]]:
    rng = np.random.default_rng(3)
    given = [labels[i] for i in rng.integers(0, len(labels), n)]
    texts = [PLANTED[label][int(rng.integers(3))].format(f"w{i}") for i, label in enumerate(given)]
    return texts, given, [START + timedelta(hours=i) for i in range(n)]


def learn(n: int, **options: object) -> Learned:
    return learned(*comments(n), rng=np.random.default_rng(1), **options)  # type: ignore[arg-type]


def test_planted_reasons_are_learned_and_evaluated_on_the_latest() -> None:
    result = learn(400)
    assert result.why == ""
    assert result.evaluation is not None
    assert result.evaluation.n == 80
    assert result.evaluation.accuracy > 0.95 > 0.5 > result.evaluation.before
    assert result.told(["Where is my parcel? The courier never came"]) == ["delivery"]
    assert result.shares(["parcel", ""]).sum(axis=1) == pytest.approx([1, 1])


def test_few_comments_or_one_label_teach_nothing() -> None:
    few = learn(50)
    assert (few.model, few.why) == (None, "few")
    with pytest.raises(InvalidInput):
        few.told(["parcel"])
    same = learned(*comments(310, ("login",)), rng=np.random.default_rng(1))
    assert (same.model, same.why) == (None, "one_label")


def test_scores_without_a_pattern_leave_the_shipped_model() -> None:
    texts = [f"{'Surkea' if i % 2 else 'Loistava'} palvelu, tilaus {i}" for i in range(320)]
    labels = ["negative" if i % 2 else "positive" for i in range(320)]
    rng = np.random.default_rng(5)
    noisy = [labels[i] if i > 250 else str(rng.choice(["negative", "positive"])) for i in range(320)]
    when = [START + timedelta(hours=i) for i in range(320)]
    result = learned(texts, noisy, when, rng=rng, language="fi")
    assert result.evaluation is not None
    assert result.evaluation.before == 1
    assert result.model is None or result.evaluation.accuracy == 1


def test_a_correction_outweighs_the_label_that_came_along() -> None:
    texts, labels, when = comments(320)
    wrong = [(text, "login") for text in texts if text.startswith("shipment")]
    result = learned(texts, labels, when, rng=np.random.default_rng(1), corrections=wrong)
    assert result.told(["shipment w9999 is late"]) == ["login"]


def test_lengths_must_agree() -> None:
    with pytest.raises(InvalidInput):
        learned(["a"], ["x", "y"], [START], rng=np.random.default_rng(1))


def test_macro_f1_by_hand() -> None:
    truth, told = np.array([0, 0, 1, 2]), np.array([0, 1, 1, 1])
    assert macro_f1(truth, told, 4) == pytest.approx((2 / 3 + 2 / 4 + 0) / 3)


def test_planted_themes_are_found_and_named_by_their_words() -> None:
    texts, labels, _ = comments(90)
    found = themes(texts, "en", number=3)
    assert len(found.themes) == 3
    for theme in found.themes:
        of_theme = [labels[i] for i in theme.comments]
        assert max(of_theme.count(label) for label in PLANTED) >= 0.9 * len(of_theme)
    assert themes(texts, "en", number=3).themes == found.themes
    assert found.weights.shape == (90, 3)


def test_too_few_comments_have_no_themes() -> None:
    assert themes([], "fi").themes == ()
    assert themes(["Toimitus myöhästyi"] * 5, "fi").themes == ()
    assert themes(["!!!"] * 50, "fi").themes == ()
    assert len(themes(["Toimitus myöhästyi"] * 50, "fi").themes) <= 1
