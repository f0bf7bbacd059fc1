"""Pictures of a survey's results."""

from __future__ import annotations

from typing import Final

from polku.charts import Figure, Measure, Point, Series, time_series
from polku.i18n import gettext
from polku.surveys.telling import MetricOf, SurveyResult

FEWEST_SPANS: Final = 2
"""Over time is told from two spans on."""


def over_time(told: SurveyResult) -> Figure | None:
    """What was measured in each span of time, with its intervals; None for one span."""
    if len(told.periods) < FEWEST_SPANS:
        return None
    points = [Point(p.start, p.value.estimate, p.value.low, p.value.high) for p in told.periods]
    return time_series(
        title=gettext("%(name)s over time", name=told.measured_is),
        description=gettext("With 95%% intervals; spans with fewer than five answers are left out."),
        series=[Series(told.measured_is, points)],
        measure=_scale_of(told.metrics[0] if told.metrics else None),
    )


def _scale_of(metric: MetricOf | None) -> Measure:
    if metric is None:
        return "count"
    return "score" if metric.least < 0 else "share" if metric.most <= 1 else "count"
