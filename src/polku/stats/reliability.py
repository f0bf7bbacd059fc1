"""Whether items measure one thing."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import special

from polku.stats.estimate import FEWEST, Estimate


def cronbach_alpha(answers: npt.ArrayLike, *, level: float = 0.95) -> Estimate:
    """Cronbach's alpha (1951) of answers (respondents × items), at most 1; below 0 where items contradict each other.

    Those who left an item out (NaN) are not counted. Interval: (1 − α) / (1 − α̂) is F with n − 1 and
    (n − 1)(k − 1) degrees of freedom (Feldt, Psychometrika 30, 1965). Unknown with reason `too_few` when n < 5,
    `one_item` of a single one and `no_spread` where all answered alike.

    >>> e = cronbach_alpha([[1, 2], [2, 2], [3, 4], [4, 4], [5, 5]])
    >>> round(e.estimate, 4)
    0.9639
    """
    x = np.asarray(answers, np.float64)
    if x.ndim != 2 or x.shape[1] < 2:
        return Estimate.unknown(len(x), "one_item")
    x = x[~np.isnan(x).any(axis=1)]
    n, items = x.shape
    if n < FEWEST:
        return Estimate.unknown(n, "too_few" if n else "no_observations")
    total = float(x.sum(axis=1).var(ddof=1))
    if total == 0:
        return Estimate.unknown(n, "no_spread")
    alpha = items / (items - 1) * (1 - float(x.var(axis=0, ddof=1).sum()) / total)
    freedom = (n - 1, (n - 1) * (items - 1))
    low, high = (
        1 - (1 - alpha) * float(special.fdtri(*freedom, p)) for p in (0.5 + level / 2, 0.5 - level / 2)
    )
    return Estimate(alpha, low, high, n)
