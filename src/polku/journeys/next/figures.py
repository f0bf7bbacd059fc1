"""The chart of what comes next."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from polku.charts import Figure, Share, shares
from polku.i18n import duration, gettext
from polku.journeys.next.headline import of_next
from polku.journeys.next.results import NextOfJourneys

MOST: Final = 10
"""So many of what may come next are drawn."""


def likely(answer: NextOfJourneys, language: str) -> Figure | None:
    """The likeliest of what may come next; None where nothing is told."""
    told = [s for s in answer.steps if s.probability.estimate is not None][:MOST]
    if not told:
        return None
    nothing = gettext("Nothing within %(time)s", time=duration(timedelta(seconds=answer.within_s)))
    return shares(
        title=gettext("What comes next"),
        description=of_next(answer, language),
        names_are=gettext("Touchpoint"),
        shares=[
            Share(
                s.touchpoint.name(language) if s.touchpoint else nothing,
                s.probability.estimate,
                s.probability.low,
                s.probability.high,
                s.probability.n,
            )
            for s in told
        ],
    )
