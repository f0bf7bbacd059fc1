"""Asking to be told of new and growing themes by e-mail, and not any more."""

from __future__ import annotations

from datetime import UTC, datetime

from fastapi import APIRouter, Request
from starlette.responses import Response

from polku.feedback import store
from polku.feedback.pages import PATH
from polku.i18n import gettext
from polku.web.rendering import redirect
from polku.web.visitor import CurrentAnalyst
from polku.workspace import Workspace

router = APIRouter(include_in_schema=False)


@router.post(PATH + "/subscribe")
def subscribe(request: Request, user: CurrentAnalyst) -> Response:
    workspace: Workspace = request.app.state.workspace
    with workspace.db.session() as session:
        store.subscribe(session, user.id, datetime.now(UTC))
    return redirect(
        PATH, flash=gettext("New and growing themes are told to %(address)s.", address=user.email)
    )


@router.post(PATH + "/unsubscribe")
def unsubscribe(request: Request, user: CurrentAnalyst) -> Response:
    workspace: Workspace = request.app.state.workspace
    with workspace.db.session() as session:
        store.unsubscribe(session, user.id)
    return redirect(PATH, flash=gettext("You are not written to about themes any more."))
