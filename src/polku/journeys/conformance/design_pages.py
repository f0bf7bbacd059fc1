"""The pages on which designed journeys are drawn and changed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import Response

from polku.errors import Conflict
from polku.i18n import current_language, gettext
from polku.journeys.asking.filters import touchpoints_by_stage
from polku.journeys.conformance import store
from polku.journeys.conformance.form import UNITS, DesignForm
from polku.journeys.conformance.queries import JourneyConformance
from polku.journeys.touchpoints.api import EDITORS
from polku.journeys.touchpoints.known import Touchpoints
from polku.web.forms import FormData
from polku.web.rendering import redirect, render
from polku.web.visitor import CurrentAnalyst
from polku.workspace import Workspace

PATH: Final = "/journeys/conformance"
router = APIRouter(include_in_schema=False)


@router.get(f"{PATH}/new", dependencies=EDITORS)
def show_new(request: Request) -> Response:
    """An empty form, or one of the steps that are given."""
    workspace: Workspace = request.app.state.workspace
    given = [s for s in request.query_params.getlist("steps") if s]
    steps = JourneyConformance.of({"steps": given}).designed(workspace).steps if given else ()
    return _page(request, None, DesignForm.of("", steps))


@router.post(f"{PATH}/new")
def add(request: Request, user: CurrentAnalyst, data: FormData) -> Response:
    return _taken(request, None, data, user.name)


@router.get(f"{PATH}/{{key}}/edit", dependencies=EDITORS)
def show_edit(request: Request, key: str) -> Response:
    with request.app.state.workspace.db.session(read_only=True) as session:
        design = store.find(session, key)
    return _page(request, design.key, DesignForm.of(design.name, design.steps))


@router.post(f"{PATH}/{{key}}/edit")
def change(request: Request, key: str, user: CurrentAnalyst, data: FormData) -> Response:
    return _taken(request, key, data, user.name)


@router.post(f"{PATH}/{{key}}/delete", dependencies=EDITORS)
def delete(request: Request, key: str) -> Response:
    with request.app.state.workspace.db.session() as session:
        store.delete(session, key)
    return redirect(PATH, flash=gettext("The journey is deleted."))


def _taken(request: Request, key: str | None, data: FormData, by: str) -> Response:
    """What the pressed button asks for: to change the steps, or to save them."""
    workspace: Workspace = request.app.state.workspace
    form = DesignForm.posted(data)
    does, _, row = str(data.get("do", "save")).partition(":")
    if does != "save":
        form.change(does, int(row) if row.isdecimal() and len(row) < 3 else len(form.rows))
        return _page(request, key, form)
    known = [t.key for t in workspace.part(Touchpoints).catalogue().touchpoints]
    steps = form.steps(known)
    if steps is None:
        return _page(request, key, form, status=422)
    name, now = form.raw["name"], datetime.now(UTC)
    try:
        with workspace.db.session() as session:
            if key is None:
                key = store.add(session, name, steps, by=by, now=now)
            else:
                store.change(session, key, name, steps, by=by, now=now)
    except Conflict:
        form.errors["name"] = gettext("There is a journey of this name already.")
        return _page(request, key, form, status=422)
    return redirect(f"{PATH}?design={key}", flash=gettext("%(name)s is saved.", name=name))


def _page(request: Request, key: str | None, form: DesignForm, *, status: int = 200) -> Response:
    catalogue = request.app.state.workspace.part(Touchpoints).catalogue()
    units = {"m": gettext("minutes"), "h": gettext("hours"), "d": gettext("days"), "w": gettext("weeks")}
    assert units.keys() == UNITS.keys()
    return render(
        request,
        "journeys/design_form.html",
        status=status,
        key=key,
        form=form,
        action=f"{PATH}/{key}/edit" if key else f"{PATH}/new",
        options=touchpoints_by_stage(catalogue, current_language()),
        known={t.key for t in catalogue.touchpoints},
        units=units.items(),
    )
