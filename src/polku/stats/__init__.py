"""Inference: every estimated number is an `Estimate`."""

from polku.stats.clustered_proportion import clustered_proportion
from polku.stats.estimate import FEWEST, Estimate, clustered_mean, proportion
from polku.stats.histogram import median_of_histogram, quantile_of_histogram
from polku.stats.two_proportions import Difference, difference_of_proportions

__all__ = [
    "FEWEST",
    "Difference",
    "Estimate",
    "clustered_mean",
    "clustered_proportion",
    "difference_of_proportions",
    "median_of_histogram",
    "proportion",
    "quantile_of_histogram",
]
