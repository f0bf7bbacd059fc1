"""The catalogue of metrics: from answers to an estimate with its interval. One metric is one file."""

from polku.metrics.metric import Answers, Category, CategoryShare, Item, Measure, Metric, as_it_is, at_least
from polku.metrics.registry import ENTRY_POINTS, metric, metrics
from polku.metrics.wording import Wording

__all__ = [
    "ENTRY_POINTS",
    "Answers",
    "Category",
    "CategoryShare",
    "Item",
    "Measure",
    "Metric",
    "Wording",
    "as_it_is",
    "at_least",
    "metric",
    "metrics",
]
