"""Inference: every estimated number is an `Estimate`."""

from polku.stats.difference import difference_of_proportions, p_of_difference
from polku.stats.estimate import (
    FEWEST,
    Estimate,
    clustered_mean,
    median_of_histogram,
    proportion,
    quantile_of_histogram,
)
from polku.stats.several import adjusted_for_several

__all__ = [
    "FEWEST",
    "Estimate",
    "adjusted_for_several",
    "clustered_mean",
    "difference_of_proportions",
    "median_of_histogram",
    "p_of_difference",
    "proportion",
    "quantile_of_histogram",
]
