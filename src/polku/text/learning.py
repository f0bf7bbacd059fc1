"""Learning from a company's own comments: scores that came with them, reasons that people gave them, corrections.

Evaluated as it will be used: trained on the earlier comments, asked about the latest. scikit-learn is imported when
something is learned.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import numpy.typing as npt

from polku.errors import InvalidInput
from polku.text.features import BUCKETS, Features, features
from polku.text.fitting import Column, Fitted, fitted
from polku.text.model import Model, customers_heads, heads, probabilities, quantized, shipped

FEWEST = 300
"""Below so many labelled comments the shipped model is no worse than what could be learned."""
FEWEST_OF_LABEL = 10
LATEST = 0.2
"""The share of comments, the latest, that a model is evaluated on."""
CORRECTION = 5.0
"""How many comments a person's correction weighs: it was looked at, a score was only given along."""
STRENGTH, STRENGTH_OF_MANY = 10.0, 0.1
_STEPS = np.arange(-2.0, 2.01, 0.2)


@dataclass(frozen=True, slots=True)
class Evaluation:
    """How often labels are told right of the latest comments (`n`) by a model of the earlier ones; `before` is what the
    shipped model tells right of them, or the most frequent label where no model is shipped. Shares are 0–1."""

    n: int
    accuracy: float
    macro_f1: float
    before: float


@dataclass(frozen=True, slots=True)
class Learned:
    """`model` has a head for each of `labels`; None where nothing was learned, and `why` says it: `few` (too few
    comments), `one_label` (all alike), `no_better` (than what was there before), or "" where a model was learned.
    `offsets` are added to the log shares of labels when one is chosen, so that rare labels are told too."""

    labels: tuple[str, ...]
    model: Model | None
    evaluation: Evaluation | None
    why: str
    n: int
    offsets: tuple[float, ...] = ()

    def shares(self, texts: Sequence[str]) -> npt.NDArray[np.float64]:
        """(texts, labels): how likely each label is; rows sum to 1. Raises InvalidInput when nothing was learned."""
        if self.model is None:
            raise InvalidInput(
                "Nothing has been learned of %(n)s comments. Give at least %(fewest)s with labels of two kinds.",
                n=self.n,
                fewest=FEWEST,
            )
        return _shares(self.model.log_odds(features(texts)))

    def told(self, texts: Sequence[str]) -> list[str]:
        """The label of each text: of two labels the likeliest, of more with `offsets` for the rare ones."""
        shares = self.shares(texts)
        return [self.labels[k] for k in _chosen(np.log(shares), self.offsets)]


def learned(
    comments: Sequence[str],
    labels: Sequence[str],
    when: Sequence[datetime],
    *,
    rng: np.random.Generator,
    language: str | None = None,
    corrections: Sequence[tuple[str, str]] = (),
    fewest: int = FEWEST,
) -> Learned:
    """Learn to tell the label of a comment: who is a promoter or a detractor, or which reason a complaint has.

    With `language` ("fi" or "en") and the labels "negative" and "positive" (and perhaps "neutral") the shipped model is
    built on, and kept when the latest comments show that what was learned is no better. `corrections` are (comment,
    label) of a person; a corrected comment counts by its correction only. Raises InvalidInput when lengths differ.
    """
    if not len(comments) == len(labels) == len(when):
        raise InvalidInput(
            "Each comment needs a label and a time: there are %(comments)s comments, %(labels)s labels, "
            "%(times)s times.",
            comments=len(comments),
            labels=len(labels),
            times=len(when),
        )
    corrected = dict(corrections)
    order = sorted((i for i, c in enumerate(comments) if c not in corrected), key=lambda i: when[i])
    texts = [comments[i] for i in order] + list(corrected)
    given = [labels[i] for i in order] + list(corrected.values())
    shares = np.array([1.0] * len(order) + [CORRECTION] * len(corrected))
    names = tuple(
        sorted({n for n in given if given.count(n) >= FEWEST_OF_LABEL} if len(given) < 1_000 else set(given))
    )
    if len(texts) < fewest:
        return Learned(names, None, None, "few", len(texts))
    if len(names) < 2:
        return Learned(names, None, None, "one_label", len(texts))
    kept = np.array([i for i, label in enumerate(given) if label in names])
    task = _Task([texts[i] for i in kept], [given[i] for i in kept], shares[kept], names, language)
    evaluation = task.evaluated(rng)
    if evaluation.accuracy < evaluation.before:
        return Learned(names, None, evaluation, "no_better", len(texts))
    model, offsets = task.model(np.arange(len(kept)), rng)
    return Learned(names, model, evaluation, "", len(texts), offsets)


def polarity_model(told: Learned, language: str) -> Model:
    """What was learned of "negative" and "positive" as a model of sentiment: its one head tells what `told` would, the
    neutral ones are told by the shipped model. Raises InvalidInput when nothing was learned of these two."""
    if told.model is None or set(told.labels) != {"negative", "positive"}:
        raise InvalidInput(
            "Nothing has been learned of %(n)s comments. Give at least %(fewest)s with labels of two kinds.",
            n=told.n,
            fewest=FEWEST,
        )
    bad, good = heads(told.model, ("negative", "positive"))
    scales = told.model.scales.astype(np.float64)
    # Of two labels the likelier is that with the larger log odds; half their difference are the log odds of one head.
    weights = (told.model.weights[:, good] * scales[good] - told.model.weights[:, bad] * scales[bad]) / 2
    intercept = float(told.model.intercepts[good] - told.model.intercepts[bad]) / 2
    before = shipped(language)
    (at,) = customers_heads(before, ("neutral",))
    neutral = before.weights[:, at] * float(before.scales[at])
    return quantized(
        {"positive": weights, "neutral": neutral},
        {"positive": intercept, "neutral": float(before.intercepts[at])},
    )


class _Task:
    """Labelled texts in the order of time, corrections last."""

    def __init__(
        self,
        texts: list[str],
        labels: list[str],
        shares: Column,
        names: tuple[str, ...],
        language: str | None,
    ) -> None:
        self._labels = np.array([names.index(label) for label in labels])
        self._shares, self._names = shares, names
        self._features = features(texts)
        _, self._groups = np.unique(np.array(texts), return_inverse=True)
        self._prior: Model | None = None
        if language is not None and set(names) <= {"negative", "neutral", "positive"}:
            self._prior = _of_labels(shipped(language), names)

    def evaluated(self, rng: np.random.Generator) -> Evaluation:
        """Trained on the earlier four fifths, without comments of the same words as later ones; asked of the rest."""
        n = len(self._labels)
        latest = np.arange(n) >= int(n * (1 - LATEST))
        same = np.isin(self._groups, self._groups[latest])
        earlier = np.flatnonzero(~latest & ~same)
        at = np.flatnonzero(latest)
        truth = self._labels[at]
        asked = _some(self._features, at)
        most = np.bincount(self._labels[earlier], minlength=len(self._names)).argmax()
        before = self._prior.log_odds(asked).argmax(axis=1) if self._prior else np.full(len(at), most)
        model, offsets = self.model(earlier, rng)
        told = _chosen(np.log(_shares(model.log_odds(asked))), offsets)
        return Evaluation(
            len(at),
            float((told == truth).mean()),
            macro_f1(truth, told, len(self._names)),
            float((before == truth).mean()),
        )

    def model(self, at: npt.NDArray[np.int64], rng: np.random.Generator) -> tuple[Model, tuple[float, ...]]:
        """A head for each label, fitted on the texts `at`, and the offsets of labels."""
        part, labels, shares = _some(self._features, at), self._labels[at], self._shares[at]
        before = self._prior.log_odds(part) if self._prior else None
        many = len(self._names) > 2 and before is None
        weights, intercepts = {}, {}
        held_out = np.zeros((len(at), len(self._names)))
        for k, name in enumerate(self._names):
            yes = labels == k
            if yes.all() or not yes.any():
                weights[name], intercepts[name] = np.zeros(BUCKETS), 10.0 if yes.all() else -10.0
                held_out[:, k] = intercepts[name]
                continue
            head = fitted(
                part,
                yes,
                strength=STRENGTH_OF_MANY if many else STRENGTH,
                rng=rng,
                shares=shares,
                groups=self._groups[at],
                prior=None if before is None else before[:, k],
                balanced=many,
            )
            assert head.held_out is not None
            held_out[:, k] = head.held_out
            weights[name], intercepts[name] = self._with_prior(head, k)
        offsets = _offsets(np.log(_shares(held_out)), labels) if many else ()
        return quantized(weights, intercepts), offsets

    def _with_prior(self, head: Fitted, k: int) -> tuple[Column, float]:
        if self._prior is None:
            return head.weights, head.intercept
        of_prior = self._prior.weights[:, k] * float(self._prior.scales[k])
        intercept = head.intercept + head.of_prior * float(self._prior.intercepts[k])
        return head.weights + head.of_prior * of_prior, intercept


def _of_labels(model: Model, names: tuple[str, ...]) -> Model:
    """The shipped sentiment with heads of these names: positive against negative, its opposite, neutral."""
    at, signs = [], []
    for name in names:
        at += customers_heads(model, ["neutral" if name == "neutral" else "positive"])
        signs.append(-1 if name == "negative" else 1)
    turned = model.weights[:, at] * np.array(signs, np.int16)
    intercepts = model.intercepts[at] * np.array(signs, np.float32)
    return Model(names, np.ascontiguousarray(turned), model.scales[at], intercepts)


def _some(every: Features, at: npt.NDArray[np.int64]) -> Features:
    parts = [every.buckets[every.offsets[i] : every.offsets[i + 1]] for i in at]
    offsets = np.concatenate([[0], np.cumsum([len(p) for p in parts])]).astype(np.int64)
    return Features(np.concatenate([*parts, np.zeros(0, np.int32)]).astype(np.int32), offsets)


def _shares(log_odds: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Probabilities of one label against the others, made to sum to 1."""
    each = np.maximum(probabilities(log_odds), 1e-12)
    return np.asarray(each / each.sum(axis=1, keepdims=True))


def _chosen(log_shares: Column, offsets: tuple[float, ...]) -> npt.NDArray[np.int64]:
    return np.asarray((log_shares + np.array(offsets) if offsets else log_shares).argmax(axis=1))


def _offsets(log_shares: Column, truth: npt.NDArray[np.int64]) -> tuple[float, ...]:
    """What to add to each label's log share so that the macro-F1 of texts not fitted on is highest: one label after
    another, twice."""
    offsets = np.zeros(log_shares.shape[1])
    for k in [*range(len(offsets)), *range(len(offsets))]:
        tried = []
        for step in _STEPS:
            offsets[k] = step
            told = (log_shares + offsets).argmax(axis=1)
            tried.append(macro_f1(truth, told, len(offsets)))
        offsets[k] = _STEPS[int(np.argmax(tried))]
    return tuple(offsets.tolist())


def macro_f1(truth: npt.NDArray[np.int64], told: npt.NDArray[np.int64], labels: int) -> float:
    """The mean over labels of 2·both / (said + true): every label counts the same, however rare.

    A label that is neither said nor true is left out.
    """
    said, true = np.bincount(told, minlength=labels), np.bincount(truth, minlength=labels)
    both = np.bincount(truth[truth == told], minlength=labels)
    met = said + true > 0
    return float((2 * both[met] / (said + true)[met]).mean())
