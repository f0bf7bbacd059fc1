"""What the stages say, in a sentence or two."""

from __future__ import annotations

from polku.i18n import duration, gettext, number, percent
from polku.journeys.asking.calendar import span_name
from polku.journeys.asking.gaps import length
from polku.journeys.asking.telling import is_told, said
from polku.journeys.stages.results import StagesOfJourneys


def of_stages(told: StagesOfJourneys, language: str) -> str:
    """Where most customers are and since when, and which way they moved lately."""
    most = max(told.stages, key=lambda s: s.now, default=None)
    if most is None or not is_told(most.share):
        return gettext("There are too few customers to tell where they are.")
    values = {
        "stage": most.name(language),
        "share": percent(most.share.estimate or 0, 1),
        "half": number((most.share.half_width or 0) * 100, 1),
    }
    median = most.been_s.median
    if median.estimate is None:
        sentences = [gettext("%(stage)s has the most customers now: %(share)s ± %(half)s.", **values)]
    else:
        sentences = [
            gettext(
                "%(stage)s has the most customers now: %(share)s ± %(half)s, half of them there for over %(time)s.",
                time=duration(length(median.estimate)),
                **values,
            )
        ]
    over = [f for f in told.flow if f.finished]
    if over:
        last = over[-1]
        moved = {
            "span": span_name(last.start, told.by),
            "forward": number(last.forward),
            "backward": number(last.backward),
        }
        sentences.append(
            gettext("Week from %(span)s: %(forward)s moved forward and %(backward)s back.", **moved)
            if told.by == "week"
            else gettext("%(span)s: %(forward)s moved forward and %(backward)s back.", **moved)
        )
    return said(sentences)
