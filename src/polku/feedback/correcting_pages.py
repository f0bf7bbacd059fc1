"""The page of one comment, where what is told of it can be corrected, and what was corrected taken back."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from fastapi import APIRouter, Request
from starlette.datastructures import FormData as Posted
from starlette.responses import Response

from polku.feedback.correcting import following
from polku.feedback.corrections import SENTIMENTS, Said, comment_of, correct, undo
from polku.feedback.original import Seen, look_at
from polku.feedback.pages import COMMENTS, words_for_pages
from polku.feedback.telling import Comment
from polku.i18n import gettext
from polku.web.forms import FormData
from polku.web.rendering import redirect, render
from polku.web.visitor import CurrentAnalyst, CurrentUser, visitor_of
from polku.workspace import Workspace

ONE: Final = COMMENTS + "/{id:int}"
router = APIRouter(include_in_schema=False)


@router.get(ONE)
def show_comment(request: Request, user: CurrentUser, id: int, done: bool = False) -> Response:
    return _page(request, comment_of(request.app.state.workspace, id), done=done)


@router.post(ONE + "/original")
def show_original(request: Request, user: CurrentAnalyst, id: int) -> Response:
    """A change, since it is written down who looked."""
    workspace: Workspace = request.app.state.workspace
    told = comment_of(workspace, id)
    return _page(request, told, seen=look_at(workspace, id, user_id=user.id, user_name=user.name))


def _page(request: Request, told: Comment, *, done: bool = False, seen: Seen | None = None) -> Response:
    words = words_for_pages(request.app.state.workspace, corrects=visitor_of(request).may("analyst"))
    path = f"{COMMENTS}/{told.id}"
    return render(request, "feedback/comment.html", c=told, done=done, seen=seen, path=path, **words)


@router.post(ONE)
def correct_comment(request: Request, user: CurrentAnalyst, id: int, data: FormData) -> Response:
    """Keep what a person says of a comment: figures follow at once."""
    workspace: Workspace = request.app.state.workspace
    before = comment_of(workspace, id)
    after = correct(workspace, id, _said(data, before), by=user.name, now=datetime.now(UTC))
    told = gettext("Nothing was changed.") if after == before else gettext("Corrected.")
    return redirect(f"{COMMENTS}/{id}?done=1", flash="" if "hx-request" in request.headers else told)


@router.post(ONE + "/undo")
def undo_correction(request: Request, user: CurrentAnalyst, id: int) -> Response:
    workspace: Workspace = request.app.state.workspace
    undo(workspace, id, by=user.name, now=datetime.now(UTC))
    told = gettext("The correction was taken back.")
    return redirect(f"{COMMENTS}/{id}?done=1", flash="" if "hx-request" in request.headers else told)


def _said(data: Posted, before: Comment) -> Said:
    """What the form says; a field that is not there stays as it is. What was felt as the whole was and is not changed
    itself follows the whole."""
    sentiment = str(data.get("sentiment", ""))
    aspects = {
        name: felt
        for name in before.aspects
        if (felt := str(data.get(f"felt.{name}", before.felt[name]))) in (*SENTIMENTS, before.felt[name])
    }
    if sentiment and sentiment != before.sentiment:
        untouched = {name: felt for name, felt in aspects.items() if felt == before.felt[name]}
        aspects |= following(before.sentiment, sentiment, untouched)
    added = str(data.get("added", ""))
    if added and added not in aspects:
        aspects[added] = str(data.get("added_felt", "")) or sentiment or before.sentiment or "neutral"
    touchpoint = data.get("touchpoint")
    return Said(sentiment or None, aspects, touchpoint if isinstance(touchpoint, str) else None)
