"""Settings → how customers are joined: the rules of identity, what others would change, and their history."""

from __future__ import annotations

from typing import Any, Final

from fastapi import APIRouter, Request
from starlette.responses import Response

from polku.errors import Conflict, NotFound
from polku.i18n import _l, gettext
from polku.profiles import store
from polku.profiles.identity import Identities
from polku.profiles.pages import RULES as PATH
from polku.profiles.pages import WORDS
from polku.profiles.rules import MOST_OF_A_TYPE, RulesVersion
from polku.profiles.rules_form import RulesForm
from polku.profiles.rules_history import changes
from polku.profiles.rules_trial import RulesTrial, RulesTrials
from polku.web import navigation
from polku.web.forms import FormData
from polku.web.navigation import NavItem
from polku.web.rendering import redirect, render
from polku.web.visitor import CurrentAnalyst
from polku.workspace import Workspace

MOST_CHANGES: Final = 20
router = APIRouter(include_in_schema=False)
navigation.add(NavItem(PATH, _l("How customers are joined"), "link", 40, section="settings", role="analyst"))


@router.get(PATH)
def show_rules(request: Request, user: CurrentAnalyst, version: int | None = None) -> Response:
    """The rules that hold, or those of an earlier version to be put in force again."""
    versions = _versions(request)
    number = versions[-1].number if version is None else version
    shown = next((v for v in versions if v.number == number), None)
    if shown is None:
        raise NotFound("There are no rules with the number %(number)s.", number=number)
    known = _workspace(request).part(Identities).types()
    form = RulesForm.of(shown.rules, versions[-1].number, known)
    earlier = shown if shown is not versions[-1] else None
    return _page(request, form, earlier=earlier)


@router.post(PATH)
def change_rules(request: Request, user: CurrentAnalyst, data: FormData) -> Response:
    """What the pressed button asks for: a type moved, a value left out, a preview, or to keep the rules."""
    identities = _workspace(request).part(Identities)
    form = RulesForm.posted(data, identities.types())
    does, _, what = str(data.get("do", "save")).partition(":")
    if does in ("up", "down"):
        form.move(what, -1 if does == "up" else 1)
        return _page(request, form)
    if does == "block":
        form.block(what)
        return _page(request, form)
    if does == "preview":
        return show_preview(request, user, data)
    rules, newest = form.checked(), _versions(request)[-1]
    if rules is None:
        return _page(request, form, status=422)
    if form.raw["after"] != str(newest.number):
        form.errors[""] = gettext(
            "%(name)s has changed the rules meanwhile: see below. Save again to replace them with yours.",
            name=newest.changed_by,
        )
        form.raw["after"] = str(newest.number)
        return _page(request, form, status=409)
    if identities.change_rules(rules, who=user.name).number == newest.number:
        return redirect(PATH, flash=gettext("Nothing was changed."))
    return redirect(PATH, flash=gettext("Saved. The past follows in a moment."))


@router.post(PATH + "/preview")
def show_preview(request: Request, user: CurrentAnalyst, data: FormData) -> Response:
    """What the rules as typed would change; to htmx only that."""
    workspace = _workspace(request)
    form = RulesForm.posted(data, workspace.part(Identities).types())
    rules = form.checked()
    if rules is None:
        return _page(request, form, tried=True)
    try:
        return _page(request, form, trial=workspace.part(RulesTrials).trial(rules, asker=user.id), tried=True)
    except Conflict as e:
        return _page(request, form, tried=True, wrong=gettext(e.template))


def _page(
    request: Request,
    form: RulesForm,
    *,
    status: int = 200,
    earlier: RulesVersion | None = None,
    trial: RulesTrial | None = None,
    tried: bool = False,
    wrong: str = "",
) -> Response:
    values: dict[str, Any] = {
        "form": form,
        "earlier": earlier,
        "trial": trial,
        "tried": tried,
        "wrong": wrong or form.first_error,
        "changes": changes(_versions(request))[:MOST_CHANGES],
        "most": MOST_OF_A_TYPE,
        "path": PATH,
    }
    return render(request, "profiles/rules.html", status=status, **values, **WORDS)


def _versions(request: Request) -> list[RulesVersion]:
    with _workspace(request).db.session(read_only=True) as session:
        return store.rules_versions(session)


def _workspace(request: Request) -> Workspace:
    workspace: Workspace = request.app.state.workspace
    return workspace
