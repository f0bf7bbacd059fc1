"""What a funnel says, in a sentence or two."""

from __future__ import annotations

from polku.i18n import gettext, number, percent
from polku.journeys.asking.telling import said
from polku.journeys.funnel.results import FunnelOfJourneys


def of_funnel(funnel: FunnelOfJourneys, language: str) -> str:
    """How many get through, and where most are lost."""
    through = funnel.steps[-1]
    if through.of_first.estimate is None:
        return gettext("Too few begin to tell how many get through.")
    sentences = [
        gettext(
            "%(share)s ± %(half)s of those who begin get through all %(steps)s steps.",
            share=percent(through.of_first.estimate, 1),
            half=number((through.of_first.half_width or 0) * 100, 1),
            steps=number(len(funnel.steps)),
        )
    ]
    worst = max(funnel.steps[1:], key=lambda s: s.lost, default=None)
    if worst is not None and worst.lost:
        sentences.append(
            gettext(
                "Most are lost before %(step)s: %(lost)s.",
                step=worst.touchpoint.name(language),
                lost=number(worst.lost),
            )
        )
    return said(sentences)
