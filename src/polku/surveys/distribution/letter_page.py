"""The letter as customers would get it, to be looked at before any goes."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, Response

from polku.surveys.distribution.composing import example_letter
from polku.surveys.known import KnownSurveys
from polku.web.visitor import CurrentAnalyst
from polku.workspace import Workspace

router = APIRouter(include_in_schema=False)

POLICY: Final = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; base-uri 'none'; "
    "frame-ancestors 'self'; sandbox"
)
"""A letter has its styles within, and nothing in it leads anywhere here."""


@router.get("/surveys/{key}/distribution/letter")
def show_letter(
    request: Request, key: str, user: CurrentAnalyst, lang: str = "", touchpoint: str = "", reminder: bool = False
) -> Response:  # fmt: skip
    """In `lang` (else the company's language); nothing is sent. Raises NotFound for a survey never published."""
    workspace: Workspace = request.app.state.workspace
    asked = workspace.part(KnownSurveys).by_key(key)
    with workspace.db.session(read_only=True) as session:
        letter = example_letter(workspace, session, asked, lang, touchpoint=touchpoint, reminder=reminder)
    # A link would open in a window of its own, which the sandbox does not let it.
    response = HTMLResponse(letter.words.html.replace("<head>", '<head><base target="_blank">', 1))
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response
