"""What a metric is: what is asked, and what is made of the answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from polku.metrics.wording import Wording
from polku.stats import (
    Difference,
    Estimate,
    Weighed,
    net_share,
    scale_mean,
    two_net_shares,
    two_scale_means,
    two_weighed_shares,
    weighed,
    weighed_share,
)

Values = npt.NDArray[np.float64]
Answers = Sequence[Any] | npt.NDArray[Any]
"""One for each respondent: a number, or of a metric with several items as many numbers in the items' order. None and
NaN are no answer; who left an item out is not counted."""

Kind = Literal["net", "share", "mean"]


@dataclass(frozen=True, slots=True)
class Item:
    """One question of a metric, answered on the whole numbers from `low` to `high`."""

    key: str
    text: Wording
    low: int
    high: int
    low_label: Wording
    high_label: Wording


@dataclass(frozen=True, slots=True)
class Category:
    """Those respondents whose figure (see `Metric.figure`) is at least `low`, and below that of the category before."""

    key: str
    name: Wording
    low: float


@dataclass(frozen=True, slots=True)
class CategoryShare:
    category: Category
    count: int
    share: Estimate


@dataclass(frozen=True, slots=True)
class Measure:
    """One number told of the answers. `of` turns each respondent's figure into what is averaged, `low`…`high`.

    `kind` says what is averaged, and so which interval it has: signs −1, 0, 1 (net), 0 or 1 (share), or a place on a
    scale (mean). The average is told times `factor`.
    """

    key: str
    name: Wording
    kind: Kind
    low: float
    high: float
    of: Callable[[Values], Values]
    factor: float = 1.0

    def estimate(
        self, figures: Values, *, clusters: Answers | None = None, weights: Answers | None = None
    ) -> Estimate:
        values = self.of(figures)
        if self.kind == "net":
            told = net_share(values, weights=weights, clusters=clusters)
        elif self.kind == "share":
            told = weighed_share(values, weights=weights, clusters=clusters)
        else:
            told = scale_mean(values, self.low, self.high, weights=weights, clusters=clusters)
        return _times(told, self.factor)

    def difference(self, first: Weighed, second: Weighed) -> Difference:
        """Of two sides that were weighed by this measure's values."""
        if self.kind == "net":
            found = two_net_shares(first, second)
        elif self.kind == "share":
            found = two_weighed_shares(first, second)
        else:
            found = two_scale_means(first, second, self.low, self.high)
        return Difference(_times(found.difference, self.factor), found.p_value)


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric of the catalogue. `measures` are what it tells, the one it is known by first.

    `categories` are listed from the highest.

    `figure` makes one number of a respondent's answers (respondents × items to respondents); without one it is the
    answer to the only item. `low` and `high` are where figures lie; `source` names who defined it.
    """

    key: str
    name: Wording
    description: Wording
    source: str
    items: tuple[Item, ...]
    measures: tuple[Measure, ...]
    low: float
    high: float
    categories: tuple[Category, ...] = ()
    figure: Callable[[Values], Values] | None = None

    @property
    def extent(self) -> tuple[float, float]:
        """The least and the most that the number can be that it is known by."""
        first = self.measures[0]
        return first.low * first.factor, first.high * first.factor

    def estimate(
        self, answers: Answers, *, clusters: Answers | None = None, weights: Answers | None = None
    ) -> Estimate:
        """The metric with its 95% interval.

        `clusters` says which customer gave each answer, where some gave several; `weights` how much each counts.
        Raises ValueError for an answer off its scale.
        """
        figures, of = self._figures(answers)
        return self.measures[0].estimate(
            figures, clusters=_picked(clusters, of), weights=_picked(weights, of)
        )

    def told(
        self, answers: Answers, *, clusters: Answers | None = None, weights: Answers | None = None
    ) -> dict[str, Estimate]:
        """Every measure by its key, the one that the metric is known by first."""
        figures, of = self._figures(answers)
        who, heavy = _picked(clusters, of), _picked(weights, of)
        return {m.key: m.estimate(figures, clusters=who, weights=heavy) for m in self.measures}

    def shares(
        self, answers: Answers, *, clusters: Answers | None = None, weights: Answers | None = None
    ) -> tuple[CategoryShare, ...]:
        """How many respondents are in each category, and which share of all (0–1), the highest first."""
        figures, of = self._figures(answers)
        who, heavy = _picked(clusters, of), _picked(weights, of)
        told, below = [], np.inf
        for category in self.categories:
            inside = (figures >= category.low) & (figures < below)
            below = category.low
            share = weighed_share(inside, clusters=who, weights=heavy)
            told.append(CategoryShare(category, int(inside.sum()), share))
        return tuple(told)

    def side(
        self, answers: Answers, *, clusters: Answers | None = None, weights: Answers | None = None
    ) -> Weighed | None:
        """One side of a `difference`; None where nobody answered."""
        figures, of = self._figures(answers)
        if not len(figures):
            return None
        values = self.measures[0].of(figures)
        return weighed(values, clusters=_picked(clusters, of), weights=_picked(weights, of))

    def difference(self, first: Weighed | None, second: Weighed | None) -> Difference:
        """How much higher the first side is, with its interval, and how probable one as large is by chance alone."""
        if first is None or second is None:
            return Difference.unknown(sum(s.n for s in (first, second) if s), "no_observations")
        return self.measures[0].difference(first, second)

    @property
    def scale(self) -> tuple[float, float]:
        """The least and most of one answer that a response event carries: to the only item, else the figure."""
        return (self.items[0].low, self.items[0].high) if len(self.items) == 1 else (self.low, self.high)

    def score(self, answer: float | Sequence[float]) -> float:
        """One answer on −100…100, linear from its scale: how scores of all metrics are compared on the journey map.

        A number is the answer to the only item, or the figure of several; a sequence has an answer to each item.
        Raises ValueError for one off its scale.
        """
        (low, high), given = self.scale, answer
        if isinstance(given, Sequence):
            given, low, high = self.figure_of(given), self.low, self.high
        if not low <= given <= high:
            raise ValueError(f"{self.key} is {low:g} to {high:g}, not {given}")
        return (float(given) - low) / (high - low) * 200 - 100

    def figure_of(self, answers: Sequence[float]) -> float:
        """The figure of one respondent, from an answer to each item.

        Raises ValueError for one off its scale, or where an item was not answered.
        """
        figures, _ = self._figures([answers])
        if not len(figures):
            raise ValueError(f"an item of {self.key} was not answered")
        return float(figures[0])

    def _figures(self, answers: Answers) -> tuple[Values, npt.NDArray[np.int64]]:
        """The figure of each who answered every item, and which of `answers` it is of."""
        x = _as_table(answers, len(self.items))
        of = np.flatnonzero(~np.isnan(x).any(axis=1))
        x = x[of]
        for column, item in zip(x.T, self.items, strict=True):
            if len(column) and not (item.low <= column.min() and column.max() <= item.high):
                raise ValueError(f"answers to {item.key} must be within {item.low}…{item.high}")
        return (x[:, 0] if self.figure is None else self.figure(x)), of


def as_it_is(figures: Values) -> Values:
    return figures


def at_least(least: float) -> Callable[[Values], Values]:
    """1 for each figure that is at least so much, else 0."""
    return lambda figures: np.greater_equal(figures, least).astype(np.float64)


def _as_table(answers: Answers, items: int) -> Values:
    """Respondents × items, NaN where there is no answer."""
    if (
        isinstance(answers, np.ndarray)
        and answers.dtype.kind in "biuf"
        and answers.size == len(answers) * items
    ):
        return answers.astype(np.float64).reshape(-1, items)
    return np.array([_numbers(a, items) for a in answers], np.float64).reshape(-1, items)


def _numbers(answer: Any, items: int) -> list[float]:
    given = [answer] if items == 1 and np.ndim(answer) == 0 else answer
    if given is None or np.ndim(given) == 0:
        return [np.nan] * items
    if len(given) != items:
        raise ValueError(f"{len(given)} answers to {items} items")
    return [np.nan if a is None else float(a) for a in given]


def _picked(values: Answers | None, of: npt.NDArray[np.int64]) -> npt.NDArray[Any] | None:
    return None if values is None else np.asarray(values)[of]


def _times(e: Estimate, factor: float) -> Estimate:
    if factor == 1.0 or e.estimate is None or e.low is None or e.high is None:
        return e
    return Estimate(e.estimate * factor, e.low * factor, e.high * factor, e.n)
