"""The same customer? Two profiles side by side, what speaks for it, and what joining them would change."""

from __future__ import annotations

from typing import Final, Literal

from fastapi import APIRouter, Request
from starlette.responses import Response

from polku.errors import InvalidInput
from polku.i18n import gettext
from polku.profiles import judgement
from polku.profiles.decisions import DecisionKind, standing
from polku.profiles.identity import Identities
from polku.profiles.pages import PATH as PROFILES
from polku.profiles.pages import REVIEWS as PATH
from polku.profiles.pages import WORDS
from polku.profiles.reviews import ProfileReviews, pair_of, review_of
from polku.web.forms import FormData
from polku.web.rendering import redirect, render
from polku.web.visitor import CurrentAnalyst
from polku.workspace import Workspace

SHOWN: Final = 20
MOST_DECISIONS: Final = 10
router = APIRouter(include_in_schema=False)


@router.get(PATH)
def show_reviews(request: Request, user: CurrentAnalyst, offset: int = 0) -> Response:
    workspace: Workspace = request.app.state.workspace
    waiting = ProfileReviews(offset=max(0, offset), limit=SHOWN).answer(workspace)
    made = [d for d in standing(workspace.part(Identities).decisions()) if d.kind is not DecisionKind.SPLIT]
    return render(
        request, "profiles/reviews.html", waiting=waiting, offset=offset, shown=SHOWN,
        decisions=judgement.in_words(workspace, made[::-1][:MOST_DECISIONS]), profiles=PROFILES, **WORDS,
    )  # fmt: skip


@router.get(PATH + "/{pair}")
def show_review(request: Request, user: CurrentAnalyst, pair: str) -> Response:
    workspace: Workspace = request.app.state.workspace
    review = review_of(pair, workspace)
    preview = judgement.preview(workspace, DecisionKind.SAME, [pair_of(pair, workspace)])
    return render(
        request, "profiles/review.html", review=review, changes=preview.changes, profiles=PROFILES, **WORDS
    )


@router.post(PATH + "/{pair}")
def judge(request: Request, user: CurrentAnalyst, pair: str, data: FormData) -> Response:
    workspace: Workspace = request.app.state.workspace
    verdict = _verdict(str(data.get("verdict", "")))
    judgement.judge(workspace, pair, verdict, who=user.name, why=str(data.get("reason", ""))[:500])
    said = gettext("Joined: they are one customer now.") if verdict == "same" else gettext("Kept apart.")
    return redirect(PATH, flash=f"{said} " + gettext("You can undo it below."))


def _verdict(text: str) -> Literal["same", "different"]:
    if text == "same" or text == "different":
        return "same" if text == "same" else "different"
    raise InvalidInput("The verdict cannot be '%(given)s'. Allowed: same, different", given=text[:20])
