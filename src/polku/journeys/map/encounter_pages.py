"""The page behind each dot of the map: a touchpoint's numbers, its trend, what comes before and after,
answers."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import Response

from polku.charts import Figure, Point, Series, time_series
from polku.errors import NotFound
from polku.i18n import current_language, gettext, number, signed
from polku.journeys.asking.answers import Answers
from polku.journeys.asking.query import JourneyQuery
from polku.journeys.map.pages import PATH as MAP
from polku.journeys.map.pages import filters_of, shared
from polku.journeys.map.queries import JourneyMap
from polku.journeys.map.responses import LatestQuestion, read_responses
from polku.journeys.map.responses import Response as Answered
from polku.journeys.paths.queries import JourneyGraph
from polku.journeys.touchpoints.catalogue import Touchpoint
from polku.journeys.volumes.figures import figure_of
from polku.journeys.volumes.queries import JourneyScores, JourneyVolumes
from polku.journeys.volumes.results import ScoresOverTime
from polku.stats import Estimate
from polku.web.rendering import render
from polku.web.visitor import CurrentUser
from polku.workspace import Workspace

MOST_NEIGHBOURS: Final = 7
MOST_RESPONSES: Final = 8

router = APIRouter(include_in_schema=False)


@router.get(f"{MAP}/{{key}}")
def show_touchpoint(key: str, request: Request, user: CurrentUser) -> Response:
    workspace: Workspace = request.app.state.workspace
    filters = filters_of(request, workspace)
    values = shared(request, workspace, filters)
    touchpoint: Touchpoint = values["catalogue"].touchpoint(key)
    journeys = JourneyMap(**filters.asked).answer(workspace)
    numbers = next((t for t in journeys.touchpoints if t.touchpoint.key == touchpoint.key), None)
    if numbers is None:
        raise NotFound(
            "%(name)s is not on the map with these choices. Choose all channels, or give it a stage.",
            name=touchpoint.name(current_language()),
        )
    beside = filters.asked | {"touchpoint": touchpoint.key, "top": 3 * MOST_NEIGHBOURS}
    graph = JourneyGraph(**beside).answer(workspace)
    language, only = current_language(), filters.asked | {"touchpoints": [touchpoint.key]}
    volume = figure_of(JourneyVolumes(**only).answer(workspace), language)
    drawn = volume and volume.to_html_ahead()
    trend = _trend(JourneyScores(**only).answer(workspace), language)
    trend_drawn = trend and trend.to_html_ahead()
    scope = JourneyQuery(**filters.asked).scope(workspace, [touchpoint])
    latest = workspace.part(Answers).ask(LatestQuestion(scope))
    return render(
        request,
        "journeys/encounter.html",
        **values,
        touchpoint=touchpoint,
        numbers=numbers,
        as_of=journeys.covered.as_of,
        stage=next(s for s in values["catalogue"].stages if s.key == touchpoint.stage),
        map_path=MAP + filters.query(),
        after=[t for t in graph.transitions if t.came.key == touchpoint.key][:MOST_NEIGHBOURS],
        before=[t for t in graph.transitions if t.went.key == touchpoint.key][:MOST_NEIGHBOURS],
        responses=_telling(read_responses(workspace.stored, latest)),
        trend=trend_drawn and trend_drawn.result(),
        volume=drawn and drawn.result(),
    )


def _trend(scores: ScoresOverTime, language: str) -> Figure | None:
    """The score of a touchpoint as time goes by; None where too few are known."""
    each = scores.touchpoints[0].scores if scores.touchpoints else ()
    known = [e for e in each if e.estimate is not None]
    if len(known) < 2:
        return None
    points = [
        Point(d, e.estimate, _within(e.low), _within(e.high))
        for d, e in zip(scores.starts, each, strict=True)
    ]
    return time_series(
        title=gettext("How it felt"),
        description=_told(known[0], known[-1]),
        series=[Series(scores.touchpoints[0].touchpoint.name(language), points)],
        measure="score",
    )


def _within(score: float | None) -> float | None:
    """A limit of an interval as the scale has room for it."""
    return None if score is None else min(100.0, max(-100.0, score))


def _told(first: Estimate, last: Estimate) -> str:
    return gettext(
        "From %(first)s to %(last)s (%(n)s answers in the last span).",
        first=signed(first.estimate or 0),
        last=signed(last.estimate or 0),
        n=number(last.n),
    )


def _telling(responses: list[Answered]) -> list[Answered]:
    """The latest, those with words first chosen."""
    chosen = sorted(responses, key=lambda r: not r.comment)[:MOST_RESPONSES]
    return sorted(chosen, key=lambda r: r.at, reverse=True)
