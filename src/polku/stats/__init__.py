"""Inference: every estimated number is an `Estimate`."""

from polku.stats.clustered_proportion import clustered_proportion
from polku.stats.difference import Difference
from polku.stats.dirichlet import mean_intervals
from polku.stats.estimate import FEWEST, Estimate, clustered_mean, proportion
from polku.stats.false_discovery import CLEAR, evidence, false_discovery
from polku.stats.histogram import median_of_histogram, quantile_of_histogram
from polku.stats.hybrid import hybrid
from polku.stats.jackknife import delete_a_group, ratio_of_groups, share_within
from polku.stats.kaplan_meier import Survival, TimeTaken, kaplan_meier
from polku.stats.raking import Raked, rake
from polku.stats.ranks import Ranks, quantile_ranks
from polku.stats.reliability import cronbach_alpha
from polku.stats.scale_mean import NET, net_share, of_scale, scale_mean, weighed_share
from polku.stats.shrinkage import Shrunk, shrink
from polku.stats.swings import Swings, beyond_swings, swings
from polku.stats.two_means import Sums, two_means
from polku.stats.two_proportions import Shared, two_proportions
from polku.stats.two_scale_means import two_net_shares, two_scale_means, two_weighed_shares
from polku.stats.weighed import Weighed, effective_n, weighed
from polku.stats.witten_bell import backed_off, witten_bell

__all__ = [
    "CLEAR",
    "FEWEST",
    "NET",
    "Difference",
    "Estimate",
    "Raked",
    "Ranks",
    "Shared",
    "Shrunk",
    "Sums",
    "Survival",
    "Swings",
    "TimeTaken",
    "Weighed",
    "backed_off",
    "beyond_swings",
    "clustered_mean",
    "clustered_proportion",
    "cronbach_alpha",
    "delete_a_group",
    "effective_n",
    "evidence",
    "false_discovery",
    "hybrid",
    "kaplan_meier",
    "mean_intervals",
    "median_of_histogram",
    "net_share",
    "of_scale",
    "proportion",
    "quantile_of_histogram",
    "quantile_ranks",
    "rake",
    "ratio_of_groups",
    "scale_mean",
    "share_within",
    "shrink",
    "swings",
    "two_means",
    "two_net_shares",
    "two_proportions",
    "two_scale_means",
    "two_weighed_shares",
    "weighed",
    "weighed_share",
    "witten_bell",
]
