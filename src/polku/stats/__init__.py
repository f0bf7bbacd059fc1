"""Inference: every estimated number is an `Estimate`."""

from polku.stats.clustered_proportion import clustered_proportion
from polku.stats.estimate import FEWEST, Estimate, clustered_mean, proportion
from polku.stats.false_discovery import benjamini_hochberg
from polku.stats.fisher import fisher_exact
from polku.stats.histogram import median_of_histogram, quantile_of_histogram
from polku.stats.ranks import Ranks, quantile_ranks
from polku.stats.two_proportions import Difference, difference_of_proportions

__all__ = [
    "FEWEST",
    "Difference",
    "Estimate",
    "Ranks",
    "benjamini_hochberg",
    "clustered_mean",
    "clustered_proportion",
    "difference_of_proportions",
    "fisher_exact",
    "median_of_histogram",
    "proportion",
    "quantile_of_histogram",
    "quantile_ranks",
]
