"""Inference: every estimated number is an `Estimate`."""

from polku.stats.clustered_proportion import clustered_proportion
from polku.stats.difference import Difference
from polku.stats.estimate import FEWEST, Estimate, clustered_mean, proportion
from polku.stats.false_discovery import CLEAR, evidence, false_discovery
from polku.stats.histogram import median_of_histogram, quantile_of_histogram
from polku.stats.jackknife import delete_a_group, ratio_of_groups, share_within
from polku.stats.ranks import Ranks, quantile_ranks
from polku.stats.two_means import Sums, two_means
from polku.stats.two_proportions import Shared, two_proportions
from polku.stats.witten_bell import backed_off, witten_bell

__all__ = [
    "CLEAR",
    "FEWEST",
    "Difference",
    "Estimate",
    "Ranks",
    "Shared",
    "Sums",
    "backed_off",
    "clustered_mean",
    "clustered_proportion",
    "delete_a_group",
    "evidence",
    "false_discovery",
    "median_of_histogram",
    "proportion",
    "quantile_of_histogram",
    "quantile_ranks",
    "ratio_of_groups",
    "share_within",
    "two_means",
    "two_proportions",
    "witten_bell",
]
