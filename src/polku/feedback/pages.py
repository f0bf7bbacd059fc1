"""Pages of feedback: pain points and themes, and the comments behind them."""

from __future__ import annotations

from typing import Any, Final

from fastapi import APIRouter, Request
from starlette.responses import Response

from polku.errors import NotReady
from polku.feedback.original import comment, look_at
from polku.feedback.queries import FeedbackComments, FeedbackPains, FeedbackThemes
from polku.i18n import LazyText, _l, current_language
from polku.journeys import Touchpoints
from polku.text import EMOTIONS, LANGUAGES, shipped_taxonomy
from polku.web import navigation
from polku.web.listing import Column, Listing, TableRequest
from polku.web.navigation import NavItem
from polku.web.rendering import render
from polku.web.visitor import CurrentAnalyst, CurrentUser
from polku.workspace import Workspace

PATH: Final = "/feedback"
COMMENTS: Final = "/feedback/comments"
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
LOOKS_AGAIN_S: Final = 3
_ASKED: Final = ("text", "sentiment", "aspect", "theme", "touchpoint", "level", "language", "since", "until")
assert set(FEELINGS) == set(EMOTIONS)


@router.get(PATH)
def show_feedback(request: Request, user: CurrentUser) -> Response:
    workspace: Workspace = request.app.state.workspace
    try:
        pains = FeedbackPains.of({"limit": 10}).answer(workspace)
        themes = FeedbackThemes.of({}).answer(workspace)
    except NotReady:
        return _being_read(request)
    return render(request, "feedback/feedback.html", pains=pains, themes=themes, **_words(workspace))


@router.get(COMMENTS)
def show_comments(request: Request, user: CurrentUser) -> Response:
    workspace: Workspace = request.app.state.workspace
    given = {name: value for name in _ASKED if (value := request.query_params.get(name, "").strip())}
    wanted = TableRequest.read(request.query_params, path=COMMENTS, sorts=("at",), default="-at", size=25)
    asked: dict[str, Any] = {"limit": wanted.size, "offset": wanted.offset, **given}
    try:
        found = FeedbackComments.of(asked).answer(workspace)
    except NotReady:
        return _being_read(request)
    listing = Listing(COLUMNS, found.comments, found.total, wanted)
    return render(
        request, "feedback/comments.html", found=found, given=given, listing=listing, **_words(workspace)
    )


@router.get(COMMENTS + "/{id:int}")
def show_comment(request: Request, user: CurrentUser, id: int) -> Response:
    workspace: Workspace = request.app.state.workspace
    return render(request, "feedback/comment.html", c=comment(workspace, id), seen=None, **_words(workspace))


@router.post(COMMENTS + "/{id:int}/original")
def show_original(request: Request, user: CurrentAnalyst, id: int) -> Response:
    """A change, since it is written down who looked."""
    workspace: Workspace = request.app.state.workspace
    told = comment(workspace, id)
    seen = look_at(workspace, id, user_id=user.id, user_name=user.name)
    return render(request, "feedback/comment.html", c=told, seen=seen, **_words(workspace))


def _being_read(request: Request) -> Response:
    """Said while what pages need is still being made after a start; they come by themselves."""
    page = render(request, "feedback/being_read.html")
    page.headers["Refresh"] = str(LOOKS_AGAIN_S)
    return page


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
