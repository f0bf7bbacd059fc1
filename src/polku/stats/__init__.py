"""Inference: every estimated number is an `Estimate`."""

from polku.stats.estimate import Estimate, clustered_mean, median_of_histogram, proportion

__all__ = ["Estimate", "clustered_mean", "median_of_histogram", "proportion"]
