"""What the graph of paths says, in a sentence."""

from __future__ import annotations

from polku.i18n import gettext, number, percent
from polku.journeys.asking.telling import said
from polku.journeys.paths.results import GraphOfJourneys


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
    return said([sentence])
