"""Personal links: the survey's page for one person, where their answers go, and how they opt out.

A GET never answers and never opts out: mail scanners and previews follow links too. No log-in; nothing of others is
told.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send

from polku.collect import Oversized, receive_body
from polku.collect import Unfinished as Gone
from polku.errors import PolkuError
from polku.i18n import current_language, gettext, use_language
from polku.surveys import inviting
from polku.surveys.answering import OUTCOMES, Answering, LinkSpent, Posted, SurveyClosed, Taken
from polku.surveys.asked_first import chosen
from polku.surveys.inviting import Visit
from polku.surveys.known import Asked, KnownSurveys
from polku.surveys.public import message_page, own_words, reply_to_answers, survey_page, theme_of
from polku.web.gate import HEADERS
from polku.web.languages import choose_language
from polku.web.rendering import environment
from polku.web.store import company
from polku.workspace import Workspace


def routes(workspace: Workspace) -> Sequence[BaseRoute]:
    """For the application to add, beside those of `public`."""
    return [
        Route("/s/{key}/i/{token}", _PersonalPage(workspace), methods=["GET", "HEAD"]),
        Route("/s/{key}/i/{token}/stop", _Stop(workspace), methods=["GET", "HEAD", "POST"]),
        Route("/s/{key}/i/{token}/{response}", _Answers(workspace)),
    ]


class _Personal:
    """What is common to pages behind a personal link."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._surveys = workspace.part(KnownSurveys)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        body = b""
        if request.method == "POST":
            try:
                body = await receive_body(receive)
            except Oversized:
                body = b""  # whoever writes so much into it opts out all the same
            except Gone:
                return
        response = await run_in_threadpool(self.page, request, body)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        response.headers["Cache-Control"] = "no-store"
        response.headers["Referrer-Policy"] = "no-referrer"  # the address is the key
        await response(scope, receive, send)

    def page(self, request: Request, body: bytes) -> Response:
        raise NotImplementedError

    def look(self, request: Request) -> Visit:
        with self._workspace.db.session(read_only=True) as session:
            visit = inviting.look(session, request.path_params["token"], datetime.now(UTC))
        return visit if visit.survey == request.path_params["key"] else Visit("unknown")

    def language(self, request: Request, visit: Visit) -> str:
        """What the reader chose, else the letter's language, else the browser's."""
        return choose_language(
            request.query_params.get("lang", "") or visit.language,
            request.headers.get("accept-language", ""),
            self._workspace.settings.language,
        )


class _PersonalPage(_Personal):
    def page(self, request: Request, body: bytes) -> Response:
        visit = self.look(request)
        wish = self.language(request, visit)
        try:
            asked = self._surveys.by_key(request.path_params["key"])
        except PolkuError:
            asked, visit = None, Visit("unknown")
        with use_language(wish):
            if asked is None or visit.outcome != "open":
                return _spent(request, visit)
        languages = asked.definition.languages
        given = request.query_params.get("lang", "") or visit.language
        reads = request.headers.get("accept-language", "")
        language = choose_language(given, reads, wish, languages, languages[0])
        with use_language(own_words(language)):
            return self._open(request, asked, language)

    def _open(self, request: Request, asked: Asked, language: str) -> Response:
        if not asked.open:
            return message_page(
                request, asked.definition.title.within(language) or asked.name,
                gettext("This survey takes no more answers. Thank you for your interest."), SurveyClosed.status,
            )  # fmt: skip
        token = request.path_params["token"]
        if request.method == "GET" and not asked.anonymous:
            with self._workspace.db.session() as session:
                inviting.note_opened(session, token, datetime.now(UTC))
        return survey_page(
            request, asked.definition, asked.name, asked.key, language, version=asked.version,
            anonymous=asked.anonymous, sends_to=f"/s/{asked.key}/i/{token}",
            chosen=chosen(asked.definition, request.query_params.get("score", "")),
        )  # fmt: skip


class _Stop(_Personal):
    """Opting out, by RFC 8058 too: a POST records it, a GET asks."""

    def page(self, request: Request, body: bytes) -> Response:
        visit = self.look(request)
        with use_language(self.language(request, visit)):
            if visit.outcome == "unknown":
                return _spent(request, visit)
            if request.method == "POST":
                how: inviting.How = "one_click" if b"List-Unsubscribe=One-Click" in body else "link"
                with self._workspace.db.session() as session:
                    inviting.refuse(session, request.path_params["token"], datetime.now(UTC), how=how)
            with self._workspace.db.session(read_only=True) as session:
                known = company(session)
            page = environment().get_template("surveys/stop.html")
            return HTMLResponse(
                page.render(
                    done=request.method == "POST" or visit.opted_out,
                    company=known.name if known else "",
                    language=current_language(),
                    theme=theme_of(request),
                )
            )


class _Answers:
    """Takes answers by a personal link, as `public` does those of everybody."""

    def __init__(self, workspace: Workspace) -> None:
        self._answering = workspace.part(Answering)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = Request(scope).path_params

        async def take(posted: Posted) -> Taken:
            return await self._answering.take_by_link(path["token"], path["key"], path["response"], posted)

        await reply_to_answers(scope, receive, send, take)


def _spent(request: Request, visit: Visit) -> Response:
    titles = {
        "answered": gettext("Thank you, you have answered"),
        "refused": gettext("You are not asked any more"),
        "expired": gettext("The time to answer is over"),
    }
    title = titles.get(visit.outcome, gettext("There is no such survey"))
    status = 404 if visit.outcome == "unknown" else LinkSpent.status
    return message_page(request, title, str(OUTCOMES[visit.outcome]), status)
