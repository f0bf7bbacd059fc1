"""The pictures of retention and of the life cycle."""

from __future__ import annotations

from typing import Final

from polku.charts import Bars, Figure, Step, curve, up_and_down
from polku.i18n import LazyText, _l, gettext
from polku.journeys.asking.calendar import following
from polku.journeys.retention import headline
from polku.journeys.retention.results import LifecycleOfJourneys, RetentionOfJourneys

FEWEST_COHORTS: Final = 3
"""Of fewer cohorts an average says more of them than of how customers come back."""

AFTER: Final[dict[str, LazyText]] = {
    "day": _l("Days after"),
    "week": _l("Weeks after"),
    "month": _l("Months after"),
}
_CURVES: Final[dict[str, LazyText]] = {
    "day": _l("Share that comes back, by days after the start"),
    "week": _l("Share that comes back, by weeks after the start"),
    "month": _l("Share that comes back, by months after the start"),
}
_CYCLES: Final[dict[str, LazyText]] = {
    "day": _l("Life cycle by day"),
    "week": _l("Life cycle by week"),
    "month": _l("Life cycle by month"),
}


def curve_of(retention: RetentionOfJourneys, language: str) -> Figure | None:
    """The average over cohorts, as far as it is one of several; None where too little is known to draw it."""
    enough = [a for a in retention.average if a.cohorts >= FEWEST_COHORTS] or retention.average
    steps = [Step(a.after, a.share.estimate, a.share.low, a.share.high, a.share.n) for a in enough]
    if sum(s.share is not None for s in steps) < 2:
        return None
    return curve(
        title=str(_CURVES[retention.by]),
        description=headline.of_retention(retention, language),
        steps_are=str(AFTER[retention.by]),
        steps=steps,
    )


def cycle_of(lifecycle: LifecycleOfJourneys) -> Figure | None:
    """New, returning and resurrecting customers up, dormant ones down; None where there is only one span."""
    spans = lifecycle.spans
    if len(spans) < 2:
        return None
    return up_and_down(
        title=str(_CYCLES[lifecycle.by]),
        description=headline.of_lifecycle(lifecycle),
        edges=[*(s.start for s in spans), following(spans[-1].start, lifecycle.by)],
        bars=[
            Bars(gettext("Active as before"), [s.returning for s in spans], "accent"),
            Bars(gettext("New customers"), [s.new for s in spans], "stage-1"),
            Bars(gettext("After a pause"), [s.resurrecting for s in spans], "stage-3"),
            Bars(gettext("Went quiet"), [s.dormant for s in spans], "muted", down=True),
        ],
        unfinished=sum(not s.finished for s in spans),
    )
