"""Settings → API keys: keys for programs."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Literal

from fastapi import APIRouter, Request
from starlette.responses import Response

from polku.i18n import _l, gettext
from polku.web import navigation, store
from polku.web.forms import Filled, Form, FormData, Name, read_form
from polku.web.navigation import NavItem
from polku.web.rendering import redirect, render
from polku.web.roles import covers
from polku.web.tables import User
from polku.web.users import ROLE_TITLES
from polku.web.visitor import CurrentAnalyst, require_analyst

PATH = "/settings/api-keys"
router = APIRouter()
navigation.add(NavItem(PATH, _l("API keys"), "key", 30, section="settings", role="analyst"))


class NewKey(Form):
    name: Name
    role: Literal["admin", "analyst", "agent"] = "agent"


@router.get(PATH)
def show_api_keys(request: Request, user: CurrentAnalyst) -> Response:
    return _page(request, Filled(raw={"role": "agent"}))


@router.post(PATH)
def add_api_key(request: Request, user: CurrentAnalyst, data: FormData) -> Response:
    filled = read_form(NewKey, data)
    if filled.form and not covers(user.role, filled.form.role):
        filled.refuse("role", gettext("A key may not do more than you."))
    if filled.form is None:
        return _page(request, filled, status=422)
    with request.app.state.workspace.db.session() as session:
        _, key = store.add_api_key(session, user, **filled.form.model_dump(), now=datetime.now(UTC))
    return _page(request, Filled(raw={"role": "agent"}), new_key=key, status=201)


@router.post(f"{PATH}/{{key_id}}/revoke")
def revoke_api_key(request: Request, user: CurrentAnalyst, key_id: int) -> Response:
    with request.app.state.workspace.db.session() as session:
        store.revoke_api_key(session, key_id, of=_whose(user), now=datetime.now(UTC))
    return redirect(PATH, flash=gettext("The key no longer works."))


def _whose(user: User) -> int | None:
    """Whose keys one sees and revokes: one's own; an administrator all."""
    return None if user.is_admin else user.id


def _page(request: Request, filled: Filled[NewKey], *, new_key: str = "", status: int = 200) -> Response:
    user = require_analyst(request)
    with request.app.state.workspace.db.session(read_only=True) as session:
        keys = store.api_keys(session, of=_whose(user))
    return render(
        request,
        "web/api_keys.html",
        status=status,
        filled=filled,
        keys=keys,
        roles={r: t for r, t in ROLE_TITLES.items() if covers(user.role, r)},
        titles=ROLE_TITLES,
        new_key=new_key,
        now=datetime.now(UTC),
    )
