"""The charts of funnels."""

from __future__ import annotations

from polku.charts import Bar, Figure, Point, Series, Share, lengths, shares, time_series
from polku.i18n import day, gettext, number, percent
from polku.journeys.funnel.headline import of_funnel, spread
from polku.journeys.funnel.results import ConversionOverTime, FunnelOfJourneys


def steps_of(funnel: FunnelOfJourneys, language: str) -> Figure:
    """How many of those who begin get to each step."""
    return shares(
        title=gettext("Funnel"),
        description=of_funnel(funnel, language),
        names_are=gettext("Step"),
        shares=[
            Share(s.step.name(language), s.of_first.estimate, s.of_first.low, s.of_first.high, s.of_first.n)
            for s in funnel.steps
        ],
    )


def over_time(found: ConversionOverTime) -> Figure | None:
    """How many of those who began get through, by when they began; None where fewer than two spans can tell."""
    known = [s for s in found.spans if s.share.estimate is not None and s.is_over]
    if len(known) < 2:
        return None
    first = next(i for i, s in enumerate(found.spans) if s.began)
    points = [
        Point(s.start, s.share.estimate, s.share.low, s.share.high) if s.is_over else Point(s.start, None)
        for s in found.spans[first:]
    ]
    while points and points[-1].value is None:
        points.pop()
    titles = {
        "day": gettext("Of those who begin on each day, so many get through"),
        "week": gettext("Of those who begin in each week, so many get through"),
    }
    latest = known[-1]
    said = gettext(
        "Of those who began from %(day)s on, %(share)s ± %(half)s.",
        day=day(latest.start),
        share=percent(latest.share.estimate or 0, 1),
        half=number((latest.share.half_width or 0) * 100, 1),
    )
    title = titles.get(found.by, gettext("Of those who begin in each month, so many get through"))
    return time_series(
        title=title, description=said, series=[Series(gettext("Get through"), points)], measure="share"
    )


def to_convert(funnel: FunnelOfJourneys) -> Figure | None:
    """How long it takes to get through, as a histogram; None where too few do."""
    median = funnel.times[-1].median_s
    if median.estimate is None or len(funnel.steps) < 2:
        return None
    return lengths(
        title=gettext("Time from the first step to the last"),
        description=spread(funnel.times[-1]),
        bars=[Bar(t.from_s, t.to_s, t.profiles) for t in funnel.to_convert],
        marked=median.estimate,
    )
