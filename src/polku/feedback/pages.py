"""Pages of feedback: pain points and themes, and the comments behind them."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Request
from pydantic import Field
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.responses import Response

from polku.collect import Row
from polku.errors import InvalidInput
from polku.feedback.queries import FeedbackComments, FeedbackPains, FeedbackThemes
from polku.feedback.sending import append, event_rows, read_file
from polku.i18n import LazyText, _l, current_language, gettext, in_words, ngettext
from polku.journeys import Touchpoints
from polku.text import EMOTIONS, LANGUAGES, shipped_taxonomy
from polku.web import navigation
from polku.web.forms import Filled, Form, FormData, read_form
from polku.web.listing import Column, Listing, TableRequest
from polku.web.navigation import NavItem
from polku.web.rendering import redirect, render
from polku.web.visitor import CurrentAnalyst, CurrentUser
from polku.workspace import Workspace

PATH: Final = "/feedback"
COMMENTS: Final = "/feedback/comments"
BRING: Final = "/feedback/bring"
router = APIRouter(include_in_schema=False)
navigation.add(NavItem(PATH, _l("Feedback"), "comment", 42))

COLUMNS: Final = (Column(_l("Comment")),)
SENTIMENTS: Final[dict[str, LazyText]] = {
    "negative": _l("negative"),
    "neutral": _l("neutral"),
    "positive": _l("positive"),
}
LEVELS: Final[dict[str, LazyText]] = {
    "action": _l("Action"),
    "emotion": _l("Emotion"),
    "meaning": _l("Meaning"),
}
COURSES: Final[dict[str, LazyText]] = {
    "new": _l("new"),
    "growing": _l("growing"),
    "shrinking": _l("shrinking"),
}
EFFORTS: Final[dict[str, LazyText]] = {"high": _l("took effort"), "low": _l("went easily")}
LANGUAGE_NAMES: Final[dict[str, LazyText]] = {
    "fi": _l("Finnish"),
    "en": _l("English"),
    "sv": _l("Swedish"),
    "pt": _l("Portuguese"),
    "unknown": _l("language not known"),
}
FEELINGS: Final[dict[str, LazyText]] = {
    "joy": _l("joy"),
    "trust": _l("trust"),
    "fear": _l("fear"),
    "surprise": _l("surprise"),
    "sadness": _l("sadness"),
    "disgust": _l("disgust"),
    "anger": _l("anger"),
    "anticipation": _l("anticipation"),
}
_ASKED: Final = ("text", "sentiment", "aspect", "theme", "touchpoint", "level", "language", "since", "until")
assert set(FEELINGS) == set(EMOTIONS)


class BroughtFile(Form):
    column: Annotated[str, Field(max_length=200)] = ""
    kind: Literal["", "review", "email", "chat", "call", "social", "interview"] = ""


@router.get(PATH)
def show_feedback(request: Request, user: CurrentUser) -> Response:
    workspace: Workspace = request.app.state.workspace
    pains = FeedbackPains.of({"limit": 10}).answer(workspace)
    themes = FeedbackThemes.of({}).answer(workspace)
    return render(request, "feedback/feedback.html", pains=pains, themes=themes, **_words(workspace))


@router.get(COMMENTS)
def show_comments(request: Request, user: CurrentUser) -> Response:
    workspace: Workspace = request.app.state.workspace
    given = {name: value for name in _ASKED if (value := request.query_params.get(name, "").strip())}
    wanted = TableRequest.read(request.query_params, path=COMMENTS, sorts=("at",), default="-at", size=25)
    asked: dict[str, Any] = {"limit": wanted.size, "offset": wanted.offset, **given}
    found = FeedbackComments.of(asked).answer(workspace)
    listing = Listing(COLUMNS, found.comments, found.total, wanted)
    return render(
        request, "feedback/comments.html", found=found, given=given, listing=listing, **_words(workspace)
    )


def _words(workspace: Workspace) -> dict[str, Any]:
    """What things are called, in the reader's language."""
    language = current_language()
    catalogue = workspace.part(Touchpoints).catalogue()
    return {
        "touchpoints": {t.key: t.name(language) for t in catalogue.touchpoints},
        "stages": {s.key: s.name(language) for s in catalogue.stages},
        "aspects": {e.name: e.label.get(language, e.name) for e in shipped_taxonomy().aspects},
        "sentiments": SENTIMENTS,
        "levels": LEVELS,
        "courses": COURSES,
        "efforts": EFFORTS,
        "feelings": FEELINGS,
        "language_names": LANGUAGE_NAMES,
        "understood": LANGUAGES,
    }


@router.get(BRING)
def show_bringing(request: Request, user: CurrentAnalyst) -> Response:
    return render(request, "feedback/bring.html", filled=Filled[BroughtFile]())


@router.post(BRING)
async def bring(request: Request, user: CurrentAnalyst, data: FormData) -> Response:
    """Comments of a file become events; the same file again changes nothing."""
    workspace: Workspace = request.app.state.workspace
    filled = read_form(BroughtFile, data)
    file = data.get("file")
    if filled.form is None or not isinstance(file, UploadFile) or not file.filename:
        filled.refuse("file", gettext("Choose a file."))
        return render(request, "feedback/bring.html", filled=filled, status=422)
    content = await file.read()
    try:
        rows = await run_in_threadpool(_rows, workspace, content, file.filename, filled.form)
    except InvalidInput as e:
        filled.refuse("file", in_words(e))
        return render(request, "feedback/bring.html", filled=filled, status=422)
    await append(workspace, rows)
    told = ngettext("%(num)s comment was brought.", "%(num)s comments were brought.", len(rows))
    return redirect(PATH, flash=told)


def _rows(workspace: Workspace, content: bytes, name: str, form: BroughtFile) -> list[Row]:
    brought = read_file(workspace, content, name, column=form.column)
    return event_rows(workspace, [replace(one, kind=one.kind or form.kind or None) for one in brought])
