"""The application: every slice's pages and API, put together."""

from __future__ import annotations

from fastapi import FastAPI
from starlette.types import ASGIApp, Receive, Scope, Send

from polku import cases, collect, feedback, library, surveys
from polku.cases import case_pages
from polku.cases import pages as cases_pages
from polku.cases import rules_pages as case_rules_pages
from polku.collect import api as collect_api
from polku.collect import pages as collect_pages
from polku.collect.arrow_api import import_router
from polku.exports import api as exports_api
from polku.feedback import api as feedback_api
from polku.feedback import bringing as bringing_pages
from polku.feedback import correcting_pages, models_pages, taxonomy_pages, themes_pages
from polku.feedback import pages as feedback_pages
from polku.journeys import install_plans
from polku.journeys import pages as journeys_pages
from polku.lake import api as lake_api
from polku.profiles import api as profiles_api
from polku.profiles import pages as profiles_pages
from polku.profiles import reviewing, rules_api, rules_pages
from polku.store import kernels
from polku.surveys import beginning as surveys_beginning
from polku.surveys import pages as surveys_pages
from polku.surveys import personal as surveys_personal
from polku.surveys import placing as surveys_placing
from polku.surveys import public as surveys_public
from polku.surveys import results_pages as survey_results_pages
from polku.surveys.building import carrying as building_carrying
from polku.surveys.building import languages as building_languages
from polku.surveys.building import pages as building_pages
from polku.surveys.distribution import api as distribution_api
from polku.surveys.distribution import ledger_pages, letter_page, sending_pages
from polku.surveys.distribution import pages as distribution_pages
from polku.web import app as web
from polku.web.queries import QueryRouter
from polku.webhooks import WebhookKind
from polku.webhooks import pages as webhooks_pages
from polku.workspace import Workspace

PAGES = (
    profiles_pages,
    reviewing,
    rules_pages,
    collect_pages,
    surveys_beginning,
    surveys_pages,
    survey_results_pages,
    surveys_placing,
    building_pages,
    building_languages,
    building_carrying,
    distribution_pages,
    sending_pages,
    ledger_pages,
    letter_page,
    feedback_pages,
    correcting_pages,
    taxonomy_pages,
    models_pages,
    themes_pages,
    bringing_pages,
    cases_pages,
    case_rules_pages,
    case_pages,  # last of them: its address would catch those of the others
    webhooks_pages,
)
API = (collect_api, profiles_api, rules_api, lake_api, exports_api, feedback_api, distribution_api)
IMPORTS = import_router(install_plans)
WEBHOOK_KINDS: tuple[WebhookKind, ...] = (
    *cases.WEBHOOK_KINDS,
    *feedback.WEBHOOK_KINDS,
    *surveys.WEBHOOK_KINDS,
)
"""What webhooks can be called for."""
QUERIES = QueryRouter(library.QUERIES)
"""Made once: routes of answers take a tenth of a second to make."""


def create_app(workspace: Workspace, *, owner_token: str = "") -> FastAPI:
    """Pages, API and collectors over one workspace.

    `owner_token` lets the owner of the data folder (command line, library) use the API.
    """
    app = web.create_app(
        workspace,
        routers=[*journeys_pages.PAGES, *(module.router for module in PAGES)],
        routes=[
            *collect.routes(workspace),
            *surveys_public.routes(workspace),
            *surveys_personal.routes(workspace),
        ],
        uploads={**bringing_pages.UPLOADS, **surveys_beginning.UPLOADS, **distribution_pages.UPLOADS},
        public=(*collect.PUBLIC_PATHS, *surveys_public.PUBLIC_PATHS),
        api=[
            *(module.router for module in API),
            *journeys_pages.API,
            IMPORTS,
            QUERIES,  # last: its files of any answer would catch the addresses of others
        ],
        owner_token=owner_token,
    )
    app.state.webhook_kinds = WEBHOOK_KINDS
    app.add_middleware(_Impatient)
    return app


class _Impatient:
    """Marks what runs for a request: there a kernel that is not compiled yet says so instead of compiling."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        token = kernels.in_request.set(True)
        try:
            await self._app(scope, receive, send)
        finally:
            kernels.in_request.reset(token)
