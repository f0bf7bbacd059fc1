"""Which of eight emotions a text has (Plutchik's: those of the XED corpus)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from polku.text.features import Features, features
from polku.text.model import Model, heads, probabilities, shipped

EMOTIONS = ("anger", "anticipation", "disgust", "fear", "joy", "sadness", "surprise", "trust")
FELT = 0.2
"""From which probability on an emotion is told: then about as many are told as people marked in XED."""


def emotions(texts: Sequence[str], language: str) -> list[dict[str, float]]:
    """Of each text the emotions told by the shipped model of `language` ("fi" or "en"), likeliest first, with their
    calibrated probabilities. A text may have several, or none."""
    return of_features(features(texts), shipped(language))


def of_features(texts: Features, model: Model) -> list[dict[str, float]]:
    return [told(row) for row in likely(texts, model)]


def likely(texts: Features, model: Model) -> npt.NDArray[np.float64]:
    """(texts, 8): the probability of each of EMOTIONS."""
    return probabilities(model.log_odds(texts)[:, heads(model, EMOTIONS)])


def told(row: npt.NDArray[np.float64]) -> dict[str, float]:
    return {EMOTIONS[k]: float(row[k]) for k in np.argsort(-row, kind="stable") if row[k] >= FELT}
