"""Inference: every estimated number is an `Estimate`."""

from polku.stats.difference import Difference
from polku.stats.estimate import (
    FEWEST,
    Estimate,
    clustered_mean,
    median_of_histogram,
    proportion,
    quantile_of_histogram,
)
from polku.stats.false_discovery import CLEAR, false_discovery
from polku.stats.two_means import Sums, two_means
from polku.stats.two_proportions import Shared, two_proportions

__all__ = [
    "CLEAR",
    "FEWEST",
    "Difference",
    "Estimate",
    "Shared",
    "Sums",
    "clustered_mean",
    "false_discovery",
    "median_of_histogram",
    "proportion",
    "quantile_of_histogram",
    "two_means",
    "two_proportions",
]
