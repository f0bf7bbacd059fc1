"""Pages of cases: the list, and how they are dealt with."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, Final

from fastapi import APIRouter, Request
from starlette.responses import Response

from polku.cases import words
from polku.cases.customer import names
from polku.cases.queries import NOBODY, CaseList, CaseReport
from polku.cases.ruling import rules
from polku.cases.store import counts, people
from polku.cases.words import in_pages
from polku.i18n import _l, current_language, gettext
from polku.journeys import Touchpoints
from polku.web import navigation
from polku.web.listing import Column, Filter, Listing, TableRequest
from polku.web.navigation import NavItem
from polku.web.rendering import render
from polku.web.tables import User
from polku.web.visitor import CurrentUser
from polku.workspace import Workspace

PATH: Final = "/cases"
REPORT: Final = "/cases/report"
router = APIRouter(include_in_schema=False)
navigation.add(NavItem(PATH, _l("Cases"), "case", 44))
navigation.add(NavItem(PATH, _l("Cases"), "case", 10, section="cases"))
navigation.add(NavItem(REPORT, _l("How they are dealt with"), "metric", 20, section="cases"))

COLUMNS: Final = (
    Column(_l("Case")),
    Column(_l("Customer")),
    Column(_l("Owner")),
    Column(_l("State")),
    Column(_l("Opened"), sort="opened"),
    Column(_l("Due by"), sort="due"),
)
ME: Final = "me"


@router.get(PATH)
def show_cases(request: Request, user: CurrentUser) -> Response:
    workspace, now = _workspace(request), datetime.now(UTC)
    query = request.query_params
    given = {n: v for n in ("state", "owner", "rule", "touchpoint") if (v := query.get(n, "").strip())}
    wanted = TableRequest.read(query, path=PATH, sorts=("due", "opened"), default="due")
    owner = user.email if given.get("owner") == ME else given.get("owner")
    asked = given | {"sort": wanted.sort, "descending": wanted.descending, "offset": wanted.offset}
    found = CaseList.of(asked | ({"owner": owner} if owner else {}) | {"limit": wanted.size}).answer(
        workspace
    )
    with workspace.db.session(read_only=True) as session:
        number = counts(session, now, user.id)
        known, owners = rules(session), people(session)
    return render(
        request,
        "cases/cases.html",
        listing=Listing(COLUMNS, found.cases, found.total, wanted),
        counts=number,
        given=given,
        filters=_filters(workspace, given, user, owners, [(str(r.id), r.name) for r in known]),
        rules=known,
        names=names(workspace, [c.profile for c in found.cases if c.profile]),
        now=now,
        **in_pages(workspace),
    )


@router.get(REPORT)
def show_report(request: Request, user: CurrentUser) -> Response:
    workspace = _workspace(request)
    given = {n: v for n in ("since", "until", "rule") if (v := request.query_params.get(n, "").strip())}
    report = CaseReport.of(given).answer(workspace)
    with workspace.db.session(read_only=True) as session:
        known = rules(session)
    return render(
        request, "cases/report.html", report=report, given=given, rules=known,
        seconds=lambda s: timedelta(seconds=s), **in_pages(workspace),
    )  # fmt: skip


def _filters(
    workspace: Workspace, given: dict[str, str], user: User, owners: Any, known: list[tuple[str, str]]
) -> list[Filter]:
    language = current_language()
    points = [(t.key, t.name(language)) for t in workspace.part(Touchpoints).catalogue().touchpoints]
    whose = [
        ("", gettext("Whoever's")),
        (ME, gettext("Mine")),
        (NOBODY, gettext("Nobody's yet")),
        *((p.email, p.name) for p in owners if p.id != user.id),
    ]
    asked = (
        ("state", _l("State"), list(words.STATES.items())),
        ("owner", _l("Owner"), whose),
        ("rule", _l("Rule"), [("", gettext("By any rule")), *known]),
        ("touchpoint", _l("Touchpoint"), [("", gettext("About any touchpoint")), *points]),
    )
    return [Filter(name, title, options, given.get(name, "")) for name, title, options in asked]


def _workspace(request: Request) -> Workspace:
    workspace: Workspace = request.app.state.workspace
    return workspace
