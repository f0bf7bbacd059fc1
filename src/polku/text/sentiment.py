"""Whether a text is negative, neutral or positive, and how surely."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np
import numpy.typing as npt

from polku.text.features import Features, features
from polku.text.model import Model, customers_heads, heads, probabilities, shipped

CUSTOMERS: Final = "customers"
"""The head that tells how likely it is that a customer wrote a text, rather than anybody else."""
_ASKED: Final = ("positive", "neutral")


class Polarity(StrEnum):
    NEGATIVE = "negative"
    NEUTRAL = "neutral"
    POSITIVE = "positive"


@dataclass(frozen=True, slots=True)
class Sentiment:
    """Calibrated probabilities of the three; they sum to 1."""

    negative: float
    neutral: float
    positive: float

    @property
    def label(self) -> Polarity:
        """The likeliest; neutral where two are equally likely."""
        most = max(self.negative, self.neutral, self.positive)
        if self.neutral == most or self.negative == self.positive:
            return Polarity.NEUTRAL
        return Polarity.POSITIVE if self.positive == most else Polarity.NEGATIVE

    @property
    def balance(self) -> float:
        """From −1 (surely negative) to 1 (surely positive)."""
        return self.positive - self.negative


def sentiments(texts: Sequence[str], language: str) -> list[Sentiment]:
    """The sentiment of each text by the shipped model of `language` ("fi" or "en").

    Probabilities hold for comments of which about half are neutral (the model card says how it was measured).

    >>> [s.label.value for s in sentiments(["Loistava palvelu, suosittelen!", "Surkea kokemus, en suosittele"], "fi")]
    ['positive', 'negative']
    """
    return of_features(features(texts), shipped(language))


def of_features(texts: Features, model: Model) -> list[Sentiment]:
    """The sentiment of texts whose features are known, by any model with the heads `positive` and `neutral`."""
    return [Sentiment(*row) for row in shares(texts, model).tolist()]


def shares(texts: Features, model: Model) -> npt.NDArray[np.float64]:
    """(texts, 3): probabilities of negative, neutral, positive.

    Of a model that knows what customers write, its log odds there and of texts of any kind are mixed by how likely a
    customer wrote it: matter-of-fact praise ("Asentaja tuli ajallaan") is praise from a customer.
    """
    every = model.log_odds(texts)
    told = every[:, heads(model, _ASKED)]
    if CUSTOMERS in model.names:
        theirs = probabilities(every[:, heads(model, [CUSTOMERS])])
        told = told + theirs * (every[:, customers_heads(model, _ASKED)] - told)
    return of_log_odds(told)


def of_log_odds(log_odds: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """(texts, 2) log odds of positive against negative, and of neutral against both, as (texts, 3) probabilities."""
    good, neutral = probabilities(log_odds).T
    return np.stack([(1 - neutral) * (1 - good), neutral, (1 - neutral) * good], axis=1)
