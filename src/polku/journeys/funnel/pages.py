"""The page of funnels: the funnel is built where its numbers stand; and the page of those who dropped out."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from starlette.datastructures import QueryParams
from starlette.responses import Response

from polku.errors import InvalidInput
from polku.i18n import LazyText, _l, current_language, duration, gettext, in_words
from polku.journeys.analyses import analysis
from polku.journeys.asking.export import Export
from polku.journeys.asking.filters import WINDOWS, Filters, touchpoints_by_stage
from polku.journeys.asking.marks import cut
from polku.journeys.asking.properties import Properties
from polku.journeys.customers.pages import ANALYSES, listed, most, table_of
from polku.journeys.funnel import condition, figures, form, headline
from polku.journeys.funnel.measures import measures
from polku.journeys.funnel.queries import JourneyConversion, JourneyDropouts, JourneyFunnel
from polku.journeys.funnel.steps import read, step_label
from polku.journeys.map.mapping import USUAL_WINDOW, usual_steps
from polku.journeys.map.pages import filters_of, shared
from polku.journeys.map.queries import JourneyMap
from polku.journeys.touchpoints.catalogue import Catalogue
from polku.journeys.touchpoints.known import Touchpoints
from polku.web.rendering import redirect, render
from polku.web.visitor import CurrentUser
from polku.workspace import Workspace

PATH: Final = "/journeys/funnel"
DROPOUTS: Final = f"{PATH}/dropouts"
BETWEEN: Final[dict[str, LazyText]] = {
    "": _l("however long it takes"),
    "30m": _l("within half an hour"),
    "1d": _l("within a day"),
    "7d": _l("within a week"),
    "30d": _l("within 30 days"),
}
SPANS: Final[dict[str, LazyText]] = {
    "": _l("By what suits the period"),
    "day": _l("By day"),
    "week": _l("By week"),
    "month": _l("By month"),
}
router = APIRouter(include_in_schema=False)
analysis(PATH, _l("Funnel"), "funnel", 20)


@router.get(PATH)
def show_funnel(request: Request, user: CurrentUser) -> Response:
    workspace: Workspace = request.app.state.workspace
    given = request.query_params
    filters = filters_of(request, workspace)
    if form.is_sent(given):
        opened = [("open", given["open"])] if given.get("open") else []
        return redirect(_address(PATH, filters, form.texts_of(given), given, *opened))
    values = shared(request, workspace, filters)
    catalogue, language = values["catalogue"], current_language()
    texts = _texts(given) or usual_steps(JourneyMap(**filters.asked).answer(workspace))
    values |= _choices(given, filters, texts, catalogue, language)
    try:
        steps = read(texts, catalogue)
    except InvalidInput as error:
        return render(
            request, "journeys/funnel.html", status=error.status, **values, problem=in_words(error), rows=[],
            funnel=None, says="", export=None,
        )  # fmt: skip
    if not steps or not values["has_events"]:
        return render(
            request, "journeys/funnel.html", **values, problem="", rows=[], funnel=None, says="", export=None
        )
    asked = filters.asked | {
        "steps": texts,
        "within": values["within"] or None,
        "between": values["between"] or None,
    }
    spans = JourneyConversion.of(asked | {"by": values["by"] or None}).answer(workspace)
    chart = figures.over_time(spans)
    over_time = chart and chart.to_html_ahead()
    query = JourneyFunnel.of(asked | filters.asked_each)
    funnel = query.answer(workspace)
    times = figures.to_convert(funnel)
    return render(
        request,
        "journeys/funnel.html",
        **values,
        problem="",
        funnel=funnel,
        rows=list(zip(form.form_of(steps, catalogue), funnel.steps, funnel.times, strict=True)),
        without=[step_label(s.without, catalogue, language) for s in steps],
        says=headline.of_funnel(funnel, language),
        groups=values["beside"](funnel, measures(funnel)),
        lost_to=lambda at: _address(DROPOUTS, filters, texts, given, ("at", str(at))),
        times=times and times.to_html(),
        how_long=times and times.description,
        over_time=over_time and over_time.result(),
        lately=chart and chart.description,
        export=Export(query),
    )  # fmt: skip


@router.get(DROPOUTS)
def show_dropouts(request: Request, user: CurrentUser) -> Response:
    """Who got to a step and no further."""
    workspace: Workspace = request.app.state.workspace
    given = request.query_params
    filters = filters_of(request, workspace)
    values = shared(request, workspace, filters)
    texts = _texts(given)
    wanted = table_of(request, DROPOUTS)
    asked = filters.asked | {"steps": texts, **_windows(given)}
    query = JourneyDropouts.of(asked | {"at": given.get("at", "1"), "top": most(wanted)})
    found = query.answer(workspace)
    funnel = JourneyFunnel.of(asked).answer(workspace)
    return render(
        request,
        "journeys/dropouts.html",
        **values,
        **listed(found.dropouts, found.total, _l("Got here"), wanted, workspace),
        found=found,
        funnel=funnel,
        at=query.at,
        says=headline.of_dropouts(found, funnel, query.at, current_language()),
        back=_address(PATH, filters, texts, given),
        step_link=lambda at: _address(DROPOUTS, filters, texts, given, ("at", str(at))),
        who=condition.written(query),
        analyses=_of_these(condition.written(query)),
        export=Export(query),
    )


@router.get(f"{PATH}/properties")
def show_properties(request: Request, user: CurrentUser, touchpoint: str = "") -> Response:
    """What events of a touchpoint are known to have, as options."""
    workspace: Workspace = request.app.state.workspace
    found = workspace.part(Touchpoints).catalogue().touchpoint(touchpoint)
    names = workspace.part(Properties).names(found.code)
    return render(request, "journeys/funnel_properties.html", names=names)


def _texts(given: QueryParams) -> list[str]:
    """The steps that an address asks for."""
    texts = [t for t in given.getlist("step") if t.strip()]
    return texts or [t for t in cut(given.get("steps", ""), ",>") if t]


def _windows(given: QueryParams) -> dict[str, str | None]:
    return {"within": given.get("within", USUAL_WINDOW) or None, "between": given.get("between") or None}


def _address(
    path: str, filters: Filters, texts: list[str], given: QueryParams, *more: tuple[str, str]
) -> str:
    """The address of a page of these steps, with all else as it was given."""
    within = [("within", given.get("within", USUAL_WINDOW))]
    kept = [(name, given[name]) for name in ("between", "by") if given.get(name)]
    return f"{path}?{urlencode([*filters.chosen, *(('step', t) for t in texts), *within, *kept, *more])}"


def _choices(
    given: QueryParams, filters: Filters, texts: list[str], catalogue: Catalogue, language: str
) -> dict[str, Any]:
    """What the form offers, and what is chosen in it."""
    within, between = given.get("within", USUAL_WINDOW), given.get("between", "")
    chosen = {"within": within, "between": between, "by": given.get("by", "")}
    return {
        **chosen,
        "texts": texts,
        "opened": given.get("open", ""),
        "windows": _with_own(WINDOWS, within),
        "pauses": _with_own(BETWEEN, between),
        "spans": SPANS,
        "ways": form.EVENT_WAYS,
        "options": touchpoints_by_stage(catalogue, language),
        "keep": [*(("step", t) for t in texts), *((n, v) for n, v in chosen.items() if v or n == "within")],
    }


def _with_own(windows: dict[str, LazyText], chosen: str) -> dict[str, object]:
    """The windows that are offered, and the one that is chosen."""
    if chosen in windows:
        return dict(windows)
    length = JourneyFunnel.of({"steps": "", "within": chosen}).within or timedelta()
    return {**windows, chosen: gettext("within %(time)s", time=duration(length))}


def _of_these(who: str) -> list[tuple[LazyText, str]]:
    """The other analyses, asked of those for whom a condition holds."""
    return [(title, f"{path}?{urlencode({'who': who})}") for path, title in ANALYSES.items()]
