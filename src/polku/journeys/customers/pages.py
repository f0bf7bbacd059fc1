"""The list of customers: of any choice, and (on the pages of others) of those who did something."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from fastapi import APIRouter, Request
from starlette.responses import Response

from polku.i18n import LazyText, _l, current_language
from polku.journeys.asking.export import Export
from polku.journeys.asking.filters import CUSTOMERS
from polku.journeys.asking.results import Listed
from polku.journeys.customers import headline
from polku.journeys.customers.queries import JourneyCustomers
from polku.journeys.map.pages import filters_of, shared
from polku.profiles import customers_of
from polku.web.listing import Column, Listing, TableRequest
from polku.web.rendering import render
from polku.web.visitor import CurrentUser
from polku.workspace import Workspace

MOST_LISTED: Final = 10_000
ANALYSES: Final = {
    "/journeys/map": _l("Journey map"),
    "/journeys/paths": _l("Paths"),
    "/journeys/types": _l("Types of paths"),
}
"""Where one may look at those listed alone."""

router = APIRouter(include_in_schema=False)


@router.get(CUSTOMERS)
def show_customers(request: Request, user: CurrentUser) -> Response:
    workspace: Workspace = request.app.state.workspace
    filters = filters_of(request, workspace)
    values = shared(request, workspace, filters) | {"those": None}
    wanted = table_of(request, CUSTOMERS)
    query = JourneyCustomers.of(filters.asked | {"top": most(wanted)})
    found = query.answer(workspace)
    return render(
        request,
        "journeys/customers.html",
        **values,
        **listed(found.customers, found.total, _l("Last met"), wanted, workspace),
        found=found,
        says=headline.of_customers(found, values["catalogue"], current_language()),
        analyses=[(title, path + filters.query()) for path, title in ANALYSES.items()],
        export=Export(query),
    )


def table_of(request: Request, path: str) -> TableRequest:
    """Which page of a list is asked for. Raises InvalidInput."""
    return TableRequest.read(request.query_params, path=path, sorts=("at",), default="-at")


def most(wanted: TableRequest) -> int:
    """So many must be found to show that page."""
    return min(MOST_LISTED, wanted.offset + wanted.size)


def listed(
    found: Sequence[Listed], total: int, when: LazyText, wanted: TableRequest, workspace: Workspace
) -> dict[str, Any]:
    """What the template of a list shows of those found; `when` is the heading of the time."""
    shown = found[wanted.offset :]
    rows = customers_of([int(one.profile, 16) for one in shown], workspace)
    columns = [_l("Customer"), _l("Identifiers"), when, _l("Events"), _l("Value")]
    return {
        "listing": Listing(
            [Column(c, numeric=n > 1) for n, c in enumerate(columns)], rows, min(total, MOST_LISTED), wanted
        ),
        "when": {one.profile: one.at for one in shown},
        "most": MOST_LISTED,
    }
