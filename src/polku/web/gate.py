"""The gate that every request passes: closed unless a path is public or the visitor is known."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from hmac import compare_digest
from types import MappingProxyType
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from polku.errors import NotAllowed, PolkuError, StorageFull, TooLarge
from polku.i18n import use_language, use_timezone
from polku.security import is_token, new_token
from polku.web import store
from polku.web.client import Origin
from polku.web.languages import choose_language
from polku.web.problems import crashed, refusal
from polku.web.roles import lesser
from polku.web.tables import User
from polku.web.visitor import Visitor

if TYPE_CHECKING:
    from polku.workspace import Workspace

logger = logging.getLogger("polku.web")

SESSION_COOKIE: Final = "polku_session"
VISITOR_COOKIE: Final = "polku_visitor"  # holds the secret of forms before log-in
LANGUAGE_COOKIE: Final = "polku_language"
THEME_COOKIE: Final = "polku_theme"
BEFORE_LOGIN: Final = ("/login", "/setup", "/preferences")
YEAR_S: Final = 365 * 86_400
LARGEST_FORM: Final = 1 << 20
MOST_READ: Final = 1 << 30
"""Of a file that is too large, so many bytes are read before its sender is told."""

CONTENT_POLICY: Final = (
    "default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'self'; style-src-attr 'unsafe-inline'; "
    "img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
FRAMING: Final = CONTENT_POLICY.replace("frame-ancestors 'none'", "frame-src 'self'; frame-ancestors 'none'")
"""Of a page that shows another one of ours within."""
HEADERS: Final = {
    "Content-Security-Policy": CONTENT_POLICY,
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


class Gate:
    """ASGI middleware. `public` are path prefixes that look after themselves (collectors, static files); `uploads` are
    how paths end where an analyst may send files, with the most bytes of them together."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        workspace: Workspace,
        origin: Origin,
        public: Sequence[str],
        owner_token: str = "",
        uploads: Mapping[str, int] = MappingProxyType({}),
    ) -> None:
        self.app = app
        self._owner_token = owner_token
        self._settings = workspace.settings
        self._db = workspace.db
        self._public = tuple(public)
        self._uploads = uploads
        self._origin = origin
        self._set_up = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith(self._public):
            await self.app(scope, receive, send)
            return
        request = Request(scope, receive)
        visitor, failure = self._owner(request), None
        if visitor is None:
            try:
                visitor = await run_in_threadpool(self._identify, request)
            except PolkuError as e:  # the database does not answer: nobody is known
                visitor, failure = self._stranger(request), e
        scope.setdefault("state", {})["visitor"] = visitor
        with use_language(visitor.language), use_timezone(self._settings.timezone):
            if failure:
                await refusal(request, failure)(scope, receive, send)
            else:
                await self._pass(request, visitor, send)

    async def _pass(self, request: Request, visitor: Visitor, send: Send) -> None:
        started = False

        async def send_sealed(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                _seal(MutableHeaders(scope=message), visitor)
            await send(message)

        answer: ASGIApp = self._stop(request, visitor) or self.app
        try:
            await answer(request.scope, self._measured(request, visitor), send_sealed)
        except Exception:
            logger.exception("page_failed method=%s path=%s", request.method, request.url.path)
            if started:
                raise
            await crashed(request)(request.scope, request.receive, send_sealed)

    def _measured(self, request: Request, visitor: Visitor) -> Receive:
        """The request's body, as much of it as may come there; programs' routes look after theirs."""
        path = request.url.path
        if path.startswith("/api/"):
            return request.receive
        files = next((most for end, most in self._uploads.items() if path.endswith(end)), None)
        if files is not None and visitor.may("analyst"):
            return _files_of_at_most(request.receive, files)
        return _no_more_than(request.receive, LARGEST_FORM)

    def _stop(self, request: Request, visitor: Visitor) -> Response | None:
        """The answer to a visitor who may not go further."""
        path = request.url.path
        if path.startswith("/api/"):
            if visitor.user:
                return None
            error = NotAllowed("Send a valid API key: 'Authorization: Bearer <key>'. Make one in Settings.")
            error.status = 401
            return refusal(request, error)
        if not self._set_up:
            return None if path in ("/setup", "/preferences") else RedirectResponse("/setup", 303)
        if visitor.user or path in BEFORE_LOGIN:
            return None
        if request.method not in ("GET", "HEAD"):
            return refusal(request, NotAllowed("You have been logged out. Log in and try again."))
        back = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        to = "/login" if back == "/" else f"/login?next={quote(back, safe='')}"
        if "hx-request" in request.headers:
            return Response(headers={"HX-Redirect": to})
        return RedirectResponse(to, 303)

    def _stranger(self, request: Request) -> Visitor:
        visitor = Visitor(address=self._origin.address(request), https=self._origin.is_https(request))
        wishes = request.headers.get("accept-language", "")
        chosen = request.cookies.get(LANGUAGE_COOKIE, "")
        visitor.language = choose_language(chosen, wishes, self._settings.language)
        return visitor

    def _owner(self, request: Request) -> Visitor | None:
        """Who has the server's own token can read the data folder, and may do all that can be done with it."""
        key = _api_key(request)
        if not (key and self._owner_token and compare_digest(key.encode(), self._owner_token.encode())):
            return None
        visitor = self._stranger(request)
        visitor.user, visitor.by_key = User(id=0, name="", email="", role="admin", language=""), True
        visitor.role = "admin"
        visitor.language = choose_language("", request.headers.get("accept-language", ""), "en")
        return visitor

    def _identify(self, request: Request) -> Visitor:
        visitor = Visitor(address=self._origin.address(request), https=self._origin.is_https(request))
        visitor.theme = request.cookies.get(THEME_COOKIE, "auto")
        now = datetime.now(UTC)
        if not request.url.path.startswith("/api/"):  # programs are not shown the company's name
            with self._db.session(read_only=True) as session:
                company = store.company(session)
                self._set_up = company is not None
                visitor.company = company.name if company else ""
        if key := _api_key(request):
            self._identify_key(visitor, key, now)
        else:
            self._identify_session(visitor, request.cookies, now)
        chosen = visitor.user.language if visitor.user else request.cookies.get(LANGUAGE_COOKIE, "")
        wishes = request.headers.get("accept-language", "")
        visitor.language = choose_language(chosen, wishes, self._settings.language)
        return visitor

    def _identify_key(self, visitor: Visitor, key: str, now: datetime) -> None:
        with self._db.session(read_only=True) as session:
            found = store.user_by_api_key(session, key)
        if found is None:
            return
        row, visitor.user = found
        visitor.by_key, visitor.role = True, lesser(row.role, visitor.user.role)
        if row.used_at is None or now - row.used_at > store.SEEN_EVERY:
            with suppress(StorageFull), self._db.session() as session:  # a full disk can still be looked at
                store.touch_api_key(session, row.id, now=now)

    def _identify_session(self, visitor: Visitor, cookies: dict[str, str], now: datetime) -> None:
        token = cookies.get(SESSION_COOKIE, "")
        found = None
        if token:
            with self._db.session(read_only=True) as session:
                found = store.session_by_token(session, token, now=now)
        if found is None:
            given = cookies.get(VISITOR_COOKIE, "")
            visitor.csrf_seed = given if is_token(given) else new_token()
            visitor.cookies[VISITOR_COOKIE] = (visitor.csrf_seed, 86_400)
            return
        row, visitor.user = found
        visitor.role = visitor.user.role
        visitor.token_hash, visitor.csrf_seed = row.token_hash, token
        if now - row.seen_at > store.SEEN_EVERY:
            with suppress(StorageFull), self._db.session() as session:  # a full disk can still be looked at
                store.touch_session(session, row.token_hash, now=now)
            visitor.cookies[SESSION_COOKIE] = (token, int(store.SESSION_LASTS.total_seconds()))


def _api_key(request: Request) -> str:
    """What a program's request is let in by; empty for pages."""
    bearer = request.headers.get("authorization", "")
    is_key = bearer[:7].lower() == "bearer " and request.url.path.startswith("/api/")
    return bearer[7:].strip() if is_key else ""


def _no_more_than(receive: Receive, most: int) -> Receive:
    """Raises TooLarge as soon as a body is over `most` bytes: a stranger could fill memory or disk with it."""
    size = 0

    async def counted() -> Message:
        nonlocal size
        message = await receive()
        size += len(message.get("body", b""))
        if size > most:
            raise TooLarge("A form holds at most %(most)s KB.", most=most >> 10)
        return message

    return counted


def _files_of_at_most(receive: Receive, most: int) -> Receive:
    """As `_no_more_than`, the form around them besides; what is larger is read to its end first, keeping nothing: a
    browser that still sends hears no answer."""
    size = 0

    async def counted() -> Message:
        nonlocal size
        message = await receive()
        size += len(message.get("body", b""))
        if size <= most + LARGEST_FORM:
            return message
        while message.get("more_body", False) and size <= MOST_READ:
            message = await receive()
            size += len(message.get("body", b""))
        raise TooLarge("The file is larger than %(most)s MB.", most=most >> 20)

    return counted


def _seal(headers: MutableHeaders, visitor: Visitor) -> None:
    for name, value in HEADERS.items():
        headers.setdefault(name, value)
    headers.setdefault("Cache-Control", "no-store")
    if visitor.https:
        headers.setdefault("Strict-Transport-Security", f"max-age={YEAR_S}")
    for name, (value, seconds) in visitor.cookies.items():
        secure = "; Secure" if visitor.https else ""
        headers.append(
            "Set-Cookie", f"{name}={value}; Max-Age={seconds}; Path=/; HttpOnly; SameSite=Lax{secure}"
        )
