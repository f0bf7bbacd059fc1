"""Shares of observations that come in clusters."""

from __future__ import annotations

from scipy import special

from polku.stats.estimate import FEWEST, Estimate, wilson


def clustered_proportion(
    successes: int,
    n: int,
    *,
    clusters: int,
    sum_squares: float,
    sum_cross: float,
    sum_counts2: float,
    independent: int = 0,
    level: float = 0.95,
) -> Estimate:
    """Share of `n` observations that come in clusters, such as a profile's several starts, from sufficient sums.

    With s and m a cluster's successes and count: successes = Σs, n = Σm, sum_squares = Σs², sum_cross = Σs·m,
    sum_counts2 = Σm². Clusters may hold others (random groups of profiles; Wolter, Introduction to Variance
    Estimation, 2nd ed., 2). The interval is Wilson's with the effective number of observations: `n` divided by how
    much larger the variance of the ratio estimator over clusters (Cochran, Sampling Techniques, 3rd ed., 6.3) is
    than that of independent observations, with Student's t of clusters − 1 (Korn & Graubard 1998; compared by
    Franco, Little, Louis & Slud 2019). It is never more than `n`; where all or none succeed, so that no variance
    can be seen, it is the number of observations that are `independent` for sure, at least that of clusters.
    Unknown with reason `too_few` when n < 5 or there is one cluster.
    """
    if n < FEWEST or clusters < 2:
        return Estimate.unknown(n, "too_few" if n else "no_observations")
    p = successes / n
    squares = max(0.0, sum_squares - 2 * p * sum_cross + p * p * sum_counts2)
    variance = clusters / (clusters - 1) * squares / n**2
    if successes in (0, n) or variance == 0:
        effective = float(max(clusters, independent))
    else:
        normal, student = special.ndtri(0.5 + level / 2), special.stdtrit(clusters - 1, 0.5 + level / 2)
        effective = p * (1 - p) / variance * float(normal / student) ** 2
    return Estimate(p, *wilson(p, min(effective, float(n)), level), n)
