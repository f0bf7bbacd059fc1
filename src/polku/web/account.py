"""Settings → my account: name, language, password, and where I am logged in."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Literal

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from polku.errors import TooManyAttempts
from polku.i18n import _l, gettext, use_language
from polku.security import hash_password, verify_password
from polku.web import navigation, store
from polku.web.entrance import log_in_attempts
from polku.web.forms import Filled, Form, FormData, Name, NewPassword, Password, read_form
from polku.web.navigation import NavItem
from polku.web.rendering import redirect, render
from polku.web.visitor import CurrentUser, visitor_of

PATH = "/settings/account"
router = APIRouter()
navigation.add(NavItem("/settings", _l("Settings"), "settings", 120))
navigation.add(NavItem(PATH, _l("My account"), "person", 10, section="settings"))


class Me(Form):
    name: Name
    language: Literal["fi", "en"]


class ChangePassword(Form):
    current: Password
    new: NewPassword


@router.get("/settings")
def settings(user: CurrentUser) -> Response:
    return RedirectResponse(PATH, 303)


@router.get(PATH)
def show_account(request: Request, user: CurrentUser) -> Response:
    return _page(request, me=Filled(raw={"name": user.name, "language": user.language}))


@router.post(PATH)
def save_account(request: Request, user: CurrentUser, data: FormData) -> Response:
    filled = read_form(Me, data)
    if filled.form is None:
        return _page(request, me=filled, status=422)
    with request.app.state.workspace.db.session() as session:
        row = store.user_by_id(session, user.id)
        row.name, row.language = filled.form.name, filled.form.language
    with use_language(filled.form.language):
        return redirect(PATH, flash=gettext("Saved."))


@router.post(f"{PATH}/password")
def change_password(request: Request, user: CurrentUser, data: FormData) -> Response:
    now, key = datetime.now(UTC), f"password {user.id}"
    if log_in_attempts.wait(key, now):
        raise TooManyAttempts("Too many wrong passwords. Wait a quarter of an hour and try again.")
    filled = read_form(ChangePassword, data)
    if filled.form and not verify_password(filled.form.current, user.password_hash):
        log_in_attempts.failed(key, now)
        filled.refuse("current", gettext("This is not your current password."))
    if filled.form is None:
        me = Filled[Me](raw={"name": user.name, "language": user.language})
        return _page(request, me=me, password=filled, status=422)
    with request.app.state.workspace.db.session() as session:
        store.user_by_id(session, user.id).password_hash = hash_password(filled.form.new)
        store.end_sessions_of(session, user.id, but=visitor_of(request).token_hash)
    return redirect(PATH, flash=gettext("The password is changed. Other browsers were logged out."))


@router.post(f"{PATH}/sessions/{{token_hash}}/end")
def end_session(request: Request, user: CurrentUser, token_hash: str) -> Response:
    with request.app.state.workspace.db.session() as session:
        store.end_session(session, token_hash, user_id=user.id)
    return redirect(PATH, flash=gettext("Logged out there."))


def _page(
    request: Request, *, me: Filled[Me], password: Filled[ChangePassword] | None = None, status: int = 200
) -> Response:
    visitor = visitor_of(request)
    assert visitor.user is not None
    with request.app.state.workspace.db.session(read_only=True) as session:
        sessions = store.sessions_of(session, visitor.user.id)
    return render(
        request,
        "web/account.html",
        status=status,
        me=me,
        password=password or Filled[ChangePassword](),
        sessions=sessions,
        here_hash=visitor.token_hash,
        now=datetime.now(UTC),
    )
