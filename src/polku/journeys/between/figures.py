"""The chart of the time between two touchpoints."""

from __future__ import annotations

from datetime import timedelta

from polku.charts import Figure, Share, shares
from polku.i18n import duration, gettext, number, percent
from polku.journeys.between.results import Bar, TimeBetween
from polku.stats import proportion


def spread_of(told: TimeBetween, language: str) -> Figure | None:
    """How long it takes from each profile's first start; None where too few get there."""
    share, median = told.first_share, told.first_s.at_50
    met = [i for i, b in enumerate(told.bars) if b.first]
    if median.estimate is None or not met:
        return None
    bars = told.bars[met[0] : met[-1] + 1]
    names = {"start": told.start.name(language), "end": told.end.name(language)}
    return shares(
        title=gettext("Time from %(start)s to %(end)s", **names),
        description=gettext(
            "Of those who meet %(start)s, %(share)s ± %(half)s get to %(end)s; half of them in %(median)s or less.",
            **names,
            share=percent(share.estimate or 0, 1),
            half=number((share.half_width or 0) * 100, 1),
            median=duration(timedelta(seconds=round(median.estimate))),
        ),
        names_are=gettext("Time"),
        shares=[_share(b, sum(bar.first for bar in bars)) for b in bars],
    )


def _share(bar: Bar, whole: int) -> Share:
    e = proportion(bar.first, whole)
    low = duration(timedelta(seconds=bar.from_s))
    name = (
        gettext("%(low)s or more", low=low)
        if bar.to_s is None
        else gettext("less than %(high)s", high=duration(timedelta(seconds=bar.to_s)))
        if bar.from_s == 0
        else f"{low} – {duration(timedelta(seconds=bar.to_s))}"
    )
    return Share(name, e.estimate, e.low, e.high, e.n)
