"""The page on which the taxonomy of comments is edited, and tried on real comments before it is saved."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

from fastapi import APIRouter, Request
from starlette.responses import Response

from polku.errors import NotFound
from polku.feedback import rereading, store
from polku.feedback.comments import Comments
from polku.feedback.pages import PATH, language_name
from polku.feedback.taxonomies import restore_shipped, save_taxonomy
from polku.feedback.taxonomy_form import GROUP_NAMES, TaxonomyForm, changed_meanwhile
from polku.feedback.taxonomy_trial import MOST_TRIED, newest, one_told, tried
from polku.feedback.understanding import Understandings, taxonomy_in
from polku.i18n import _l, current_language, gettext
from polku.text import LANGUAGES, Taxonomy
from polku.web import navigation
from polku.web.forms import FormData
from polku.web.navigation import NavItem
from polku.web.rendering import redirect, render
from polku.web.visitor import CurrentAnalyst
from polku.workspace import Workspace

TAXONOMY: Final = PATH + "/taxonomy"
router = APIRouter(include_in_schema=False)
navigation.add(
    NavItem(
        PATH + "/taxonomy", _l("What comments speak of"), "touchpoint", 40, section="feedback", role="analyst"
    )
)


@router.get(TAXONOMY)
def show_taxonomy(request: Request, user: CurrentAnalyst, version: int | None = None) -> Response:
    """The taxonomy that holds, or an earlier version of it to be put in force again."""
    workspace: Workspace = request.app.state.workspace
    by = workspace.part(Understandings).current()
    shown = by.taxonomy
    if version is not None:
        shown = _version(workspace, version)
    return _page(request, TaxonomyForm.of(shown, by.taxonomy_number), earlier=version)


@router.post(TAXONOMY)
def change_taxonomy(request: Request, user: CurrentAnalyst, data: FormData) -> Response:
    """Try what was typed on comments, or keep it."""
    workspace: Workspace = request.app.state.workspace
    now = datetime.now(UTC)
    if data.get("do") == "shipped":
        restore_shipped(workspace, by=user.name, now=now)
        return redirect(TAXONOMY, flash=gettext("Saved. Comments are told anew in the background."))
    form = TaxonomyForm.posted(data)
    if data.get("do") == "try":
        return try_taxonomy(request, user, data)
    taxonomy = form.checked()
    if taxonomy is None:
        return _page(request, form, status=422)
    with workspace.db.session(read_only=True) as session:
        latest = store.newest_taxonomy(session)
    if latest is not None and latest.number != form.after:
        form.errors[""] = changed_meanwhile(latest.changed_by)
        form.after = latest.number
        return _page(request, form, status=409)
    before = latest.number if latest else 0
    if save_taxonomy(workspace, taxonomy, by=user.name, now=now) == before:
        return redirect(TAXONOMY, flash=gettext("Nothing was changed."))
    return redirect(TAXONOMY, flash=gettext("Saved. Comments are told anew in the background."))


@router.post(TAXONOMY + "/trial")
def try_taxonomy(request: Request, user: CurrentAnalyst, data: FormData) -> Response:
    """What the taxonomy as typed would tell of real comments; to htmx only that."""
    form = TaxonomyForm.posted(data)
    return _page(request, form, draft=form.checked(), tried_out=True)


def _page(
    request: Request,
    form: TaxonomyForm,
    *,
    status: int = 200,
    earlier: int | None = None,
    draft: Taxonomy | None = None,
    tried_out: bool = False,
) -> Response:
    workspace: Workspace = request.app.state.workspace
    by = workspace.part(Understandings).current()
    comments = workspace.part(Comments)
    language = current_language()
    with workspace.db.session(read_only=True) as session:
        versions = store.taxonomy_versions(session)
    names = {
        f"{group}.{e.name}": e.called(language)
        for taxonomy in (by.taxonomy, draft or by.taxonomy)
        for group in GROUP_NAMES
        for e in getattr(taxonomy, group)
    }
    values: dict[str, Any] = {
        "form": form,
        "earlier": earlier,
        "versions": versions,
        "number_now": by.taxonomy_number,
        "group_names": GROUP_NAMES,
        "spoken": {code: language_name(code) for code in LANGUAGES},
        "names": names,
        "trial": tried(newest(comments.current()), by.taxonomy, draft) if draft else None,
        "one": one_told(form.text, draft, language) if draft and form.text else None,
        "tried_out": tried_out,
        "most": MOST_TRIED,
        "progress": rereading.progress(comments.file),
        "path": TAXONOMY,
    }
    return render(request, "feedback/taxonomy.html", status=status, **values)


def _version(workspace: Workspace, number: int) -> Taxonomy:
    if number == 0:
        return taxonomy_in("")
    with workspace.db.session(read_only=True) as session:
        row = store.taxonomy_version(session, number)
    if row is None:
        raise NotFound("There is no taxonomy with the number %(number)s.", number=number)
    return taxonomy_in(row.source)
