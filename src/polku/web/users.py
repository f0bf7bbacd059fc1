"""Settings → users: who may log in, and as what."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final, Literal

from fastapi import APIRouter, Request
from starlette.responses import Response

from polku.errors import Conflict
from polku.i18n import LazyText, _l, gettext
from polku.security import hash_password
from polku.web import navigation, store
from polku.web.forms import Email, Filled, Form, FormData, Name, NewPassword, read_form
from polku.web.listing import Column, Listing, TableRequest
from polku.web.navigation import NavItem
from polku.web.rendering import redirect, render
from polku.web.tables import User
from polku.web.visitor import CurrentAdmin
from polku.workspace import Role

PATH = "/settings/users"
router = APIRouter()
navigation.add(NavItem(PATH, _l("Users"), "people", 20, section="settings", role="admin"))

ROLE_TITLES: Final[dict[Role, LazyText]] = {
    "admin": _l("Administrator"),
    "analyst": _l("Analyst"),
    "agent": _l("Customer service"),
}
COLUMNS: Final = (
    Column(_l("Name"), sort="name"),
    Column(_l("E-mail"), sort="email"),
    Column(_l("Role"), sort="role"),
    Column(_l("Added"), sort="created"),
    Column(_l("State")),
)


class NewUser(Form):
    name: Name
    email: Email
    role: Literal["admin", "analyst", "agent"]
    language: Literal["fi", "en"]
    password: NewPassword


class EditUser(Form):
    name: Name
    role: Literal["admin", "analyst", "agent"]
    password: NewPassword | None = None


@router.get(PATH)
def show_users(request: Request, admin: CurrentAdmin) -> Response:
    wanted = TableRequest.read(
        request.query_params, path=PATH, sorts=("name", "email", "role", "created"), default="name"
    )
    with request.app.state.workspace.db.session(read_only=True) as session:
        rows, total = store.users(
            session, sort=wanted.sort, descending=wanted.descending, offset=wanted.offset, limit=wanted.size
        )
    listing = Listing(COLUMNS, rows, total, wanted)
    return render(request, "web/users.html", listing=listing, roles=ROLE_TITLES)


@router.get(f"{PATH}/new")
def show_new_user(request: Request, admin: CurrentAdmin) -> Response:
    filled = Filled[NewUser](raw={"role": "analyst", "language": admin.language})
    return render(request, "web/user_new.html", filled=filled, roles=ROLE_TITLES)


@router.post(f"{PATH}/new")
def add_user(request: Request, admin: CurrentAdmin, data: FormData) -> Response:
    filled = read_form(NewUser, data)
    form = filled.form
    if form:
        try:
            with request.app.state.workspace.db.session() as session:
                store.add_user(session, **form.model_dump(), now=datetime.now(UTC))
        except Conflict:
            filled.refuse("email", gettext("A user with this e-mail address exists already."))
        else:
            return redirect(PATH, flash=gettext("%(name)s can now log in.", name=form.name))
    return render(request, "web/user_new.html", status=422, filled=filled, roles=ROLE_TITLES)


@router.get(f"{PATH}/{{user_id}}")
def show_user(request: Request, admin: CurrentAdmin, user_id: int) -> Response:
    with request.app.state.workspace.db.session(read_only=True) as session:
        row = store.user_by_id(session, user_id)
    filled = Filled[EditUser](raw={"name": row.name, "role": row.role})
    return render(request, "web/user.html", row=row, filled=filled, roles=ROLE_TITLES)


@router.post(f"{PATH}/{{user_id}}")
def save_user(request: Request, admin: CurrentAdmin, user_id: int, data: FormData) -> Response:
    filled = read_form(EditUser, data)
    with request.app.state.workspace.db.session() as session:
        row = store.user_by_id(session, user_id)
        form = filled.form
        if form:
            if row.is_admin and form.role != "admin":
                _keep_an_admin(store.open_admins(session), row)
            row.name, row.role = form.name, form.role
            if form.password:
                row.password_hash = hash_password(form.password)
                store.end_sessions_of(session, row.id)
            return redirect(PATH, flash=gettext("Saved."))
    return render(request, "web/user.html", status=422, row=row, filled=filled, roles=ROLE_TITLES)


@router.post(f"{PATH}/{{user_id}}/close")
def close_user(request: Request, admin: CurrentAdmin, user_id: int) -> Response:
    with request.app.state.workspace.db.session() as session:
        row = store.user_by_id(session, user_id)
        if row.is_admin:
            _keep_an_admin(store.open_admins(session), row)
        row.closed_at = datetime.now(UTC)
        store.end_sessions_of(session, row.id)
    return redirect(PATH, flash=gettext("%(name)s can no longer log in.", name=row.name))


@router.post(f"{PATH}/{{user_id}}/reopen")
def reopen_user(request: Request, admin: CurrentAdmin, user_id: int) -> Response:
    with request.app.state.workspace.db.session() as session:
        row = store.user_by_id(session, user_id)
        row.closed_at = None
    return redirect(PATH, flash=gettext("%(name)s can now log in.", name=row.name))


def _keep_an_admin(open_admins: int, row: User) -> None:
    if row.closed_at is None and open_admins <= 1:
        raise Conflict("This is the only administrator. Make another one first.")
