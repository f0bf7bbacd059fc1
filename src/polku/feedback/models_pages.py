"""The page that tells what was learned from the company's own comments, where it can be turned off."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import Response

from polku.feedback.models import choose, models_told
from polku.feedback.pages import PATH, language_name
from polku.i18n import _l, gettext
from polku.text import LANGUAGES
from polku.web import navigation
from polku.web.navigation import NavItem
from polku.web.rendering import redirect, render
from polku.web.visitor import CurrentAnalyst
from polku.workspace import Workspace

MODELS: Final = PATH + "/models"
router = APIRouter(include_in_schema=False)
navigation.add(
    NavItem(PATH + "/models", _l("What was learned"), "metric", 50, section="feedback", role="analyst")
)


@router.get(MODELS)
def show_models(request: Request, user: CurrentAnalyst) -> Response:
    workspace: Workspace = request.app.state.workspace
    names = {code: language_name(code) for code in LANGUAGES}
    return render(request, "feedback/models.html", told=models_told(workspace), names=names)


@router.post(MODELS + "/{language}/off")
def turn_off(request: Request, user: CurrentAnalyst, language: str) -> Response:
    return _turned(request, user.name, language, is_on=False)


@router.post(MODELS + "/{language}/on")
def turn_on(request: Request, user: CurrentAnalyst, language: str) -> Response:
    return _turned(request, user.name, language, is_on=True)


def _turned(request: Request, by: str, language: str, *, is_on: bool) -> Response:
    workspace: Workspace = request.app.state.workspace
    choose(workspace, language, is_on=is_on, by=by, now=datetime.now(UTC))
    return redirect(MODELS, flash=gettext("Saved. Comments are told anew in the background."))
