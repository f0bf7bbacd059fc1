"""What the forecast of the next touchpoint says, in a sentence or two."""

from __future__ import annotations

from datetime import timedelta

from polku.i18n import duration, gettext, number, percent
from polku.journeys.asking.telling import apart, is_told, said
from polku.journeys.next.results import Next, NextOfJourneys
from polku.stats import Estimate


def of_next(answer: NextOfJourneys, language: str) -> str:
    """What most likely comes next, and how often such a forecast has been right."""
    way = " → ".join(t.name(language) for t in answer.so_far)
    if answer.reason:
        return gettext(
            "With these choices nobody has come to %(last)s.", last=answer.so_far[-1].name(language)
        )
    told = [s for s in answer.steps if is_told(s.probability)]
    if not told:
        return gettext("There are too few paths to tell what comes next.")
    first = told[0]
    values = {"path": way, "share": percent(_value(first), 1), "half": _half(first.probability)}
    if first.touchpoint is None:
        values["time"] = duration(timedelta(seconds=answer.within_s))
        sentence = (
            gettext(
                "After %(path)s most likely nothing comes within %(time)s: %(share)s ± %(half)s.", **values
            )
            if way
            else gettext("Most likely nothing comes within %(time)s: %(share)s ± %(half)s.", **values)
        )
    else:
        values["next"] = first.touchpoint.name(language)
        sentence = (
            gettext("After %(path)s comes most likely %(next)s: %(share)s ± %(half)s.", **values)
            if way
            else gettext("Whatever came before, most likely comes %(next)s: %(share)s ± %(half)s.", **values)
        )
    return said([sentence, *_has_been(answer)])


def _has_been(answer: NextOfJourneys) -> list[str]:
    if not answer.trials or not all(is_told(t.first) for t in answer.trials):
        return []
    by_path, by_shares = (t.first for t in answer.trials)
    values = {
        "path": percent(by_path.estimate or 0.0, 1),
        "half": _half(by_path),
        "shares": percent(by_shares.estimate or 0.0, 1),
    }
    if apart(by_shares, by_path):
        return [
            gettext(
                "The likeliest has come true %(path)s ± %(half)s of the time; without knowing the path it "
                "would have %(shares)s.",
                **values,
            )
        ]
    return [
        gettext(
            "The likeliest has come true %(path)s ± %(half)s of the time, no more than without knowing the "
            "path (%(shares)s).",
            **values,
        )
    ]


def _value(step: Next) -> float:
    return step.probability.estimate or 0.0


def _half(e: Estimate) -> str:
    return number((e.half_width or 0) * 100, 1)
