"""The retention page: who comes back, cohort by cohort, and the life cycle."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from fastapi import APIRouter, Request
from starlette.responses import Response

from polku.i18n import LazyText, _l, current_language
from polku.journeys.analyses import analysis
from polku.journeys.asking.calendar import span_name
from polku.journeys.asking.export import Export
from polku.journeys.asking.filters import touchpoints_by_stage
from polku.journeys.map.pages import filters_of, shared
from polku.journeys.retention import headline
from polku.journeys.retention.figures import AFTER, curve_of, cycle_of
from polku.journeys.retention.measures import measures
from polku.journeys.retention.queries import JourneyLifecycle, JourneyRetention
from polku.journeys.retention.results import Cohort, RetentionOfJourneys
from polku.web.rendering import render
from polku.web.visitor import CurrentUser
from polku.workspace import Workspace

PATH: Final = "/journeys/retention"
UNITS: Final[dict[str, LazyText]] = {
    "day": _l("by day"),
    "week": _l("by week"),
    "month": _l("by month"),
}
RECURRENCES: Final[dict[str, LazyText]] = {
    "first": _l("from the first time"),
    "any": _l("from every time"),
}
BOUNDS: Final[dict[str, LazyText]] = {
    "": _l("just then"),
    "true": _l("then or later"),
}
STARTED: Final[dict[str, LazyText]] = {
    "day": _l("Day of the start"),
    "week": _l("Week of the start"),
    "month": _l("Month of the start"),
}
ROWS: Final = 24
"""So many of the newest cohorts are shown."""

router = APIRouter(include_in_schema=False)
analysis(PATH, _l("Retention"), "clock", 30)


@dataclass(frozen=True, slots=True)
class Row:
    """A cohort as the table shows it: `of` is what part of the darkest cell's share a cell has."""

    name: str
    cohort: Cohort
    of: tuple[float, ...]


@router.get(PATH)
def show_retention(request: Request, user: CurrentUser) -> Response:
    workspace: Workspace = request.app.state.workspace
    filters = filters_of(request, workspace)
    values = shared(request, workspace, filters)
    language = current_language()
    chosen = _chosen(request.query_params)
    query = JourneyRetention.of(filters.asked_each | chosen)
    retention = query.answer(workspace)
    lived = {"by": retention.by, "touchpoint": chosen.get("comes_back")}
    lifecycle = JourneyLifecycle.of(filters.asked | lived).answer(workspace)
    rows = _rows(retention)
    return render(
        request,
        "journeys/retention.html",
        **values,
        retention=retention,
        export=Export(query),
        groups=values["beside"](retention, measures(retention)),
        says=headline.of_retention(retention, language) if rows else "",
        curve=curve_of(retention, language),
        rows=rows[-ROWS:],
        left_out=max(0, len(rows) - ROWS),
        after=range(1, 1 + max((len(r.cohort.shares) for r in rows), default=0)),
        heads=(STARTED[retention.by], AFTER[retention.by]),
        cycle=cycle_of(lifecycle),
        lives=headline.of_lifecycle(lifecycle),
        options=touchpoints_by_stage(values["catalogue"], language),
        selects=[
            ("by", _l("Span"), UNITS, retention.by),
            ("recurrence", _l("Counted"), RECURRENCES, retention.recurrence),
            ("unbounded", _l("When"), BOUNDS, "true" if retention.unbounded else ""),
        ],
        keep=[(k, str(v)) for k, v in chosen.items() if v],
    )


def _chosen(given: Mapping[str, str]) -> dict[str, Any]:
    """The choices of this page, as fields of the query."""
    names = ("start", "comes_back", "by", "recurrence", "unbounded")
    return {n: given[n] for n in names if given.get(n)}


def _rows(retention: RetentionOfJourneys) -> Sequence[Row]:
    """The cohorts from the first in which anybody starts."""
    began = next((n for n, c in enumerate(retention.cohorts) if c.profiles), len(retention.cohorts))
    cohorts = retention.cohorts[began:]
    darkest = max((s.estimate or 0 for c in cohorts for s in c.shares), default=0) or 1
    return [
        Row(span_name(c.start, retention.by), c, tuple((s.estimate or 0) / darkest for s in c.shares))
        for c in cohorts
    ]
