"""Many tests at once: how many of those that look clear may be chance."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import numpy as np

CLEAR: Final = 0.05
"""What is called clear: among all that is, at most this share is chance on average."""


def false_discovery(p_values: Sequence[float | None]) -> list[float | None]:
    """For each p-value its q-value: the least rate of false discoveries at which it counts as one.

    Benjamini & Hochberg (1995): of those with q ≤ 0.05 at most 5% are chance, on average, where the tests are
    independent or depend positively on each other. None is not a test and stays None.

    >>> [round(q, 3) for q in false_discovery([0.01, 0.04, 0.03, 0.5])]
    [0.04, 0.053, 0.053, 0.5]
    """
    tested = [i for i, p in enumerate(p_values) if p is not None]
    p = np.array([p_values[i] for i in tested], np.float64)
    order = np.argsort(p, kind="stable")
    scaled = p[order] * len(p) / np.arange(1, len(p) + 1)
    q = np.empty(len(p))
    q[order] = np.minimum(1.0, np.minimum.accumulate(scaled[::-1])[::-1])
    told: list[float | None] = [None] * len(p_values)
    for i, value in zip(tested, q.tolist(), strict=True):
        told[i] = value
    return told


def evidence(p_value: float | None) -> float:
    """How much a p-value says against chance, as −log₁₀ of it, at most 300; 0 where there was no test.

    Times the size of a difference it ranks what is both clear and large (Xiao et al. 2014, of genes).
    """
    return 0.0 if p_value is None else -math.log10(max(p_value, 1e-300))
