"""Small groups' distributions, drawn towards that of all as far as groups are alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy import special

Values = npt.NDArray[np.float64]

_LEAST: Final = 0.5


@dataclass(frozen=True, slots=True)
class Shrunk:
    """`shares` of each group (groups × categories) as they are best believed: as if `prior_n` answers distributed like
    all groups' had been added to each. `masses` are those and the group's own: its shares are Dirichlet(masses)."""

    shares: Values
    masses: Values
    prior_n: float
    common: Values


def shrink(counts: npt.ArrayLike) -> Shrunk:
    """Empirical Bayes of groups' counts (groups × categories; they may be effective numbers).

    Groups' shares are taken to be drawn from Dirichlet(prior_n · common), with `common` the shares of all answers, and
    `prior_n` found by maximum likelihood of the Dirichlet-multinomial (Mosimann 1962; Minka 2000), from 0.5 to the
    number of all answers: what is common is known no better than they tell it. The likelihood of few groups is flat:
    with fewer than two that have answers nothing is drawn anywhere.
    Raises ValueError for counts that are negative or all 0.
    """
    c = np.asarray(counts, np.float64)
    if c.ndim != 2 or (c < 0).any() or not c.any():
        raise ValueError("counts must be groups × categories, ≥ 0 and not all 0")
    common = c.sum(axis=0) / c.sum()
    answered = c[c.sum(axis=1) > 0]
    if len(answered) < 2:
        total = np.maximum(c.sum(axis=1, keepdims=True), 1.0)
        return Shrunk(np.where(c.sum(axis=1, keepdims=True) > 0, c / total, common), c, 0.0, common)
    from scipy import optimize  # takes a tenth of a second: every command and server would wait for it

    found = optimize.minimize_scalar(
        lambda log_n: -_log_likelihood(answered, np.exp(log_n) * common),
        bounds=(np.log(_LEAST), np.log(max(_LEAST, c.sum()))),
        method="bounded",
        options={"xatol": 1e-6},
    )
    prior_n = float(np.exp(found.x))
    masses = c + prior_n * common
    return Shrunk(masses / masses.sum(axis=1, keepdims=True), masses, prior_n, common)


def _log_likelihood(counts: Values, alpha: Values) -> float:
    a, c = alpha[alpha > 0], counts[:, alpha > 0]
    rising = special.gammaln(c + a) - special.gammaln(a)
    whole = special.gammaln(c.sum(axis=1) + a.sum()) - special.gammaln(a.sum())
    return float(rising.sum() - whole.sum())
