"""Inference: every estimated number is an `Estimate`."""

from polku.stats.estimate import FEWEST, Estimate, clustered_mean, median_of_histogram, proportion

__all__ = ["FEWEST", "Estimate", "clustered_mean", "median_of_histogram", "proportion"]
