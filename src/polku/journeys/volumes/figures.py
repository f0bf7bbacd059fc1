"""The chart of volumes over time."""

from __future__ import annotations

from datetime import timedelta

from polku.charts import Figure, Point, Series, time_series
from polku.i18n import current_zone, gettext, ngettext
from polku.journeys.asking.calendar import following
from polku.journeys.volumes.results import VolumesOverTime
from polku.workspace import LAST_DAY


def figure_of(volumes: VolumesOverTime, language: str) -> Figure | None:
    """A chart of volumes: the most met touchpoints by name, the others grey behind them."""
    met = sorted((v for v in volumes.touchpoints if any(v.volume)), key=lambda v: -sum(v.volume))
    whole = finished(volumes)
    if not met or whole < 2:
        return None
    series = [
        Series(
            v.touchpoint.name(language),
            [Point(d, float(n)) for d, n in zip(volumes.starts[:whole], v.volume, strict=False)],
        )
        for v in met
    ]
    titles = {"day": gettext("Encounters a day"), "week": gettext("Encounters a week")}
    most = met[0]
    return time_series(
        title=titles.get(volumes.by, gettext("Encounters a month")),
        description=ngettext(
            "Most met: %(name)s, once.",
            "Most met: %(name)s, %(num)s times.",
            sum(most.volume),
            name=most.touchpoint.name(language),
        ),
        series=series,
    )


def finished(volumes: VolumesOverTime) -> int:
    """How many spans are over: one that goes on would look like a fall."""
    spans = len(volumes.starts)
    if spans <= 2:
        return spans
    today = volumes.covered.as_of.astimezone(current_zone()).date()
    covered = min(today, min(volumes.covered.until or LAST_DAY, LAST_DAY) + timedelta(days=1))
    return spans - 1 if following(volumes.starts[-1], volumes.by) > covered else spans
