"""False alarms of themes: a year of comments in which nothing changes, looked at daily: `python -m benchmarks.alarms`.

Words are as frequent as in a language (Zipf), the number of comments goes up and down by week, and a tenth of the words
are more common in some weeks than in others, as words are.
"""

from __future__ import annotations

import sys

import numpy as np

from polku.feedback.rising import WEEK_S, WEEKS, rising
from polku.text import themes_of_terms

DAY_S = 86_400
DAYS = 365
WORDS = np.array([f"w{i}" for i in range(800)])
SHARES = 1 / np.arange(2, 802)


def main() -> None:
    a_day = float(sys.argv[1]) if len(sys.argv) > 1 else 25.0
    rng = np.random.default_rng(5)
    end = (DAYS + WEEKS * 7) * DAY_S
    n = int(rng.poisson(a_day * end / DAY_S))
    at = np.sort(rng.integers(0, end, n))
    # log-normal swings of single words from week to week: comments of one week have things in common
    swings = np.exp(rng.normal(0, 0.3, (end // WEEK_S + 1, len(WORDS))) * (rng.random(len(WORDS)) < 0.1))
    terms = []
    for t in at:
        shares = SHARES * swings[t // WEEK_S]
        terms.append(WORDS[rng.choice(len(WORDS), 6, p=shares / shares.sum())].tolist())
    looks = alarms = 0
    for day in range(WEEKS * 7, WEEKS * 7 + DAYS):
        low, high = np.searchsorted(at, [(day - WEEKS * 7) * DAY_S, day * DAY_S])
        told = terms[low:high]
        found = rising(
            told, themes_of_terms(told), list(range(low, high)), at[low:high].tolist(), day * DAY_S
        )
        looks, alarms = looks + 1, alarms + bool(found)
    print(f"{a_day:g} comments a day: {alarms} of {looks} looks found something")


if __name__ == "__main__":
    main()
