"""The application: pages and API of every slice behind one gate."""

from __future__ import annotations

import gzip
from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from fastapi import APIRouter, Depends, FastAPI
from fastapi.telemetry import TelemetryConfig
from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send

from polku import security
from polku.web import account, api_keys, api_page, entrance, stylebook, users
from polku.web.client import Origin
from polku.web.csrf import check_csrf
from polku.web.gate import HEADERS, YEAR_S, Gate
from polku.web.problems import add_handlers
from polku.web.queries import Answering, AnswersAtOnce, QueryRouter
from polku.web.rendering import STATIC, environment

if TYPE_CHECKING:
    from collections.abc import Callable

    from polku.workspace import Workspace

OPEN_PATHS: Final = ("/static/", "/healthz")
OPENAPI_PATH: Final = "/api/v1/openapi.json"


def create_app(
    workspace: Workspace,
    *,
    routers: Sequence[APIRouter] = (),
    api: Sequence[APIRouter] = (),
    owner_token: str = "",
    routes: Sequence[BaseRoute] = (),
    public: Sequence[str] = (),
    uploads: Mapping[str, int] = MappingProxyType({}),
    lifespan: Callable[[Starlette], AbstractAsyncContextManager[Any]] | None = None,
) -> FastAPI:
    """Assemble the application.

    Raises InvalidInput when the settings of proxies or of the public address cannot be used.
    `routers` hold the slices' pages and `api` what stands under /api/v1; the gate and the CSRF check stand
    before all of them. `owner_token` lets the owner of the data folder use the API.
    `routes` are raw Starlette routes (collectors), and `public` the path prefixes that the gate leaves alone;
    `uploads` are how paths end where an analyst may send files, with the most bytes of them together.
    `app.state.setup_code` is what /setup asks for when the visitor may not be on this machine; the server
    prints it.
    """
    app = _Application(
        title="Polku",
        openapi_url=OPENAPI_PATH,
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
        dependencies=_GUARDED,
        telemetry=_NO_TELEMETRY,
    )
    app.state.workspace = workspace
    app.state.origin = Origin(workspace.settings)
    app.state.setup_code = security.new_code()
    app.add_raw(routes)
    app.add_api_route("/healthz", _healthz, include_in_schema=False)
    app.mount("/static", _Static(directory=STATIC), name="static")
    app.router.routes.extend(_included(router) for router in (*_PAGES, *routers))
    app.router.routes.extend(_included(router, prefix="/api/v1") for router in api)
    for router in api:
        if isinstance(router, QueryRouter):
            app.answer_at_once({f"/api/v1{p}": a for p, a in router.answering.items()})
    add_handlers(app)
    app.add_middleware(
        Gate,
        workspace=workspace,
        origin=app.state.origin,
        public=(*OPEN_PATHS, *public),
        owner_token=owner_token,
        uploads=uploads,
    )
    environment()  # templates compile now, not under the first visitor
    return app


_PAGES: Final = tuple(m.router for m in (entrance, account, users, api_keys, api_page, stylebook))
_GUARDED: Final = [Depends(check_csrf)]


_routes: dict[tuple[int, str], tuple[BaseRoute, APIRouter]] = {}
"""By the id of the router they are of, which is kept beside them: no other gets its id."""


def _included(router: APIRouter, *, prefix: str = "") -> BaseRoute:
    """A slice's routes behind the CSRF check, the same for every application in this process: what each takes and
    needs is found out at the first request, which takes longer than all else about an application."""
    key = id(router), prefix
    if key not in _routes:
        guarded = APIRouter(dependencies=_GUARDED)
        guarded.include_router(router, prefix=prefix, include_in_schema=bool(prefix))
        (included,) = guarded.routes
        _routes[key] = included, router
    return _routes[key][0]


_NO_TELEMETRY: Final[TelemetryConfig] = {
    "tracing": False,
    "metrics": False,
    "logs": False,
    "operation_spans": False,
    "auto_configure": False,
}
"""Nothing about requests goes anywhere, whatever the environment's variables say."""


class _Application(FastAPI):
    """FastAPI, with raw routes that nothing stands before: collectors take thousands of requests a second."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._raw: dict[str, ASGIApp] = {}

    def add_raw(self, routes: Sequence[BaseRoute]) -> None:
        self.router.routes.extend(routes)
        self._raw |= {r.path: r.app for r in routes if isinstance(r, Route) and not r.param_convertors}

    def answer_at_once(self, answering: Mapping[str, Answering]) -> None:
        self.router.middleware_stack = AnswersAtOnce(self.router.middleware_stack, answering)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        raw = self._raw.get(scope["path"]) if scope["type"] == "http" else None
        if raw is not None:
            await raw(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)


def _healthz() -> Response:
    return PlainTextResponse("ok")


class _Static(StaticFiles):
    """Static files; one that is asked for by its content's hash never changes. Texts go packed to who can unpack them:
    a survey's page is a fifth of its size then."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        if isinstance(response, FileResponse) and path.endswith(_PACKED):
            response = _packed(response, Headers(scope=scope).get("accept-encoding", ""))
        response.headers["X-Content-Type-Options"] = HEADERS["X-Content-Type-Options"]
        hashed = scope["query_string"].startswith(b"v=")
        response.headers["Cache-Control"] = f"public, max-age={YEAR_S}, immutable" if hashed else "no-cache"
        return response


_PACKED: Final = (".js", ".css", ".svg")


def _packed(file: FileResponse, accepted: str) -> Response:
    """By Brotli where the file was packed so when the product was built, else by gzip, else as it is."""
    file.headers["Vary"] = "Accept-Encoding"
    if file.stat_result is None:
        return file
    path, encodings = (
        str(file.path),
        {one.split(";")[0] for one in accepted.replace(" ", "").split(",") if not one.endswith(";q=0")},
    )
    brotli = _brotli(path) if "br" in encodings else None
    if brotli is None and "gzip" not in encodings:
        return file
    content = brotli or _gzipped(path, file.stat_result.st_mtime_ns)
    kept = {n: v for n, v in file.headers.items() if n not in ("content-length", "accept-ranges")}
    return Response(content, file.status_code, kept | {"content-encoding": "br" if brotli else "gzip"})


@lru_cache(maxsize=64)
def _brotli(path: str) -> bytes | None:
    packed = Path(path + ".br")
    return packed.read_bytes() if packed.exists() else None


@lru_cache(maxsize=64)
def _gzipped(path: str, _changed_ns: int) -> bytes:
    """Packed once, and kept: half a megabyte in all."""
    return gzip.compress(Path(path).read_bytes(), 9, mtime=0)
