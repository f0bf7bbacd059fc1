"""What funnels say, in a sentence or two."""

from __future__ import annotations

from polku.i18n import gettext, ngettext, number, percent
from polku.journeys.asking.telling import length_in_words, lengths, said
from polku.journeys.funnel.results import DropoutsOfFunnel, FunnelOfJourneys, StepTimes


def of_funnel(funnel: FunnelOfJourneys, language: str) -> str:
    """How many get through, how soon, and where most are lost."""
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
                step=worst.step.name(language),
                lost=number(worst.lost),
            )
        )
    return said(sentences)


def spread(times: StepTimes) -> str:
    """How long it takes: a quarter, half and three quarters of those who get there."""
    return gettext(
        "Half take less than %(median)s (95%% interval %(interval)s), a quarter less than %(first)s and three "
        "quarters less than %(third)s.",
        median=length_in_words(times.median_s.estimate),
        interval=lengths(times.median_s.low, times.median_s.high),
        first=length_in_words(times.first_quartile_s.estimate),
        third=length_in_words(times.third_quartile_s.estimate),
    )


def of_dropouts(found: DropoutsOfFunnel, funnel: FunnelOfJourneys, at: int, language: str) -> str:
    """How many got to a step and no further."""
    step = funnel.steps[at - 1].step.name(language)
    if at == len(funnel.steps):
        return ngettext("%(num)s customer got through.", "%(num)s customers got through.", found.total)
    return ngettext(
        "%(num)s customer got to %(step)s and not to %(next)s.",
        "%(num)s customers got to %(step)s and not to %(next)s.",
        found.total,
        step=step,
        next=funnel.steps[at].step.name(language),
    )
