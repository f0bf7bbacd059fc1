"""How many of a company's comments are neutral: shipped models take it to be a third or half, and in reviews few are.

A model's probabilities hold where kinds are as frequent as where it was made. Elsewhere how frequent they are is found
from the comments alone, without labels, by expectation–maximisation: M. Saerens, P. Latinne, C. Decaestecker (2002):
Adjusting the outputs of a classifier to new a priori probabilities. Neural Computation 14(1).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np
import numpy.typing as npt

from polku.text.model import Model, customers_heads, heads

TAKEN: Final = {"fi": 0.5, "en": 0.5}
"""The share of neutral texts that a language's models take. The English one is made for 35%, but says of what customers
write (tweets to airlines, of which 21% are neutral) what one made for half would."""
USUAL: Final = 0.25
"""Of customers' comments about so many are neutral, until they themselves tell."""
USUAL_WEIGHS: Final = 50
"""As many comments as the usual share counts for."""
MOST: Final = 0.5
"""With more, the few that are negative or positive would be told as neutral, and they are what matters."""


def neutral_share(neutral: npt.NDArray[np.float64], language: str) -> float:
    """The share of neutral ones among comments, 0–MOST; `neutral` is how likely each is by the language's model.

    Few comments have the usual share.
    """
    odds = np.clip(neutral, 1e-9, 1 - 1e-9)
    odds = odds / (1 - odds) * (1 - TAKEN[language]) / TAKEN[language]
    share = USUAL
    for _ in range(200):
        likely = odds * share / (odds * share + 1 - share)
        last, share = share, (likely.sum() + USUAL_WEIGHS * USUAL) / (len(odds) + USUAL_WEIGHS)
        if abs(share - last) < 1e-6:
            break
    return float(min(share, MOST))


def at_share(model: Model, language: str, share: float) -> Model:
    """A model of sentiment of a language for comments of which this share is neutral, between 0 and 1."""
    at = heads(model, ["neutral"]) + customers_heads(model, ["neutral"])
    intercepts = model.intercepts.copy()
    intercepts[list(set(at))] += np.log(share / (1 - share)) - np.log(TAKEN[language] / (1 - TAKEN[language]))
    return replace(model, intercepts=intercepts)
