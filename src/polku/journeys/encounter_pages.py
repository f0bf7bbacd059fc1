"""The page behind each dot of the map: a touchpoint's numbers, its trend, what comes before and after,
answers."""

from __future__ import annotations

from datetime import date
from typing import Final
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request
from starlette.responses import Response

from polku.charts import Figure, Point, Series, time_series
from polku.errors import NotFound
from polku.i18n import current_language, gettext, number, signed
from polku.journeys.answers import Answers
from polku.journeys.calendar import edges
from polku.journeys.catalogue import Touchpoint
from polku.journeys.experience import ExperienceQuestion
from polku.journeys.map_pages import PATH as MAP
from polku.journeys.map_pages import filters_of, shared
from polku.journeys.path_pages import figure_of
from polku.journeys.queries import JourneyGraph, JourneyMap, JourneyQuery, JourneyVolumes
from polku.journeys.responses import LatestQuestion, read_responses
from polku.journeys.results import VolumesOverTime
from polku.stats import Estimate
from polku.web.rendering import render
from polku.web.visitor import CurrentUser
from polku.workspace import Workspace

MOST_NEIGHBOURS: Final = 7

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
            gettext(
                "%(name)s is not on the map with these choices. Choose all channels, or give it a stage.",
                name=touchpoint.name(current_language()),
            )
        )
    graph = JourneyGraph(**filters.asked, top=10_000).answer(workspace)
    answers, language = workspace.part(Answers), current_language()
    by = JourneyVolumes(**filters.asked, touchpoints=[touchpoint.key]).answer(workspace)
    scope = JourneyQuery(**filters.asked).scope(workspace, [touchpoint])
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
        trend=_trend(touchpoint, by, scope_edges(by, workspace), workspace, filters.asked),
        volume=figure_of(by, language),
        responses=read_responses(workspace.store.snapshot, answers.ask(LatestQuestion(scope))),
    )


def scope_edges(volumes: VolumesOverTime, workspace: Workspace) -> tuple[int, ...]:
    """The spans of a chart of volumes as edges in seconds; none where there are no spans."""
    if not volumes.starts:
        return ()
    return edges(list(volumes.starts), volumes.by, ZoneInfo(workspace.settings.timezone))


def _trend(
    touchpoint: Touchpoint,
    volumes: VolumesOverTime,
    at: tuple[int, ...],
    workspace: Workspace,
    asked: dict[str, object],
) -> Figure | None:
    """The score over the spans of time that the volumes have; None where fewer than two are known."""
    if len(at) < 3:
        return None
    scope = JourneyQuery.model_validate(asked).scope(workspace, [touchpoint])
    scores = workspace.part(Answers).ask(ExperienceQuestion(scope, at))[0]
    known = [(d, e) for d, e in zip(volumes.starts, scores, strict=True) if e.estimate is not None]
    if len(known) < 2:
        return None
    name = touchpoint.name(current_language())
    points = [Point(d, e.estimate, e.low, e.high) for d, e in zip(volumes.starts, scores, strict=True)]
    return time_series(
        title=gettext("How it felt"), description=_told(known), series=[Series(name, points)], measure="score"
    )


def _told(known: list[tuple[date, Estimate]]) -> str:
    first, last = known[0][1], known[-1][1]
    return gettext(
        "From %(first)s to %(last)s (%(n)s answers in the last span).",
        first=signed(first.estimate or 0),
        last=signed(last.estimate or 0),
        n=number(last.n),
    )
