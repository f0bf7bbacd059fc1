"""Inference: every estimated number is an `Estimate`."""

from polku.stats.estimate import FEWEST, Estimate, clustered_mean, median_of_histogram, proportion
from polku.stats.jackknife import delete_a_group, ratio_of_groups
from polku.stats.witten_bell import backed_off, witten_bell

__all__ = [
    "FEWEST",
    "Estimate",
    "backed_off",
    "clustered_mean",
    "delete_a_group",
    "median_of_histogram",
    "proportion",
    "ratio_of_groups",
    "witten_bell",
]
