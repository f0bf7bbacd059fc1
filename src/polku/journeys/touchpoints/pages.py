"""The pages on which touchpoints and stages are looked at and changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from fastapi import APIRouter, Request
from starlette.responses import Response

from polku.i18n import _l, current_language, gettext
from polku.journeys.touchpoints import store
from polku.journeys.touchpoints.api import EDITORS
from polku.journeys.touchpoints.catalogue import Catalogue, Stage, Touchpoint
from polku.journeys.touchpoints.conditions import OPERATORS
from polku.journeys.touchpoints.form import NO_STAGE, RuleRow, TouchpointForm
from polku.journeys.touchpoints.known import Touchpoints
from polku.journeys.touchpoints.preview import Preview
from polku.journeys.touchpoints.queries import ListTouchpoints, ListUnmatched
from polku.journeys.touchpoints.rules import TYPES, USUAL_POSITION, Rule
from polku.web import navigation
from polku.web.channels import CHANNELS
from polku.web.forms import FormData
from polku.web.navigation import NavItem
from polku.web.rendering import redirect, render
from polku.web.visitor import CurrentUser, visitor_of
from polku.workspace import Workspace

PATH: Final = "/touchpoints"
router = APIRouter()
navigation.add(NavItem(PATH, _l("Touchpoints"), "touchpoint", 30))

TYPE_NAMES: Final = {
    "track": _l("Event"),
    "page": _l("Page view"),
    "screen": _l("App screen"),
    "identify": _l("Identification"),
    "group": _l("Group"),
    "alias": _l("Alias"),
}
OPERATOR_NAMES: Final = {
    "equals": _l("is"),
    "contains": _l("contains"),
    "exists": _l("exists"),
    ">=": _l("at least"),
    "<=": _l("at most"),
}
assert tuple(OPERATOR_NAMES) == OPERATORS
assert tuple(TYPE_NAMES) == TYPES


@dataclass(frozen=True, slots=True)
class Listed:
    """A row of the list."""

    touchpoint: Touchpoint
    events: int
    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class StageList:
    """A stage with its rows; no stage: what is not on the map."""

    stage: Stage | None
    rows: tuple[Listed, ...]


@router.get(PATH)
def show_list(request: Request, user: CurrentUser) -> Response:
    workspace: Workspace = request.app.state.workspace
    catalogue = workspace.part(Touchpoints).catalogue()
    answer = ListTouchpoints().answer(workspace)
    events = {t.key: t.events for t in answer.touchpoints}
    with workspace.db.session(read_only=True) as session:
        rules = store.rules_by_touchpoint(session)
    stages = []
    for stage in (*catalogue.stages, None):
        rows = tuple(
            Listed(t, events.get(t.key, 0), tuple(rules.get(t.code, ())))
            for t in catalogue.of_stage(stage.key if stage else None)
        )
        if rows or stage:
            stages.append(StageList(stage, rows))
    return render(
        request,
        "journeys/touchpoints.html",
        answer=answer,
        stages=stages,
        most=max(events.values(), default=0),
        unmatched=ListUnmatched(limit=12).answer(workspace),
        type_names=TYPE_NAMES,
        operator_names=OPERATOR_NAMES,
        channel_names=CHANNELS,
        may_edit=visitor_of(request).may("analyst"),
    )


@router.get(f"{PATH}/new", dependencies=EDITORS)
def show_new(request: Request) -> Response:
    return _page(request, None, TouchpointForm.blank(request.query_params))


@router.post(f"{PATH}/new", dependencies=EDITORS)
def add(request: Request, data: FormData) -> Response:
    return _taken(request, None, data)


@router.post(f"{PATH}/preview", dependencies=EDITORS)
def show_preview(request: Request, data: FormData) -> Response:
    """Only the preview, for htmx; the form itself asks for it by its own address."""
    return _page(request, str(data.get("key", "")) or None, TouchpointForm.posted(data), try_out=True)


@router.get(f"{PATH}/{{key}}/edit", dependencies=EDITORS)
def show_edit(request: Request, key: str) -> Response:
    with request.app.state.workspace.db.session(read_only=True) as session:
        spec = store.load_spec(session, key)
    return _page(request, key, TouchpointForm.of(spec))


@router.post(f"{PATH}/{{key}}/edit", dependencies=EDITORS)
def change(request: Request, key: str, data: FormData) -> Response:
    return _taken(request, key, data)


@router.get(f"{PATH}/{{key}}/delete", dependencies=EDITORS)
def ask_to_delete(request: Request, key: str) -> Response:
    workspace: Workspace = request.app.state.workspace
    with workspace.db.session(read_only=True) as session:
        spec = store.load_spec(session, key)
    listed = ListTouchpoints().answer(workspace).touchpoints
    events = next((t.events for t in listed if t.key == key), 0)
    return render(request, "journeys/touchpoint_delete.html", spec=spec, events=events)


@router.post(f"{PATH}/{{key}}/delete", dependencies=EDITORS)
def delete(request: Request, key: str) -> Response:
    workspace: Workspace = request.app.state.workspace
    with workspace.db.session() as session:
        store.delete_touchpoint(session, key)
    workspace.engine.soon()
    return redirect(PATH, flash=gettext("The touchpoint is deleted. Its events are kept."))


@router.post(f"{PATH}/{{key}}/move", dependencies=EDITORS)
def move(request: Request, key: str, data: FormData) -> Response:
    with request.app.state.workspace.db.session() as session:
        store.move_touchpoint(session, key, -1 if data.get("way") == "up" else 1)
    return redirect(f"{PATH}#{key}")


def _taken(request: Request, key: str | None, data: FormData) -> Response:
    """What the pressed button asks for: a row more or less, a preview, or to keep it."""
    workspace: Workspace = request.app.state.workspace
    form = TouchpointForm.posted(data)
    does, _, row = str(data.get("do", "save")).partition(":")
    if does == "add":
        form.rows.append(RuleRow({}))
    elif does == "remove":
        form.rows = [r for i, r in enumerate(form.rows) if str(i) != row] or [RuleRow({})]
    if does in ("add", "remove", "preview"):
        return _page(request, key, form, try_out=does == "preview")
    catalogue = workspace.part(Touchpoints).catalogue()
    spec = form.checked(key, taken=_keys(catalogue), stages=[s.key for s in catalogue.stages])
    if spec is None:
        return _page(request, key, form, status=422)
    with workspace.db.session() as session:
        if key is None:
            store.add_touchpoint(session, spec)
        else:
            store.change_touchpoint(session, key, spec)
    workspace.engine.soon()
    name = spec.name_fi if current_language() == "fi" else spec.name_en
    return redirect(
        f"{PATH}#{spec.key}",
        flash=gettext("%(name)s is saved. The past follows in a moment.", name=name),
    )


def _page(
    request: Request, key: str | None, form: TouchpointForm, *, status: int = 200, try_out: bool = False
) -> Response:
    touchpoints = request.app.state.workspace.part(Touchpoints)
    catalogue = touchpoints.catalogue()
    found: Preview | None = None
    wrong = ""
    if try_out:
        stages = [s.key for s in catalogue.stages]
        copy = TouchpointForm(dict(form.raw), list(form.rows))
        copy.raw["name_fi"] = copy.raw["name_fi"] or "-"  # a name is not needed to try the rules
        spec = copy.checked(key, taken=_keys(catalogue), stages=stages)
        found = touchpoints.preview(spec) if spec else None
        wrong = copy.first_error
    language = current_language()
    values: dict[str, Any] = {
        "key": key,
        "form": form,
        "action": f"{PATH}/{key}/edit" if key else f"{PATH}/new",
        "preview": found,
        "tried": try_out,
        "wrong": wrong,
        "by_code": {t.code: t.name(language) for t in catalogue.touchpoints},
        "channels": CHANNELS.items(),
        "stages": [(s.key, s.name(language)) for s in catalogue.stages]
        + [(NO_STAGE, gettext("Not on the map"))],
        "sources": sorted(touchpoints.sources()),
        "types": TYPE_NAMES.items(),
        "operators": OPERATOR_NAMES.items(),
        "type_names": TYPE_NAMES,
        "usual_position": USUAL_POSITION,
    }
    return render(request, "journeys/touchpoint_form.html", status=status, **values)


def _keys(catalogue: Catalogue) -> list[str]:
    return [t.key for t in catalogue.touchpoints]
