"""Pages of surveys: all of them, one with its answers, and how to bring it to customers."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO
from typing import Any, Final

import segno
from fastapi import APIRouter, Request
from starlette.responses import Response

from polku.collect import base_url
from polku.i18n import LazyText, _l, gettext
from polku.surveys import store, widget
from polku.surveys.building.carrying import carried
from polku.surveys.building.languages import warning
from polku.surveys.building.measuring import unmeasured
from polku.surveys.building.pages import ask_before_publishing
from polku.surveys.definition import Definition
from polku.surveys.known import KnownSurveys
from polku.surveys.placing import PlacementForm, choices, filled_of, placement_of
from polku.surveys.public import survey_page
from polku.surveys.queries import SurveyList
from polku.surveys.results_pages import extents, results_of
from polku.surveys.store import Survey
from polku.web import navigation
from polku.web.forms import Filled, FormData, read_form
from polku.web.gate import CONTENT_POLICY
from polku.web.listing import Column
from polku.web.navigation import NavItem
from polku.web.rendering import redirect, render
from polku.web.visitor import CurrentAnalyst, CurrentUser, visitor_of
from polku.workspace import Workspace

router = APIRouter(include_in_schema=False)
navigation.add(NavItem("/surveys", _l("Surveys"), "survey", 40))

COLUMNS: Final = (
    Column(_l("Survey")),
    Column(_l("Result"), numeric=True),
    Column(_l("Answers"), numeric=True),
    Column(_l("Last answer")),
)
STATES: Final[dict[str, LazyText]] = {"draft": _l("draft"), "open": _l("open"), "closed": _l("closed")}


@router.get("/surveys")
def show_surveys(request: Request, user: CurrentUser) -> Response:
    answer = SurveyList().answer(_workspace(request))
    return render(
        request,
        "surveys/surveys.html",
        surveys=answer.surveys,
        columns=COLUMNS,
        extents=extents(),
        states=STATES,
        now=datetime.now(UTC),
    )


@router.get("/surveys/{key}")
def show_survey(request: Request, key: str, user: CurrentUser) -> Response:
    workspace = _workspace(request)
    with workspace.db.session(read_only=True) as session:
        placement = store.placement(session, key)
    return _survey_page(request, key, filled_of(workspace, placement))


@router.post("/surveys/{key}/site")
def place(request: Request, key: str, user: CurrentAnalyst, data: FormData) -> Response:
    """When the survey shows itself on the company's sites."""
    filled = read_form(PlacementForm, data)
    placement = placement_of(_workspace(request), filled)
    if placement is None:
        return _survey_page(request, key, filled, status=422)
    with _workspace(request).db.session() as session:
        store.place(session, key, placement)
    _workspace(request).part(KnownSurveys).forget(key)
    return redirect(f"/surveys/{key}", flash=gettext("The survey's place on your site is saved."))


def _survey_page(request: Request, key: str, filled: Filled[PlacementForm], *, status: int = 200) -> Response:
    workspace = _workspace(request)
    survey = _survey(workspace, key)
    told = next(s for s in SurveyList().answer(workspace).surveys if s.key == key)
    found: dict[str, Any] = {"results": None, "rate": None}  # of a draft there are none
    if told.responses or survey.version:
        found = results_of(workspace, survey, request.query_params)
    address = _address(request, key)
    return render(
        request,
        "surveys/survey.html",
        status=status,
        survey=survey,
        told=told,
        states=STATES,
        address=address,
        filled=filled,
        fits=survey.state == "open" and widget.fits(workspace.part(KnownSurveys).by_key(key).definition),
        **found,
        **(choices(workspace) if visitor_of(request).may("analyst") else {}),
        snippet=f'<script src="{address.removesuffix(key)}widget.js" async></script>',
        carried=carried(survey.draft),
        now=datetime.now(UTC),
    )


@router.post("/surveys/{key}/publish")
def publish(request: Request, key: str, user: CurrentAnalyst, data: FormData) -> Response:
    """The draft becomes what customers see; raises InvalidInput for one that cannot be shown.

    If a language lacks texts, or a metric would not be told, it is asked first whether to publish `anyway`.
    """
    workspace = _workspace(request)
    with workspace.db.session(read_only=True) as session:
        draft, tags = Definition.of(store.survey(session, key).draft), store.tags(session, key)
    lacking = [*warning(draft), *unmeasured(draft, tags).lines]
    if lacking and not data.get("anyway"):
        return ask_before_publishing(request, key, lacking)
    with workspace.db.session() as session:
        number = store.publish(session, key, by=user.name, now=datetime.now(UTC))
    workspace.part(KnownSurveys).forget(key)
    return redirect(
        f"/surveys/{key}", flash=gettext("Version %(version)s is open for answers.", version=number)
    )


@router.post("/surveys/{key}/close")
def close(request: Request, key: str, user: CurrentAnalyst) -> Response:
    workspace = _workspace(request)
    with workspace.db.session() as session:
        store.close(session, key, by=user.name, now=datetime.now(UTC))
    workspace.part(KnownSurveys).forget(key)
    return redirect(f"/surveys/{key}", flash=gettext("The survey takes no more answers."))


@router.get("/surveys/{key}/preview")
def preview(request: Request, key: str, user: CurrentUser, lang: str = "") -> Response:
    """The draft as customers would see it; nothing is sent."""
    survey = _survey(_workspace(request), key)
    response = survey_page(request, Definition.of(survey.draft), survey.name, key, lang, preview=True)
    response.headers["Content-Security-Policy"] = CONTENT_POLICY.replace(
        "frame-ancestors 'none'", "frame-ancestors 'self'"
    )
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response


@router.get("/surveys/{key}/qr.svg")
def qr_code(request: Request, key: str, user: CurrentUser) -> Response:
    """The survey's address as a picture for phones."""
    _survey(_workspace(request), key)
    code = segno.make(f"{_address(request, key)}?via=qr", error="m")
    picture = BytesIO()
    code.save(picture, kind="svg", scale=8, border=4, light="#fff", xmldecl=False)
    return Response(picture.getvalue(), media_type="image/svg+xml")


def _survey(workspace: Workspace, key: str) -> Survey:
    with workspace.db.session(read_only=True) as session:
        return store.survey(session, key)


def _address(request: Request, key: str) -> str:
    """Where customers find a survey."""
    return f"{base_url(request, _workspace(request).settings)}/s/{key}"


def _workspace(request: Request) -> Workspace:
    workspace: Workspace = request.app.state.workspace
    return workspace
