"""What conformance says, in a few sentences."""

from __future__ import annotations

from polku.i18n import gettext, percent
from polku.journeys.asking.telling import said
from polku.journeys.conformance.results import ConformanceOfJourneys
from polku.journeys.conformance.telling import relative_size
from polku.journeys.conformance.words import sentence, value


def of_conformance(told: ConformanceOfJourneys, language: str) -> str:
    """How many follow the design, how most leave it, and what goes together with that most clearly."""
    fully, deviating, not_at_all = (told.way(k).share for k in ("fully", "deviating", "not_at_all"))
    if fully.estimate is None:
        return gettext("Too few begin this journey to tell how many follow it.")
    sentences = [
        gettext(
            "%(fully)s of those who begin follow the journey fully, %(deviating)s leave it on the way, and "
            "%(none)s go no further than the first step.",
            fully=value(fully, "share"),
            deviating=percent(deviating.estimate or 0.0, 1),
            none=percent(not_at_all.estimate or 0.0, 1),
        ),
        *_most_often(told, language),
        *_clearest(told, language),
    ]
    return said(sentences)


def _most_often(told: ConformanceOfJourneys, language: str) -> list[str]:
    """The most frequent deviation of those who got beyond the first step."""
    first = next((d for d in told.deviations if (d.kind, d.step_number) != ("stopped", 1)), None)
    if first is None:
        return []
    return [
        gettext(
            "Most often %(what)s: %(share)s of those who get there.",
            what=sentence(first, language),
            share=value(first.share, "share"),
        )
    ]


def _clearest(told: ConformanceOfJourneys, language: str) -> list[str]:
    """Of what goes together with a deviation for sure, what concerns most: how large it is times how many have it."""
    if not told.tested:
        return []
    clear = [a for a in told.associations if a.clear]
    if not clear:
        return [gettext("No deviation goes together with the score or the outcome for sure.")]
    counts = {(d.kind, d.step_number): d.count for d in told.deviations}
    first = max(clear, key=lambda a: relative_size(a) * counts[a.kind, a.step_number])
    values = {
        "what": sentence(first, language),
        "with_it": value(first.with_it, first.measure),
        "without": value(first.without_it, first.measure),
    }
    if first.measure == "score":
        return [gettext("When %(what)s, answers are %(with_it)s, else %(without)s.", **values)]
    return [gettext("When %(what)s, %(with_it)s have the outcome, else %(without)s.", **values)]
