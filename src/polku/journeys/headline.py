"""What a journey page says, in a sentence or two."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from polku.i18n import gettext, number, percent, signed
from polku.journeys.results import (
    FunnelOfJourneys,
    GraphOfJourneys,
    MapOfJourneys,
    StageOnMap,
    TouchpointOnMap,
)
from polku.stats import Estimate


def of_map(journeys: MapOfJourneys, language: str) -> str:
    """Where it feels best and worst, and where fewest go on."""
    sentences = [*_felt(journeys, language), *_narrowest(journeys.stages, language)]
    return _said(sentences)


def extremes(journeys: MapOfJourneys) -> tuple[TouchpointOnMap, TouchpointOnMap] | None:
    """The touchpoints that feel best and worst for sure: by the nearer end of the interval, so that a
    handful of answers does not win. None where the two cannot be told apart."""
    known = [t for t in journeys.touchpoints if t.score.estimate is not None]
    if len(known) < 2:
        return None
    best = max(known, key=lambda t: t.score.low or 0.0)
    worst = min((t for t in known if t is not best), key=lambda t: t.score.high or 0.0)
    return (best, worst) if _apart(worst.score, best.score) else None


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
    return _said(sentences)


def of_graph(graph: GraphOfJourneys, language: str) -> str:
    """The most frequent way from one touchpoint to another."""
    first = next((t for t in graph.transitions if t.came.key != t.went.key), None)
    if first is None or first.share.estimate is None:
        return ""
    sentence = gettext(
        "Most often %(came)s leads to %(went)s: %(share)s ± %(half)s of those who go on.",
        came=first.came.name(language),
        went=first.went.name(language),
        share=percent(first.share.estimate, 1),
        half=number((first.share.half_width or 0) * 100, 1),
    )
    return _said([sentence])


def _said(sentences: Sequence[str]) -> str:
    """One text, in which no line ends between a number and how sure it is."""
    return " ".join(sentences).replace(" ± ", "\u00a0±\u00a0")


def _felt(journeys: MapOfJourneys, language: str) -> list[str]:
    found = extremes(journeys)
    if found is None:
        known = sum(t.score.estimate is not None for t in journeys.touchpoints)
        return (
            [gettext("There are too few answers to tell which touchpoint feels best or worst.")]
            if known > 1
            else []
        )
    best, worst = found
    return [
        gettext(
            "%(best)s feels best (%(high)s), %(worst)s worst (%(low)s).",
            best=best.touchpoint.name(language),
            high=_score(best.score),
            worst=worst.touchpoint.name(language),
            low=_score(worst.score),
        )
    ]


def _narrowest(stages: tuple[StageOnMap, ...], language: str) -> list[str]:
    steps = [(s.goes_on, s, following) for s, following in pairwise(stages) if _told(s.goes_on)]
    if not steps:
        return []
    steps.sort(key=lambda step: (step[0] and step[0].estimate) or 0.0)
    share, stage, following = steps[0]
    assert share is not None
    values = {
        "stage": stage.name(language),
        "next": following.name(language),
        "share": percent(share.estimate or 0.0, 1),
        "half": number((share.half_width or 0) * 100, 1),
    }
    if len(steps) == 1:
        return [gettext("%(share)s ± %(half)s go on from %(stage)s to %(next)s.", **values)]
    said = [gettext("Fewest go on from %(stage)s to %(next)s: %(share)s ± %(half)s.", **values)]
    if not all(other is None or _apart(share, other) for other, _, _ in steps[1:]):
        said.append(gettext("The difference to others may be chance."))
    return said


def _apart(lower: Estimate, higher: Estimate) -> bool:
    """Whether one is below the other for sure: their intervals have nothing in common."""
    return (lower.high or 0.0) < (higher.low or 0.0)


def _told(e: Estimate | None) -> bool:
    return e is not None and e.estimate is not None


def _score(e: Estimate) -> str:
    return f"{signed(e.estimate or 0)} ± {number(e.half_width or 0)}"
