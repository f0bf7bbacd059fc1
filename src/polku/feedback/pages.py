"""Pages of feedback: pain points and themes, and the comments behind them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, Final

from fastapi import APIRouter, Request
from starlette.responses import Response

from polku.errors import NotReady
from polku.feedback import rereading, store
from polku.feedback.alerts import alerts_told
from polku.feedback.comments import Comments
from polku.feedback.queries import FeedbackComments, FeedbackPains, FeedbackThemes
from polku.feedback.reading import MIXED
from polku.feedback.understanding import Understandings
from polku.i18n import LazyText, _l, current_language
from polku.i18n import language_name as named
from polku.journeys import Touchpoints
from polku.text import EMOTIONS, LANGUAGES
from polku.web import navigation
from polku.web.listing import Column, Listing, TableRequest
from polku.web.navigation import NavItem
from polku.web.rendering import FLASH_COOKIE, render
from polku.web.visitor import CurrentUser, visitor_of
from polku.workspace import Workspace

PATH: Final = "/feedback"
COMMENTS: Final = "/feedback/comments"
router = APIRouter(include_in_schema=False)
navigation.add(NavItem(PATH, _l("Feedback"), "comment", 42))
navigation.add(NavItem(PATH, _l("Overview"), "comment", 10, section="feedback"))
navigation.add(NavItem(COMMENTS, _l("Comments"), "search", 20, section="feedback"))

ALERTS_SHOWN: Final = timedelta(days=28)
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
_ASKED: Final = (
    "text",
    "sentiment",
    "aspect",
    "felt",
    "theme",
    "touchpoint",
    "level",
    "language",
    "since",
    "until",
)
assert set(FEELINGS) == set(EMOTIONS)


def language_name(code: str) -> str:
    """What a language is called within a sentence; its code where that is not known."""
    if code in LANGUAGE_NAMES:
        return str(LANGUAGE_NAMES[code])
    name = named(code)
    return name[:1].lower() + name[1:] if current_language() == "fi" else name


@router.get(PATH)
def show_feedback(request: Request, user: CurrentUser) -> Response:
    workspace: Workspace = request.app.state.workspace
    try:
        pains = FeedbackPains.of({"limit": 10}).answer(workspace)
        themes = FeedbackThemes.of({}).answer(workspace)
    except NotReady:
        return being_read(request)
    just_brought = FLASH_COOKIE in request.cookies  # what is durable is read a moment later
    if not themes.comments and (themes.waiting or just_brought):
        return being_read(request)
    now = datetime.now(UTC)
    with workspace.db.session(read_only=True) as session:
        subscribed = user.id in store.subscribers(session)
    return render(
        request,
        "feedback/feedback.html",
        pains=pains,
        themes=themes,
        alerts=alerts_told(workspace, now - ALERTS_SHOWN).alerts,
        subscribed=subscribed,
        writes=workspace.settings.sends_mail,
        progress=rereading.progress(workspace.part(Comments).file),
        **words_for_pages(workspace),
    )


@router.get(COMMENTS)
def show_comments(request: Request, user: CurrentUser) -> Response:
    workspace: Workspace = request.app.state.workspace
    given = {name: value for name in _ASKED if (value := request.query_params.get(name, "").strip())}
    wanted = TableRequest.read(request.query_params, path=COMMENTS, sorts=("at",), default="-at", size=25)
    asked: dict[str, Any] = {"limit": wanted.size, "offset": wanted.offset, **given}
    try:
        found = FeedbackComments.of(asked).answer(workspace)
    except NotReady:
        return being_read(request)
    listing = Listing(COLUMNS, found.comments, found.total, wanted)
    return render(
        request,
        "feedback/comments.html",
        found=found,
        given=given,
        listing=listing,
        **words_for_pages(workspace, corrects=visitor_of(request).may("analyst")),
    )


def being_read(request: Request) -> Response:
    """Said while what pages need is still being made after a start; they come by themselves."""
    page = render(request, "feedback/being_read.html")
    page.headers["Refresh"] = str(LOOKS_AGAIN_S)
    return page


def words_for_pages(workspace: Workspace, *, corrects: bool = True) -> dict[str, Any]:
    """What things are called, in the reader's language; `words` are all of them, for macros. `corrects`: whether the
    reader may correct comments."""
    language = current_language()
    catalogue = workspace.part(Touchpoints).catalogue()
    taxonomy = workspace.part(Understandings).current().taxonomy
    words: dict[str, Any] = {
        "corrects": corrects,
        "touchpoints": {t.key: t.name(language) for t in catalogue.touchpoints},
        "stages": {s.key: s.name(language) for s in catalogue.stages},
        "aspects": {e.name: e.called(language) for e in taxonomy.aspects if not e.hidden},
        "sentiments": SENTIMENTS,
        "levels": LEVELS,
        "courses": COURSES,
        "efforts": EFFORTS,
        "feelings": FEELINGS,
        "language_names": LANGUAGE_NAMES,
        "language_name": language_name,
        "felt_names": {**SENTIMENTS, MIXED: _l("mixed")},
        "understood": LANGUAGES,
    }
    return words | {"words": words}
