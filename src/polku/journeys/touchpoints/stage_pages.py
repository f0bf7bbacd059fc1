"""The page on which a company names and orders the stages of its path."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter, Request
from pydantic import Field
from starlette.responses import Response

from polku.i18n import gettext
from polku.journeys.touchpoints import store
from polku.journeys.touchpoints.api import EDITORS
from polku.journeys.touchpoints.known import Touchpoints
from polku.web.forms import Filled, Form, FormData, read_form
from polku.web.rendering import redirect, render

PATH: Final = "/touchpoints/stages"
router = APIRouter()


class StageForm(Form):
    name_fi: str = Field(max_length=80)
    name_en: str = Field(max_length=80)


@router.get(PATH, dependencies=EDITORS)
def show_stages(request: Request) -> Response:
    return _page(request, {})


@router.post(PATH, dependencies=EDITORS)
def add_stage(request: Request, data: FormData) -> Response:
    filled = read_form(StageForm, data)
    if filled.form is None:
        return _page(request, {"": filled})
    with request.app.state.workspace.db.session() as session:
        store.add_stage(session, name_fi=filled.form.name_fi, name_en=filled.form.name_en)
    return redirect(PATH, flash=gettext("Saved."))


@router.post(f"{PATH}/{{key}}", dependencies=EDITORS)
def change_stage(request: Request, key: str, data: FormData) -> Response:
    """Rename, move or delete, by the pressed button."""
    does = str(data.get("do", "save"))
    filled = read_form(StageForm, data)
    if does == "save" and filled.form is None:
        return _page(request, {key: filled})
    with request.app.state.workspace.db.session() as session:
        if does == "delete":
            store.delete_stage(session, key)
        elif does in ("up", "down"):
            store.move_stage(session, key, -1 if does == "up" else 1)
        elif filled.form:
            store.rename_stage(session, key, name_fi=filled.form.name_fi, name_en=filled.form.name_en)
    return redirect(PATH, flash=gettext("Saved."))


def _page(request: Request, filled: dict[str, Filled[StageForm]]) -> Response:
    """`filled` are forms with errors by the stage's key, '' being the new one."""
    catalogue = request.app.state.workspace.part(Touchpoints).catalogue()
    forms = {
        s.key: filled.get(s.key, Filled[StageForm](raw={"name_fi": s.name_fi, "name_en": s.name_en}))
        for s in catalogue.stages
    }
    return render(
        request,
        "journeys/touchpoint_stages.html",
        status=422 if filled else 200,
        stages=catalogue.stages,
        forms=forms,
        new=filled.get("", Filled[StageForm]()),
        counts={s.key: len(catalogue.of_stage(s.key)) for s in catalogue.stages},
    )
