"""The pictures of the flow between stages."""

from __future__ import annotations

from typing import Final

from polku.charts import Bars, Figure, Point, Series, time_series, up_and_down
from polku.i18n import LazyText, _l, gettext
from polku.journeys.asking.calendar import following
from polku.journeys.stages.results import StagesOfJourneys

_MOVES: Final[dict[str, LazyText]] = {
    "day": _l("Moves between stages by day"),
    "week": _l("Moves between stages by week"),
    "month": _l("Moves between stages by month"),
}
_STOCKS: Final[dict[str, LazyText]] = {
    "day": _l("Customers in each stage at the end of the day"),
    "week": _l("Customers in each stage at the end of the week"),
    "month": _l("Customers in each stage at the end of the month"),
}


def moves_of(told: StagesOfJourneys, says: str) -> Figure | None:
    """Customers who moved forward or came in up, who moved back down; None where there is only one span."""
    flow = told.flow
    if len(flow) < 2:
        return None
    return up_and_down(
        title=str(_MOVES[told.by]),
        description=says,
        edges=[*(f.start for f in flow), following(flow[-1].start, told.by)],
        bars=[
            Bars(gettext("Forward"), [f.forward for f in flow], "accent"),
            Bars(gettext("New on the path"), [f.new for f in flow], "stage-1"),
            Bars(gettext("Back"), [f.backward for f in flow], "muted", down=True),
        ],
        unfinished=sum(not f.finished for f in flow),
    )


def stock_of(told: StagesOfJourneys, says: str, language: str) -> Figure | None:
    """How many are in each stage at the end of each span; None where there is only one span."""
    if len(told.flow) < 2:
        return None
    series = [
        Series(
            s.name(language),
            [Point(f.start, float(f.stages[k].stock)) for f in told.flow],
            f"stage-{k % 4 + 1}",
        )
        for k, s in enumerate(told.stages)
        if any(f.stages[k].stock for f in told.flow)
    ]
    return time_series(title=str(_STOCKS[told.by]), description=says, series=series)
