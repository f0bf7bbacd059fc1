"""Settings → Webhooks: other systems that are called when something happens."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Final

from fastapi import APIRouter, Request
from pydantic import Field
from starlette.responses import Response

from polku.errors import InvalidInput
from polku.i18n import LazyText, _l, gettext, in_words
from polku.web import navigation
from polku.web.forms import Filled, Form, FormData, Name, read_form
from polku.web.navigation import NavItem
from polku.web.rendering import redirect, render
from polku.web.visitor import CurrentAdmin
from polku.webhooks import store
from polku.webhooks.calls import calls, counts, make_again, put, turn_off
from polku.webhooks.kinds import TRIAL, WebhookKind
from polku.webhooks.reasons import REASONS

PATH: Final = "/settings/webhooks"
router = APIRouter(include_in_schema=False)
navigation.add(NavItem(PATH, _l("Webhooks"), "key", 40, section="settings", role="admin"))

STATE_TITLES: Final[dict[str, LazyText]] = {
    "queued": _l("waits"),
    "deferred": _l("is tried again"),
    "made": _l("made"),
    "failed": _l("failed"),
}
SHOWN: Final = 50


class NewWebhook(Form):
    name: Name
    url: Annotated[str, Field(max_length=store.LONGEST_URL)]
    kinds: list[str]
    authorization: Annotated[str, Field(max_length=2_000)] = ""


@router.get(PATH)
def show_webhooks(request: Request, user: CurrentAdmin) -> Response:
    return _list(request, Filled())


@router.post(PATH)
def add_webhook(request: Request, user: CurrentAdmin, data: FormData) -> Response:
    filled = read_form(NewWebhook, data)
    if filled.form and not set(filled.form.kinds) <= {kind.name for kind in _kinds(request)}:
        filled.refuse("kinds", gettext("Choose of these."))
    elif filled.form and not filled.form.kinds:
        filled.refuse("kinds", gettext("Choose what it is called for."))
    if filled.form is None:
        return _list(request, filled, status=422)
    form = filled.form
    try:
        with request.app.state.workspace.db.session() as session:
            row = store.add(
                session, form.name, form.url, form.kinds, _now(), authorization=form.authorization
            )
            id = row.id
    except InvalidInput as e:
        filled.refuse("url", in_words(e))
        return _list(request, filled, status=422)
    return redirect(f"{PATH}/{id}", flash=gettext("The webhook was added. Try it now."))


@router.get(f"{PATH}/{{webhook_id}}")
def show_webhook(request: Request, user: CurrentAdmin, webhook_id: int) -> Response:
    with request.app.state.workspace.db.session(read_only=True) as session:
        row = store.webhook(session, webhook_id)
        made = calls(session, webhook_id=webhook_id, limit=SHOWN)
    return render(
        request,
        "webhooks/webhook.html",
        row=row,
        calls=made,
        kinds=_titles(request),
        states=STATE_TITLES,
        reasons=REASONS,
        now=_now(),
    )


@router.post(f"{PATH}/{{webhook_id}}/try")
def try_webhook(request: Request, user: CurrentAdmin, webhook_id: int) -> Response:
    with request.app.state.workspace.db.session() as session:
        row = store.webhook(session, webhook_id)
        row.rests, row.rests_until = 0, None
        put(session, webhook_id, TRIAL, {"message": "Polku"}, _now())
    return redirect(f"{PATH}/{webhook_id}")


@router.post(f"{PATH}/{{webhook_id}}/turn")
def turn_webhook(request: Request, user: CurrentAdmin, webhook_id: int) -> Response:
    """On, or off."""
    with request.app.state.workspace.db.session() as session:
        row = store.webhook(session, webhook_id)
        if row.turned_off_at is None:
            turn_off(session, row, _now())
        else:
            row.turned_off_at, row.rests, row.rests_until = None, 0, None
    return redirect(f"{PATH}/{webhook_id}")


@router.post(f"{PATH}/{{webhook_id}}/remove")
def remove_webhook(request: Request, user: CurrentAdmin, webhook_id: int) -> Response:
    with request.app.state.workspace.db.session() as session:
        store.remove(session, webhook_id)
    return redirect(PATH, flash=gettext("The webhook was removed."))


@router.post(f"{PATH}/{{webhook_id}}/calls/{{call_id}}")
def make_call_again(request: Request, user: CurrentAdmin, webhook_id: int, call_id: int) -> Response:
    with request.app.state.workspace.db.session() as session:
        make_again(session, call_id, _now())
    return redirect(f"{PATH}/{webhook_id}")


def _list(request: Request, filled: Filled[NewWebhook], *, status: int = 200) -> Response:
    with request.app.state.workspace.db.session(read_only=True) as session:
        rows = store.webhooks(session)
        numbers = counts(session)
    return render(
        request,
        "webhooks/webhooks.html",
        status=status,
        filled=filled,
        rows=rows,
        counts=numbers,
        offered=_kinds(request),
        kinds=_titles(request),
        now=_now(),
    )


def _kinds(request: Request) -> tuple[WebhookKind, ...]:
    found: tuple[WebhookKind, ...] = request.app.state.webhook_kinds
    return found


def _titles(request: Request) -> dict[str, LazyText]:
    return {kind.name: kind.label for kind in _kinds(request)} | {TRIAL: _l("Trial")}


def _now() -> datetime:
    return datetime.now(UTC)
