"""Microsurveys: which surveys show themselves on the company's sites, and the script that shows them there."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any, Final

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from polku.errors import PolkuError
from polku.i18n import gettext, use_language
from polku.surveys import store
from polku.surveys.definition import Definition
from polku.surveys.known import Asked, KnownSurveys
from polku.web.rendering import STATIC
from polku.workspace import Workspace

SHOWN: Final = frozenset(
    {"rating", "radiogroup", "checkbox", "dropdown", "boolean", "comment", "text", "html"}
)
"""The kinds of questions that the script can show; a survey with others has only its own page."""
SCRIPT_KEPT_S: Final = 3600
"""A site's visitors get a new script an hour after it came."""
_OF_ANY_SITE: Final = {"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"}


def routes(workspace: Workspace) -> Sequence[BaseRoute]:
    """Addresses that pages of any site ask."""
    return [
        Route("/s/widget.js", _script),
        Route("/s/widget.json", _Surveys(workspace)),
    ]


def fits(definition: Definition) -> bool:
    """Whether the script can show all of a survey."""
    return all(q.type in SHOWN for q in definition.questions)


def _script(request: Request) -> Response:
    content = (STATIC / "surveys" / "widget.js").read_bytes()
    headers = _OF_ANY_SITE | {"Cache-Control": f"public, max-age={SCRIPT_KEPT_S}"}
    return Response(content, media_type="text/javascript", headers=headers)


class _Surveys:
    """What the script asks first: the surveys that may show themselves, and when."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._known = workspace.part(KnownSurveys)
        self._told: tuple[int, bytes] | None = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        request = Request(scope, receive)
        response = await run_in_threadpool(self._answer, request)
        await response(scope, receive, send)

    def _answer(self, request: Request) -> Response:
        body = self._body()
        mark = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        headers = _OF_ANY_SITE | {"Cache-Control": "no-cache", "ETag": mark}
        if request.headers.get("if-none-match") == mark:
            return Response(status_code=304, headers=headers)
        return Response(body, media_type="application/json", headers=headers)

    def _body(self) -> bytes:
        version = self._known.changes
        if self._told is None or self._told[0] != version:
            self._told = version, msgspec.json.encode({"surveys": list(self._placed())})
        return self._told[1]

    def _placed(self) -> Sequence[dict[str, Any]]:
        with self._workspace.db.session(read_only=True) as session:
            placed = {key: store.placement(session, key) for key in store.placed(session)}
        told = []
        for key, placement in placed.items():
            try:
                asked = self._known.by_key(key)
            except PolkuError:  # not published
                continue
            if asked.open and fits(asked.definition):
                told.append(_told(asked, placement))
        return told


def _told(asked: Asked, placement: store.Placement) -> dict[str, Any]:
    languages = asked.definition.languages
    return {
        "key": asked.key,
        "name": asked.name,
        "version": asked.version,
        "languages": languages,
        "definition": asked.definition.shown,
        "words": {language: _words(language) for language in {*languages, "en"}},
        "paths": placement.paths,
        "event": placement.event,
        "delay_s": placement.delay_s,
        "share": 1.0 if placement.asks else placement.share,  # then the lot is drawn by customer, here
        "gap_days": placement.gap_days,
        "asks": placement.asks,
    }


def _words(language: str) -> dict[str, str]:
    """What the card itself says."""
    with use_language(language if language == "fi" else "en"):
        return {
            "close": gettext("Close"),
            "send": gettext("Send"),
            "next": gettext("Go on"),
            "sending": gettext("Sending…"),
            "thanks": gettext("Thank you!"),
            "needed": gettext("Please answer this."),
            "failed": gettext("That did not go through. Try again in a moment."),
            "other": gettext("Something else"),
            "none": gettext("None of these"),
            "yes": gettext("Yes"),
            "no": gettext("No"),
        }
