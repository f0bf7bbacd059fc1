"""The way in: set-up of the first administrator, log-in and log-out, language and theme."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final, Literal

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from polku.errors import NotFound, TooManyAttempts
from polku.i18n import duration, gettext, use_language
from polku.security import Attempts, same, verify_password
from polku.web import navigation, store
from polku.web.client import Origin, browser_name, local_path
from polku.web.forms import Email, Filled, Form, FormData, Name, NewPassword, Password, read_form
from polku.web.gate import LANGUAGE_COOKIE, SESSION_COOKIE, THEME_COOKIE, YEAR_S
from polku.web.rendering import redirect, render
from polku.web.tables import User
from polku.web.visitor import visitor_of

router = APIRouter()

log_in_attempts: Final = Attempts(most=5, within=timedelta(minutes=15))
"""Failures of one address with one e-mail."""
address_attempts: Final = Attempts(most=50, within=timedelta(minutes=15))
"""Failures of one address with any e-mail, or with the set-up code."""


class SetUp(Form):
    company: Name
    name: Name
    email: Email
    password: NewPassword
    language: Literal["fi", "en"]
    code: str = ""


class LogIn(Form):
    email: Email
    password: Password


class Preferences(Form):
    language: Literal["", "fi", "en"] = ""
    theme: Literal["", "auto", "light", "dark"] = ""
    next: str = "/"


@router.get("/")
def home(request: Request) -> Response:
    """The first page of the navigation."""
    items = navigation.items(role=visitor_of(request).role)
    return RedirectResponse(items[0].path, 303)


@router.get("/setup")
def show_setup(request: Request) -> Response:
    _refuse_second_setup(request)
    return _setup_page(request, Filled(raw={"language": visitor_of(request).language}))


@router.post("/setup")
def set_up(request: Request, data: FormData) -> Response:
    _refuse_second_setup(request)
    visitor, now = visitor_of(request), datetime.now(UTC)
    filled = read_form(SetUp, data)
    if filled.form and _needs_code(request):
        _refuse_if_too_many(visitor.address, now)
        if not same(filled.form.code.upper(), request.app.state.setup_code.upper()):
            address_attempts.failed(visitor.address, now)
            filled.refuse("code", gettext("This is not the code. The server printed it when it started."))
    form = filled.form
    if form is None:
        return _setup_page(request, filled, status=422)
    with request.app.state.workspace.db.session() as session:
        user = store.set_up(
            session,
            company_name=form.company,
            name=form.name,
            email=form.email,
            password=form.password,
            language=form.language,
            now=now,
        )
        token = store.start_session(session, user, browser=_browser(request), now=now)
    with use_language(form.language):
        return _welcome(request, token, "/", flash=gettext("Polku is ready for use."))


@router.get("/login")
def show_login(request: Request, next: str = "/") -> Response:
    if visitor_of(request).user:
        return RedirectResponse(local_path(next), 303)
    return render(request, "web/login.html", filled=Filled[LogIn](), next=local_path(next))


@router.post("/login")
def log_in(request: Request, data: FormData) -> Response:
    visitor, now = visitor_of(request), datetime.now(UTC)
    to = local_path(str(data.get("next", "/")))
    filled = read_form(LogIn, data)
    if filled.form:
        user = _user_with_password(request, filled.form, visitor.address, now)
        if user:
            with request.app.state.workspace.db.session() as session:
                token = store.start_session(session, user, browser=_browser(request), now=now)
            return _welcome(request, token, to)
        filled.refuse("", gettext("The e-mail address or the password is wrong."))
    return render(request, "web/login.html", status=422, filled=filled, next=to)


@router.post("/logout")
def log_out(request: Request) -> Response:
    visitor = visitor_of(request)
    if visitor.user and visitor.token_hash:
        with request.app.state.workspace.db.session() as session:
            store.end_session(session, visitor.token_hash, user_id=visitor.user.id)
    visitor.cookies[SESSION_COOKIE] = ("", 0)
    return redirect("/login")


@router.post("/preferences")
def set_preferences(request: Request, data: FormData) -> Response:
    """Language and theme: of the user, or of this browser before log-in."""
    visitor = visitor_of(request)
    form = read_form(Preferences, data).form or Preferences()
    if form.theme:
        visitor.cookies[THEME_COOKIE] = (form.theme, YEAR_S)
    if form.language:
        visitor.cookies[LANGUAGE_COOKIE] = (form.language, YEAR_S)
        if visitor.user:
            with request.app.state.workspace.db.session() as session:
                store.user_by_id(session, visitor.user.id).language = form.language
    return redirect(local_path(form.next))


def _setup_page(request: Request, filled: Filled[SetUp], status: int = 200) -> Response:
    return render(request, "web/setup.html", status=status, filled=filled, needs_code=_needs_code(request))


def _refuse_second_setup(request: Request) -> None:
    if visitor_of(request).company:
        raise NotFound("Polku has been set up already. Log in instead.")


def _needs_code(request: Request) -> bool:
    origin: Origin = request.app.state.origin
    return not origin.is_this_machine(request)


def _user_with_password(request: Request, form: LogIn, address: str, now: datetime) -> User | None:
    key = f"{address} {form.email}"
    _refuse_if_too_many(address, now)
    if wait := log_in_attempts.wait(key, now):
        raise _too_many(wait)
    with request.app.state.workspace.db.session(read_only=True) as session:
        user: User | None = store.open_user_by_email(session, form.email)
    if verify_password(form.password, user.password_hash if user else None):
        log_in_attempts.succeeded(key)
        return user
    log_in_attempts.failed(key, now)
    address_attempts.failed(address, now)
    return None


def _refuse_if_too_many(address: str, now: datetime) -> None:
    if wait := address_attempts.wait(address, now):
        raise _too_many(wait)


def _too_many(wait: timedelta) -> TooManyAttempts:
    error = TooManyAttempts("Too many wrong attempts. Try again in %(wait)s.", wait=duration(wait))
    error.retry_after_s = int(wait.total_seconds()) + 1
    return error


def _welcome(request: Request, token: str, to: str, *, flash: str = "") -> Response:
    seconds = int(store.SESSION_LASTS.total_seconds())
    visitor_of(request).cookies[SESSION_COOKIE] = (token, seconds)
    return redirect(to, flash=flash)


def _browser(request: Request) -> str:
    return browser_name(request.headers.get("user-agent", ""))
