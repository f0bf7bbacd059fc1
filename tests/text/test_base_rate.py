"""The share of neutral comments is found without labels, and the models follow it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from polku.text.base_rate import MOST, USUAL, at_share, neutral_share
from polku.text.features import features
from polku.text.model import shipped
from polku.text.sentiment import shares

REVIEWS = [
    "Palautus onnistui helposti ja rahat tulivat tilille kahdessa päivässä.",
    "Hinta-laatusuhde kohdillaan, tilaan varmasti toistekin.",
    "Puhelinpalveluun jonotin 45 minuuttia ja sitten linja katkesi.",
    "Luvattu toimitusaika ei pitänyt paikkaansa.",
]


def made(rng: np.random.Generator, n: int, share: float) -> np.ndarray:
    """What a calibrated model that takes half to be neutral says of n texts of which a share is."""
    truth = rng.random(n) < share
    log_odds = rng.normal(np.where(truth, 1.0, -1.0), np.sqrt(2.0))  # calibrated: mean ±v/2, variance v
    return 1 / (1 + np.exp(-log_odds))


@pytest.mark.parametrize("share", [0.05, 0.2, 0.35, 0.45])
def test_a_planted_share_is_found(share: float) -> None:
    found = [neutral_share(made(np.random.default_rng(seed), 4_000, share), "fi") for seed in range(20)]
    assert np.mean(found) == pytest.approx(share, abs=0.02)
    assert np.std(found) < 0.03


def test_many_neutral_ones_are_taken_as_half() -> None:
    assert neutral_share(made(np.random.default_rng(1), 4_000, 0.8), "fi") == MOST


def test_few_comments_have_the_usual_share() -> None:
    assert neutral_share(np.zeros(0), "en") == USUAL
    assert neutral_share(made(np.random.default_rng(1), 5, 0.9), "fi") == pytest.approx(USUAL, abs=0.08)


@given(st.lists(st.floats(0, 1), max_size=50))
def test_it_is_a_share_whatever_is_given(neutral: list[float]) -> None:
    assert 0 < neutral_share(np.array(neutral), "en") <= MOST


def test_a_model_follows_the_share_and_nothing_but_neutrality_moves() -> None:
    texts = features(REVIEWS)
    half = shares(texts, shipped("fi"))
    assert np.allclose(shares(texts, at_share(shipped("fi"), "fi", 0.5)), half)
    few = shares(texts, at_share(shipped("fi"), "fi", 0.25))
    assert np.all(few[:, 1] < half[:, 1])
    assert np.allclose(
        few[:, 2] / few[:, [0, 2]].sum(axis=1), half[:, 2] / half[:, [0, 2]].sum(axis=1), atol=1e-6
    )
    # Bayes: odds of neutral at another base rate are those at half, times the odds of that rate
    odds = half[:, 1] / (1 - half[:, 1]) * 0.25 / 0.75
    assert np.allclose(few[:, 1], odds / (1 + odds), atol=1e-6)


def test_reviews_are_told_as_they_are_meant() -> None:
    told = shares(features(REVIEWS), at_share(shipped("fi"), "fi", USUAL)).argmax(axis=1)
    assert told.tolist() == [2, 2, 0, 0]
