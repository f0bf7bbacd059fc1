"""Pages of surveys: all of them, a new one, one with its answers, and how to bring it to customers."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO
from typing import Annotated, Final

import segno
from fastapi import APIRouter, Request
from pydantic import Field
from starlette.responses import Response

from polku.collect import base_url
from polku.i18n import LazyText, _l, current_language, gettext
from polku.journeys import Touchpoints
from polku.surveys import store, widget
from polku.surveys.definition import Definition
from polku.surveys.known import KnownSurveys
from polku.surveys.placing import PlacementForm, choices, filled_of, placement_of
from polku.surveys.public import survey_page
from polku.surveys.queries import SurveyList
from polku.surveys.ready import ReadySurvey, ready_surveys
from polku.surveys.results_pages import results_of
from polku.surveys.store import Survey
from polku.web import navigation
from polku.web.forms import Filled, Form, FormData, read_form
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
    Column(_l("Result")),
    Column(_l("Answers"), numeric=True),
    Column(_l("Last answer")),
)
STATES: Final[dict[str, LazyText]] = {"draft": _l("draft"), "open": _l("open"), "closed": _l("closed")}
BLANK: Final = "blank"


class NewSurvey(Form):
    name: Annotated[str, Field(max_length=store.LONGEST_NAME)]
    template: str = BLANK
    touchpoint: str = ""
    anonymous: bool = False


@router.get("/surveys")
def show_surveys(request: Request, user: CurrentUser) -> Response:
    answer = SurveyList().answer(_workspace(request))
    return render(
        request,
        "surveys/surveys.html",
        surveys=answer.surveys,
        columns=COLUMNS,
        states=STATES,
        now=datetime.now(UTC),
    )


@router.get("/surveys/new")
def show_new(request: Request, user: CurrentAnalyst, template: str = "nps") -> Response:
    chosen = _ready(template)
    raw = {"template": template, "name": str(chosen.name) if chosen else ""}
    return _new_page(request, Filled[NewSurvey](raw=raw))


@router.post("/surveys/new")
def add(request: Request, user: CurrentAnalyst, data: FormData) -> Response:
    filled = read_form(NewSurvey, data)
    if not filled.form:
        return _new_page(request, filled, status=422)
    form, ready = filled.form, _ready(filled.form.template)
    with _workspace(request).db.session() as session:
        made = store.create(
            session,
            name=form.name,
            definition=ready.json if ready else {"pages": [{"name": "page1", "elements": []}]},
            tags={q: store.Tags(t.metric, t.level or "") for q, t in ready.tags.items()} if ready else {},
            anonymous=form.anonymous,
            touchpoint=form.touchpoint,
            by=user.name,
            now=datetime.now(UTC),
        )
    return redirect(f"/surveys/{made.key}/edit")


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
    found = results_of(workspace, survey, request.query_params) if told.responses or survey.version else {}
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
        now=datetime.now(UTC),
    )


@router.post("/surveys/{key}/publish")
def publish(request: Request, key: str, user: CurrentAnalyst) -> Response:
    """The draft becomes what customers see; raises InvalidInput for one that cannot be shown."""
    workspace = _workspace(request)
    Definition.of(_survey(workspace, key).draft)
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


def _new_page(request: Request, filled: Filled[NewSurvey], *, status: int = 200) -> Response:
    language = current_language()
    known = _workspace(request).part(Touchpoints).catalogue().touchpoints
    return render(
        request,
        "surveys/new.html",
        status=status,
        filled=filled,
        ready=ready_surveys(),
        touchpoints=[("", gettext("The company as a whole")), *((t.key, t.name(language)) for t in known)],
    )


def _ready(key: str) -> ReadySurvey | None:
    return next((r for r in ready_surveys() if r.key == key), None)


def _survey(workspace: Workspace, key: str) -> Survey:
    with workspace.db.session(read_only=True) as session:
        return store.survey(session, key)


def _address(request: Request, key: str) -> str:
    """Where customers find a survey."""
    return f"{base_url(request, _workspace(request).settings)}/s/{key}"


def _workspace(request: Request) -> Workspace:
    workspace: Workspace = request.app.state.workspace
    return workspace
