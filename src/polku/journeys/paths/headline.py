"""What paths say, in a sentence."""

from __future__ import annotations

from collections.abc import Sequence

from polku.i18n import gettext, number, percent
from polku.journeys.asking.telling import said
from polku.journeys.paths.results import GraphOfJourneys
from polku.journeys.paths.stream import sure
from polku.journeys.paths.walk_results import REST, PathsOfJourneys, Step, Stop
from polku.stats import Estimate


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


def of_paths(told: Sequence[tuple[str, PathsOfJourneys]], language: str) -> str:
    """What comes next most often, or where paths begin; of two that are compared, in both."""
    first = told[0][1]
    if not first.stops:
        return ""
    taken = [m.key for m in (first.start, first.end) if m] + list(first.then)
    if not taken:
        begins = next((s for s in first.stops if s.touchpoint.key != REST.key), first.stops[0])
        shares = [_share_at(paths, begins) for _, paths in told]
        sentence = gettext(
            "Most often a path begins at %(name)s: %(shares)s.",
            name=begins.touchpoint.name(language),
            shares=_shares(told, shares),
        )
        return said([sentence])
    step = len(taken) - 1
    leads = next((f for f in first.flows if f.step == step and f.went.key != REST.key), None)
    if leads is None:
        return gettext("Nothing else comes often enough to be told.")
    shares = [_share_from(paths, leads) for _, paths in told]
    names = {
        "came": leads.came.name(language),
        "went": leads.went.name(language),
        "shares": _shares(told, shares),
    }
    if first.end:
        return said([gettext("Right before %(came)s most often comes %(went)s: %(shares)s.", **names)])
    return said([gettext("Right after %(came)s most often comes %(went)s: %(shares)s.", **names)])


def _shares(told: Sequence[tuple[str, PathsOfJourneys]], shares: Sequence[Estimate | None]) -> str:
    """One share, or the shares of two with what they are called."""
    in_words = [sure(e) if e is not None and e.estimate is not None else "–" for e in shares]
    if len(told) == 1:
        return in_words[0]
    return ", ".join(f"{name} {share}" for (name, _), share in zip(told, in_words, strict=True))


def _share_at(paths: PathsOfJourneys, stop: Stop) -> Estimate | None:
    same = (s.share for s in paths.stops if (s.step, s.touchpoint.key) == (stop.step, stop.touchpoint.key))
    return next(same, None)


def _share_from(paths: PathsOfJourneys, flow: Step) -> Estimate | None:
    same = (
        f.share
        for f in paths.flows
        if (f.step, f.came.key, f.went.key) == (flow.step, flow.came.key, flow.went.key)
    )
    return next(same, None)
