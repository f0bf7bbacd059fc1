"""Fitting a linear model over hashed features: naive-Bayes weighting, logistic regression, calibrated log odds.

Wang & Manning (2012), "Baselines and Bigrams": each feature is weighted by the log of how much likelier it is in one
class than in the other, then a regularised logistic regression is fitted. scikit-learn is imported when a model is
fitted, never when one is asked.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from polku.text.features import BUCKETS, Features
from polku.text.model import probabilities

Column = npt.NDArray[np.float64]
FOLDS = 5


@dataclass(frozen=True, slots=True)
class Fitted:
    """Log odds of yes: `Σ weights / √(number of features) + intercept + of_prior · prior`; weights is (BUCKETS,)."""

    weights: Column
    intercept: float
    of_prior: float = 0.0
    held_out: Column | None = None
    """Log odds of each text by a model that had not seen it."""


def fitted(
    features: Features,
    yes: npt.NDArray[np.bool_],
    *,
    strength: float,
    rng: np.random.Generator,
    shares: Column | None = None,
    groups: npt.NDArray[np.int64] | None = None,
    prior: Column | None = None,
    balanced: bool = False,
) -> Fitted:
    """Fit which texts are a yes; `strength` is the inverse of regularisation, `shares` the weight of each text,
    `prior` the log odds that another model gives each, stacked with what is fitted here (Wolpert 1992). `balanced` is
    for one label of many: a support vector machine on features weighted by rarity, for which a rare label counts
    as much as a frequent one.

    Calibrated by Platt's method on scores of texts that were not fitted on (five folds; equal `groups` stay together):
    the log odds are neither too sure nor too unsure. Raises ValueError when all texts are a yes, or none.
    """
    if yes.all() or not yes.any():
        raise ValueError("there must be texts of both kinds")
    shares = np.ones(len(yes)) if shares is None else shares
    groups = np.arange(len(yes)) if groups is None else groups
    before = np.zeros(len(yes)) if prior is None else prior
    matrix = _matrix(features)
    fit = _margin if balanced else _regression
    fold = rng.integers(0, FOLDS, int(groups.max()) + 1)[groups]
    scores = np.zeros(len(yes))
    for k in range(FOLDS):
        inside = fold != k
        if yes[inside].all() or not yes[inside].any():
            continue
        part = fit(matrix[inside], yes[inside], strength, shares[inside])
        scores[~inside] = matrix[~inside] @ part.weights + part.intercept
    # How much the words and the earlier model are worth beside each other shows only in texts that were not fitted on.
    slopes, offset = _platt(np.stack([scores, before], axis=1), yes, shares)
    whole = fit(matrix, yes, strength, shares)
    slope = max(float(slopes[0]), _LEAST_SLOPE)
    return Fitted(
        whole.weights * slope,
        whole.intercept * slope + offset,
        float(slopes[1]),
        scores * slope + before * float(slopes[1]) + offset,
    )


_LEAST_SLOPE = 0.05


def _matrix(features: Features) -> Any:
    from scipy.sparse import csr_matrix

    n = np.diff(features.offsets)
    values = np.repeat(1 / np.sqrt(np.maximum(n, 1)), n)
    return csr_matrix((values, features.buckets, features.offsets), shape=(len(features), BUCKETS))


def _regression(matrix: Any, yes: npt.NDArray[np.bool_], strength: float, shares: Column) -> Fitted:
    from sklearn.linear_model import LogisticRegression

    used = np.flatnonzero(np.bincount(matrix.indices, minlength=BUCKETS) >= _seen_at_least(len(yes)))
    of_yes, of_no = (_smoothed(matrix[side], shares[side])[used] for side in (yes, ~yes))
    ratio = np.log(of_yes / of_yes.sum()) - np.log(of_no / of_no.sum())
    weighted = matrix[:, used].multiply(ratio).tocsr()
    regression = LogisticRegression(C=strength, solver="liblinear", random_state=0)
    regression.fit(weighted, yes, sample_weight=shares)
    weights = np.zeros(BUCKETS)
    weights[used] = regression.coef_[0] * ratio
    return Fitted(weights, float(regression.intercept_[0]))


def _margin(matrix: Any, yes: npt.NDArray[np.bool_], strength: float, shares: Column) -> Fitted:
    from sklearn.svm import LinearSVC

    texts_with = np.bincount(matrix.indices, minlength=BUCKETS)
    used = np.flatnonzero(texts_with >= _seen_at_least(len(yes)))
    rarity = (np.log((1 + len(yes)) / (1 + texts_with[used])) + 1) / _USUAL_RARITY
    machine = LinearSVC(C=strength, class_weight="balanced", random_state=0)
    machine.fit(matrix[:, used].multiply(rarity).tocsr(), yes, sample_weight=shares)
    weights = np.zeros(BUCKETS)
    weights[used] = machine.coef_[0] * rarity
    return Fitted(weights, float(machine.intercept_[0]))


_USUAL_RARITY = 6.0  # keeps texts about as long as they are without it


def _seen_at_least(texts: int) -> int:
    return 2 if texts >= 1_000 else 1


def _smoothed(matrix: Any, shares: Column) -> Column:
    """In how many texts (by their weight) each bucket is, and one more."""
    of_text = np.repeat(shares, np.diff(matrix.indptr))
    return 1.0 + np.bincount(matrix.indices, weights=of_text, minlength=BUCKETS).astype(np.float64)


def _platt(scores: Column, yes: npt.NDArray[np.bool_], shares: Column) -> tuple[Column, float]:
    """Slopes and offset that make (texts, columns) of scores log odds (Platt 1999; by Newton's method, with a little
    ridge on the slopes: a column of zeros keeps slope 0)."""
    columns = np.hstack([scores, np.ones((len(yes), 1))])
    ridge = np.array([1e-3] * scores.shape[1] + [1e-9])
    found = np.array([1.0] + [0.0] * scores.shape[1])
    for _ in range(50):
        p = probabilities(columns @ found)
        curve = np.maximum(shares * p * (1 - p), 1e-12)
        gradient = columns.T @ (shares * (yes - p)) - ridge * found
        step = np.linalg.solve(columns.T @ (columns * curve[:, None]) + np.diag(ridge), gradient)
        found = found + step
        if np.abs(step).max() < 1e-8:
            break
    return found[:-1], float(found[-1])
