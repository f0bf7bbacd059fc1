"""How much observations say that weigh unequally, or come several from one customer."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

Values = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Weighed:
    """Observations: `values`, how much each weighs (adding up to `n`), their mean, and the number of independent
    observations, all weighing the same, that would tell the mean as surely: `effective`, never more than `n`."""

    values: Values
    weights: Values
    n: int
    mean: float
    effective: float

    @property
    def masses(self) -> Values:
        """The weights, adding up to the effective number."""
        return self.weights * (self.effective / self.n)


def weighed(
    values: npt.ArrayLike,
    *,
    weights: npt.ArrayLike | None = None,
    clusters: npt.ArrayLike | None = None,
    level: float = 0.95,
) -> Weighed:
    """At least one observation, its `weights` (> 0 for at least one) and the `clusters` that it is of, any labels.

    The variance of the mean is that of a ratio over clusters, G/(G−1) · Σ(Σ w(x − x̄))² / (Σw)² (Cochran, Sampling
    Techniques, 3rd ed., 6.3; a weight that was raked to margins is taken as given). The effective number is the
    variance of the values divided by it, and by (t/z)² since so many clusters tell it (Korn & Graubard 1998). Where all
    values are alike it cannot be seen: then (Σw)² / Σw² of the clusters (Kish 1965).
    Raises ValueError for weights that are negative, not finite or all nothing, or of another length.
    """
    x = np.asarray(values, np.float64)
    n = len(x)
    if weights is None and clusters is None:
        return Weighed(x, np.ones(n), n, float(x.mean()), float(n))
    w = _checked(weights, n)
    mean = float((w * x).sum() / n)
    if clusters is None:
        of, groups = np.arange(n), n
    else:
        names, of = np.unique(np.asarray(clusters), return_inverse=True)
        groups = len(names)
        if len(of) != n:
            raise ValueError(f"{len(of)} clusters of {n} observations")
    residuals, totals = np.bincount(of, w * (x - mean)), np.bincount(of, w)
    spread = float((w * (x - mean) ** 2).sum() / n)
    if groups < 2 or spread < 1e-12 or not residuals.any():
        return Weighed(x, w, n, mean, min(n, effective_n(totals)))
    variance = groups / (groups - 1) * float((residuals**2).sum()) / n**2
    normal, student = special.ndtri(0.5 + level / 2), special.stdtrit(groups - 1, 0.5 + level / 2)
    return Weighed(x, w, n, mean, min(float(n), spread / variance * float(normal / student) ** 2))


def effective_n(weights: npt.ArrayLike) -> float:
    """(Σw)² / Σw²: as many that weigh the same say as much (Kish, Survey Sampling, 1965). 0 without any.

    >>> effective_n([1, 1, 1, 3])
    3.0
    """
    w = np.asarray(weights, np.float64)
    squares = float((w * w).sum())
    return float(w.sum()) ** 2 / squares if squares else 0.0


def _checked(weights: npt.ArrayLike | None, n: int) -> Values:
    w = np.ones(n) if weights is None else np.asarray(weights, np.float64)
    if len(w) != n or not np.isfinite(w).all() or (w < 0).any() or not w.any():
        raise ValueError(f"weights of {n} observations must be so many, finite, ≥ 0 and not all 0")
    return w * (n / math.fsum(w))
