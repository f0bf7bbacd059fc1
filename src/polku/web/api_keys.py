"""Settings → API keys: keys for programs."""

from __future__ import annotations

from datetime import UTC, datetime

from fastapi import APIRouter, Request
from starlette.responses import Response

from polku.i18n import _l, gettext
from polku.web import navigation, store
from polku.web.forms import Filled, Form, FormData, Name, read_form
from polku.web.navigation import NavItem
from polku.web.rendering import redirect, render
from polku.web.visitor import CurrentAdmin

PATH = "/settings/api-keys"
router = APIRouter()
navigation.add(NavItem(PATH, _l("API keys"), "key", 30, section="settings", admin_only=True))


class NewKey(Form):
    name: Name


@router.get(PATH)
def show_api_keys(request: Request, admin: CurrentAdmin) -> Response:
    return _page(request, Filled())


@router.post(PATH)
def add_api_key(request: Request, admin: CurrentAdmin, data: FormData) -> Response:
    filled = read_form(NewKey, data)
    if filled.form is None:
        return _page(request, filled, status=422)
    with request.app.state.workspace.db.session() as session:
        _, key = store.add_api_key(session, admin, name=filled.form.name, now=datetime.now(UTC))
    return _page(request, Filled(), new_key=key, status=201)


@router.post(f"{PATH}/{{key_id}}/revoke")
def revoke_api_key(request: Request, admin: CurrentAdmin, key_id: int) -> Response:
    with request.app.state.workspace.db.session() as session:
        store.revoke_api_key(session, key_id, now=datetime.now(UTC))
    return redirect(PATH, flash=gettext("The key no longer works."))


def _page(request: Request, filled: Filled[NewKey], *, new_key: str = "", status: int = 200) -> Response:
    with request.app.state.workspace.db.session(read_only=True) as session:
        keys = store.api_keys(session)
    return render(
        request,
        "web/api_keys.html",
        status=status,
        filled=filled,
        keys=keys,
        new_key=new_key,
        now=datetime.now(UTC),
    )
