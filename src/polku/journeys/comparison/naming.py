"""What the two that are compared are called."""

from __future__ import annotations

from collections.abc import Callable

from polku.i18n import day, gettext
from polku.journeys.asking.filters import Filters
from polku.journeys.asking.marks import label, mark_of
from polku.journeys.asking.who import BEGINNINGS, parts, value_in_words
from polku.journeys.comparison.results import ComparedGroup, JourneysCompared
from polku.journeys.touchpoints.catalogue import Catalogue


def names_of(told: JourneysCompared, say: Callable[[str], str] = str) -> tuple[str, str]:
    """Of groups the conditions that make them, each as `say` says it; of periods their days."""

    def name(group: ComparedGroup) -> str:
        if group.others:
            return gettext("everyone else")
        if told.a.who:
            return ", ".join(map(say, group.who))
        return "–".join(day(d) if d else "" for d in (group.since, group.until))

    return name(told.a), name(told.b)


def condition_name(condition: str, filters: Filters, catalogue: Catalogue, language: str) -> str:
    """A condition as the name of a group: 'city: Oulu'. Raises InvalidInput, and UnknownTouchpoint."""
    name, way, value = parts(condition)
    if way in ("met", "!met"):
        met = label(mark_of(name, catalogue), catalogue, language)
        return (
            gettext("met %(name)s", name=met) if way == "met" else gettext("did not meet %(name)s", name=met)
        )
    if way == "=":
        return f"{BEGINNINGS.get(name, name)}: {value_in_words(name, value, catalogue, language)}"
    return filters.in_words(condition, catalogue, language)
