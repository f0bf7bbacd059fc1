"""Journeys that are alike: spherical k-means over what they meet and do, and how sure one is of the types."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from scipy import sparse

from polku.journeys.types.kernels import divide, likeness_to

MOST_TYPES: Final = 8
LOOKED_AT: Final = 1_200
"""So many journeys decide how many types there are, and how sure one is of them."""
STRONG: Final = 0.8
"""Types are borne out by other journeys from this prediction strength on (Tibshirani & Walther 2005)."""
NO_STRUCTURE: Final = 0.25
"""A smaller silhouette means that there is none to speak of (Kaufman & Rousseeuw 1990)."""
_ROUNDS: Final = 25
_STARTS: Final = 3
_HALVINGS: Final = 3

Floats = npt.NDArray[np.float64]
Labels = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Features:
    """Journeys by what they meet and do: those of journey i are `features[ends[i − 1]:ends[i]]`, each once, of `size`
    that there are."""

    ends: Labels
    features: npt.NDArray[np.int32]
    size: int


@dataclass(frozen=True, slots=True)
class Clustering:
    """`weights[d, k]`: how much feature d speaks for type k; `labels`: the type of each journey it was made of;
    `silhouette`, −1…1: how much nearer journeys are to their own type than to the next; `strength`, 0–1: how far other
    journeys of the same kind would be put together alike."""

    weights: npt.NDArray[np.float32]
    labels: Labels
    silhouette: float
    strength: float

    @property
    def types(self) -> int:
        return int(self.weights.shape[1])

    @property
    def is_distinct(self) -> bool:
        return self.silhouette >= NO_STRUCTURE and self.strength >= STRONG


def clustered(journeys: Features, types: int | None) -> Clustering:
    """The types that journeys fall into, the largest first.

    A feature weighs as much as it varies, √(p(1 − p)) where a share p of journeys has it: what all or hardly any do
    tells no types apart (inverse document frequency, which prizes the rare, found types of noise). Journeys are of
    length 1, the distance is the cosine's: k-means on the sphere (Dhillon & Modha 2001) from k-means++ seeds (Arthur &
    Vassilvitskii 2007). Without `types`, from 2 to 8: of those numbers that other journeys bear out (prediction
    strength), or of all if there are none, the one with the largest mean silhouette (Rousseeuw 1987). Always the same
    for the same journeys.
    """
    x, weight = _weighted(journeys)
    rng = np.random.default_rng(0)
    few = x[np.sort(rng.permutation(x.shape[0])[:LOOKED_AT])]
    choices = (types,) if types else range(2, min(MOST_TYPES, few.shape[0] // 2) + 1)
    with ThreadPoolExecutor(2) as pool:
        looks = dict(zip(choices, pool.map(lambda k: _look(few, k), choices), strict=True))
    best = max(looks, key=lambda k: (looks[k][0] >= STRONG, looks[k][1]))
    labels, centres = kmeans(x, best, rng, starts=_STARTS)
    order = np.argsort(-np.bincount(labels, minlength=best), kind="stable")
    weights = (centres[order] * weight).T.astype(np.float32)
    return Clustering(
        np.ascontiguousarray(weights), np.argsort(order)[labels], looks[best][1], looks[best][0]
    )


def _look(few: Any, types: int) -> tuple[float, float]:
    """How far so many types are borne out, and their silhouette; the same whichever are looked at beside."""
    rng = np.random.default_rng(types)
    return strength(few, types, rng), silhouette(few, kmeans(few, types, rng, starts=1)[0])


def strength(x: Any, types: int, rng: np.random.Generator) -> float:
    """The prediction strength of so many types (Tibshirani & Walther 2005): of two halves of the journeys, how many
    pairs of a type of one are together also by the types of the other, in the type that does worst; the median of
    several halvings."""
    found = []
    for _ in range(_HALVINGS):
        order = rng.permutation(x.shape[0])
        one, other = x[np.sort(order[: len(order) // 2])], x[np.sort(order[len(order) // 2 :])]
        predicted = np.asarray(other @ kmeans(one, types, rng, starts=2)[1].T).argmax(axis=1)
        labels = kmeans(other, types, rng, starts=2)[0]
        found.append(min(_together(predicted[labels == k], types) for k in range(types)))
    return float(np.median(found))


def _together(predicted: Labels, types: int) -> float:
    """The share of pairs that are of one type; 1 where there are no pairs."""
    n, counts = len(predicted), np.bincount(predicted, minlength=types)
    return float((counts * (counts - 1)).sum() / (n * (n - 1))) if n > 1 else 1.0


def kmeans(x: Any, k: int, rng: np.random.Generator, *, starts: int) -> tuple[Labels, Floats]:
    """The best of several: the type of each row (of length 1), and the types' centres (of length 1)."""
    tried = [_once(x, _seeds(x, k, rng)) for _ in range(starts)]
    return max(tried, key=lambda t: t[2])[:2]


def silhouette(x: Any, labels: Labels) -> float:
    """The mean silhouette of rows of length 1 by cosine distance; 0 where there is one type only."""
    kinds, labels = np.unique(labels, return_inverse=True)
    if len(kinds) < 2:
        return 0.0
    members = np.bincount(labels)
    one_hot = sparse.csr_matrix((np.ones(len(labels)), (labels, np.arange(len(labels)))))
    to_types = 1 - np.asarray((x @ (one_hot @ x).T).todense()) / members
    rows = np.arange(len(labels))
    # a row's distance to itself, 0, is not one to the others of its type
    own = to_types[rows, labels] * members[labels] / np.maximum(1, members[labels] - 1)
    to_types[rows, labels] = np.inf
    nearest = to_types.min(axis=1)
    each = np.where(members[labels] > 1, (nearest - own) / np.maximum(np.maximum(nearest, own), 1e-12), 0.0)
    return float(each.mean())


def _once(x: Any, centres: Floats) -> tuple[Labels, Floats, float]:
    found = np.zeros((centres.shape[1], MOST_TYPES))
    found[:, : len(centres)] = centres.T
    labels, near = divide(x.data, x.indices, x.indptr, found, len(centres), _ROUNDS)
    return labels, found[:, : len(centres)].T, float(near.sum())


def _seeds(x: Any, k: int, rng: np.random.Generator) -> Floats:
    chosen = [int(rng.integers(x.shape[0]))]
    nearest = np.full(x.shape[0], 2.0)
    for _ in range(k - 1):
        likeness = likeness_to(x.data, x.indices, x.indptr, chosen[-1], x.shape[1])
        nearest = np.minimum(nearest, np.maximum(0.0, 1.0 - likeness))
        total = nearest.sum()
        chosen.append(int(rng.choice(x.shape[0], p=nearest / total if total > 0 else None)))
    return np.asarray(x[chosen].todense())


def _weighted(journeys: Features) -> tuple[Any, Floats]:
    """The journeys as rows of length 1, and the weight of each feature."""
    starts = np.concatenate([np.zeros(1, np.int64), journeys.ends])
    shape = (len(journeys.ends), journeys.size)
    met = sparse.csr_matrix((np.ones(len(journeys.features)), journeys.features, starts), shape)
    share = np.bincount(met.indices, minlength=shape[1]) / shape[0]
    weight: Floats = np.sqrt(share * (1 - share))
    x = met @ sparse.diags(weight)
    lengths = np.sqrt(np.asarray(x.multiply(x).sum(axis=1)).ravel())
    return sparse.csr_matrix(sparse.diags(1 / np.maximum(lengths, 1e-12)) @ x), weight
