"""What those who answer see: the survey's page, and where their answers go. No log-in; nothing of others is told."""

from __future__ import annotations

import json
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

import msgspec
from markupsafe import Markup
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send

from polku.collect import LARGEST_BODY, Oversized, not_post, receive_body, reply, reply_error
from polku.collect import Unfinished as Gone
from polku.errors import InvalidInput, PolkuError, TooLarge
from polku.i18n import (
    LANGUAGES,
    current_language,
    direction,
    gettext,
    in_words,
    own_language_name,
    use_language,
)
from polku.surveys import visitors, widget
from polku.surveys.answering import CHANNELS, Answering, Posted, SurveyClosed, Taken
from polku.surveys.asked_first import asked_at_once
from polku.surveys.definition import Definition
from polku.surveys.definition.localised import is_language
from polku.surveys.known import KnownSurveys
from polku.surveys.locales import locale_of
from polku.surveys.pace import Pace
from polku.web.client import Origin
from polku.web.gate import HEADERS
from polku.web.languages import choose_language
from polku.web.rendering import STATIC, environment
from polku.web.store import company
from polku.workspace import Workspace

log = logging.getLogger("polku.surveys")

PUBLIC_PATHS: Final = ("/s/",)
"""Path prefixes that need no log-in."""
SAVES: Final = 30
"""How many times as often answers are kept as they are finished."""
THEME_COOKIE: Final = "polku_theme"
_POSTED: Final = msgspec.json.Decoder(Posted)


def routes(workspace: Workspace) -> Sequence[BaseRoute]:
    """For the application to add; see PUBLIC_PATHS."""
    return [
        *widget.routes(workspace),
        *visitors.routes(workspace),
        Route("/s/kiosk.js", _kiosk_script),
        Route("/s/{key}", _SurveyPage(workspace), methods=["GET", "HEAD"]),
        Route("/s/{key}/{response}", _Answers(workspace)),
    ]


def _kiosk_script(request: Request) -> Response:
    """The service worker: browsers let it look after addresses beside its own only."""
    script = STATIC / "surveys" / "kiosk.js"
    return Response(script.read_bytes(), media_type="text/javascript", headers={"Cache-Control": "no-cache"})


class _SurveyPage:
    """The survey's page: everything that is needed to answer it, in one document."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._surveys = workspace.part(KnownSurveys)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        response = await run_in_threadpool(self._page, request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        response.headers["Cache-Control"] = "no-cache"
        await response(scope, receive, send)

    def _page(self, request: Request) -> Response:
        wish = choose_language(
            request.query_params.get("lang", ""),
            request.headers.get("accept-language", ""),
            self._workspace.settings.language,
        )
        try:
            asked = self._surveys.by_key(request.path_params["key"])
        except PolkuError as e:
            with use_language(wish):
                return message_page(
                    request, gettext("There is no such survey"), gettext("Check the address."), e.status
                )
        language = spoken_to(request, asked.definition, wish)
        with use_language(own_words(language)):
            if not asked.open:
                kiosk = request.query_params.get("via") == "kiosk"
                return message_page(
                    request, asked.definition.title.within(language) or asked.name,
                    gettext("This survey takes no more answers. Thank you for your interest."), SurveyClosed.status,
                    outbox=asked.key if kiosk else "",
                )  # fmt: skip
            return survey_page(
                request, asked.definition, asked.name, asked.key, language,
                version=asked.version, anonymous=asked.anonymous,
            )  # fmt: skip


def own_words(language: str) -> str:
    """The language of what Polku itself says around a survey in this one: English where it does not speak it."""
    return language if language in LANGUAGES else "en"


def spoken_to(request: Request, definition: Definition, wish: str) -> str:
    """The survey's language that the visitor asked for or reads; else `wish`, else the survey's own."""
    languages = definition.languages
    given = request.query_params.get("lang", ""), request.headers.get("accept-language", "")
    return choose_language(*given, wish, languages, languages[0])


def survey_page(
    request: Request, definition: Definition, name: str, key: str, language: str, *, version: int = 0,
    anonymous: bool = False, preview: bool = False, sends_to: str = "", chosen: Mapping[str, Any] | None = None,
) -> Response:  # fmt: skip
    """The page on which a definition is answered; of a preview nothing is sent.

    By a personal link answers go to `sends_to`, and what was `chosen` in the letter is chosen when the page opens.
    """
    workspace: Workspace = request.app.state.workspace
    with workspace.db.session(read_only=True) as session:
        known = company(session)
    language = language if language in definition.languages else definition.languages[0]
    via = "email" if sends_to else request.query_params.get("via", "link")
    channel = via if via in CHANNELS else "link"
    first = asked_at_once(definition, language)
    with use_language(own_words(language)):
        told = {
            "key": key,
            "version": version,
            "language": language,
            "locale": locale_of(language),
            "channel": channel,
            "preview": preview,
            "sends_to": sends_to or f"/s/{key}",
            "personal": bool(sends_to),
            "chosen": chosen or {},
            "first": {"name": first.name, "values": [value for value, _ in first.choices]} if first else None,
            "definition": definition.shown,
            "words": _words(),
        }
        page = (
            environment()
            .get_template("surveys/answer.html")
            .render(
                title=definition.title.within(language) or name,
                anonymous=anonymous,
                company=known.name if known else "",
                language=language,
                locale=locale_of(language),
                direction=direction(language),
                said_in=current_language(),
                languages={c: own_language_name(c) for c in definition.languages},
                theme=theme_of(request),
                channel=channel,
                score=request.query_params.get("score", "") if chosen else "",
                first=first,
                chosen=chosen or {},
                told=_in_script(told),
            )
        )
    return HTMLResponse(page)


class _Answers:
    """Takes what was answered so far, or all of it. Also from other sites: the widget stands on them."""

    def __init__(self, workspace: Workspace) -> None:
        self._answering = workspace.part(Answering)
        self._origin = Origin(workspace.settings)
        most = workspace.settings.answers_an_hour
        self._finished, self._begun = Pace(most), Pace(most * SAVES)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope)
        path = request.path_params

        async def take(posted: Posted) -> Taken:
            pace = self._finished if posted.finished else self._begun
            pace.check(self._origin.address(request), datetime.now(UTC))
            return await self._answering.take(path["key"], path["response"], posted)

        await reply_to_answers(scope, receive, send, take)


async def reply_to_answers(
    scope: Scope, receive: Receive, send: Send, take: Callable[[Posted], Awaitable[Taken]]
) -> None:
    """Read answers, have them taken, and tell what came of it."""
    if scope["method"] != "POST":
        await not_post(scope, send)
        return
    request = Request(scope)
    asked_in = request.query_params.get("lang", "")
    language = own_words(asked_in) if is_language(asked_in) else choose_language(
        "", request.headers.get("accept-language", ""), "en"
    )  # fmt: skip
    with use_language(language):
        try:
            taken = await take(_posted(await receive_body(receive)))
        except Gone:
            return
        except Oversized:
            await _refuse(scope, send, TooLarge("Answers hold at most %(most)s KB.", most=LARGEST_BODY >> 10))
            return
        except PolkuError as e:
            await _refuse(scope, send, e)
            return
        except Exception:
            log.exception("answers_failed")
            await _refuse(scope, send, PolkuError("Something went wrong at our side. Send again."))
            return
        problems = [{"question": p.question, "code": p.code, "message": p.message} for p in taken.problems]
    body = {"finished": taken.finished, "problems": problems}
    await reply(scope, send, 422 if problems else 200, msgspec.json.encode(body))


async def _refuse(scope: Scope, send: Send, error: PolkuError) -> None:
    """In the language of who answers: the page shows what is said."""
    await reply_error(scope, send, error, in_words(error))


def _posted(body: bytes) -> Posted:
    try:
        return _POSTED.decode(body)
    except (msgspec.DecodeError, msgspec.ValidationError, UnicodeDecodeError) as e:
        raise InvalidInput("The answers cannot be read: %(why)s", why=e) from None


def _words() -> dict[str, str]:
    """What the page's script says, in the reader's language."""
    return {
        "sending": gettext("Sending your answers…"),
        "kept": gettext("No connection. Your answers are kept on this device and sent when it is back."),
        "refused": gettext("Some answers need a correction."),
    }


def message_page(request: Request, title: str, text: str, status: int, *, outbox: str = "") -> Response:
    """A page that only says something; of a kiosk it still sends what that keeps of the survey `outbox`."""
    page = environment().get_template("surveys/message.html")
    return HTMLResponse(
        page.render(
            title=title, text=text, language=current_language(), theme=theme_of(request), outbox=outbox
        ),
        status,
    )


def theme_of(request: Request) -> str:
    chosen = request.cookies.get(THEME_COOKIE, "")
    return chosen if chosen in ("light", "dark") else ""


def _in_script(told: Any) -> Markup:
    """JSON that cannot end the script element that it stands in."""
    text = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
    safe = text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    return Markup(safe)  # noqa: S704  no element can begin in it
