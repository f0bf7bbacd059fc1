"""Two shares compared exactly, where observations are few."""

from __future__ import annotations

import numpy as np
from scipy import special

_AS_LIKELY = 1 + 1e-7
"""Tables as likely as the one observed count as such in spite of rounding."""


def fisher_exact(successes: tuple[int, int], n: tuple[int, int]) -> float:
    """How likely shares so unlike are where the two are alike: Fisher's exact test, two-sided.

    It adds the probabilities of all tables with the same margins that are not more likely than the observed one
    (Fisher 1935; Agresti, Categorical Data Analysis, 3rd ed., 3.5.1). Never too small, whatever the numbers; its time
    and memory grow with the smallest margin. Raises ValueError if successes are not within 0…n.

    >>> round(fisher_exact((1, 8), (10, 10)), 4)
    0.0055
    """
    if any(not 0 <= s <= m for s, m in zip(successes, n, strict=True)):
        raise ValueError(f"successes {successes} must be within 0…n of {n}")
    total, of_all = sum(n), sum(successes)
    first = np.arange(max(0, of_all - n[1]), min(n[0], of_all) + 1, dtype=np.float64)
    logs = _log_choose(n[0], first) + _log_choose(n[1], of_all - first)
    likely = np.exp(logs - _log_choose(total, np.array(float(of_all))))
    observed = likely[int(successes[0] - first[0])]
    return float(min(1.0, likely[likely <= observed * _AS_LIKELY].sum()))


def _log_choose(n: int, k: np.ndarray) -> np.ndarray:
    logs: np.ndarray = special.gammaln(n + 1) - special.gammaln(k + 1) - special.gammaln(n - k + 1)
    return logs
