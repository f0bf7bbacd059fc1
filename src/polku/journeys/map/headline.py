"""What the journey map says, in a sentence or two."""

from __future__ import annotations

from itertools import pairwise

from polku.i18n import gettext, number, percent, signed
from polku.journeys.asking.telling import apart, is_told, said
from polku.journeys.map.results import MapOfJourneys, StageOnMap, TouchpointOnMap
from polku.stats import Estimate


def of_map(journeys: MapOfJourneys, language: str) -> str:
    """Where it feels best and worst, and where fewest go on."""
    sentences = [*_felt(journeys, language), *_narrowest(journeys.stages, language)]
    return said(sentences)


def extremes(journeys: MapOfJourneys) -> tuple[TouchpointOnMap, TouchpointOnMap] | None:
    """The touchpoints that feel best and worst for sure: by the nearer end of the interval, so that a
    handful of answers does not win. None where the two cannot be told apart."""
    known = [t for t in journeys.touchpoints if t.score.estimate is not None]
    if len(known) < 2:
        return None
    best = max(known, key=lambda t: t.score.low or 0.0)
    worst = min((t for t in known if t is not best), key=lambda t: t.score.high or 0.0)
    return (best, worst) if apart(worst.score, best.score) else None


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
    steps = [(s.goes_on, s, following) for s, following in pairwise(stages) if is_told(s.goes_on)]
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
    if not all(other is None or apart(share, other) for other, _, _ in steps[1:]):
        said.append(gettext("The difference to others may be chance."))
    return said


def _score(e: Estimate) -> str:
    return f"{signed(e.estimate or 0)} ± {number(e.half_width or 0)}"
