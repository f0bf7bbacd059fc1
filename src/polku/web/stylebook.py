"""/style: every component on one page, with invented values. For who builds pages; not in the navigation."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import Response

from polku.i18n import _l
from polku.stats import Estimate
from polku.web.channels import CHANNELS
from polku.web.forms import Filled, Form
from polku.web.listing import Column, Filter, Listing, TableRequest
from polku.web.rendering import render
from polku.web.visitor import CurrentAdmin

router = APIRouter()

COLUMNS: Final = (
    Column(_l("Touchpoint"), sort="name"),
    Column(_l("Score"), sort="score", numeric=True),
    Column(_l("Channel")),
    Column(_l("Profiles"), sort="profiles", numeric=True),
)
_SCORES: Final = {"web": 34.0, "app": 41.0, "email": 52.0, "phone": 8.0, "chat": -4.0, "delivery": -12.0}


@router.get("/style")
def show_style(request: Request, admin: CurrentAdmin) -> Response:
    wanted = TableRequest.read(
        request.query_params, path="/style", sorts=("name", "score", "profiles"), default="-profiles", size=5
    )
    rows = [
        (channel, _estimate(channel, 400 - 37 * i), 18_240 - 1_531 * i) for i, channel in enumerate(CHANNELS)
    ]
    keys = {"name": 0, "score": 1, "profiles": 2}
    rows.sort(
        key=lambda row: (row[1].estimate or -101.0) if wanted.sort == "score" else row[keys[wanted.sort]],  # type: ignore[return-value,arg-type]
        reverse=wanted.descending,
    )
    wrong = Filled[Form](
        raw={"email": "anna@"}, errors={"email": "Give an e-mail address, e.g. anna@example.fi."}
    )
    return render(
        request,
        "web/style.html",
        listing=Listing(COLUMNS, rows[wanted.offset : wanted.offset + wanted.size], len(rows), wanted),
        channels=CHANNELS,
        estimates=[_estimate("web", 412), _estimate("chat", 148), Estimate.unknown(3, "too_few")],
        share=Estimate(0.516, 0.509, 0.523, 18_240),
        blank=Filled[Form](),
        wrong=wrong,
        filters=_filters(request),
        now=datetime.now(UTC),
        today=date(2026, 11, 23),
        length=timedelta(minutes=6),
    )


def _estimate(channel: str, n: int) -> Estimate:
    score = _SCORES.get(channel)
    return Estimate(score, score - 6, score + 6, n) if score is not None else Estimate.unknown(2, "too_few")


def _filters(request: Request) -> list[Filter]:
    query = request.query_params
    periods = [("30", _l("30 days")), ("90", _l("90 days")), ("365", _l("A year"))]
    channels = [("", _l("All channels")), *CHANNELS.items()]
    return [
        Filter("period", _l("Period"), periods, query.get("period", "90")),
        Filter("channel", _l("Channel"), channels, query.get("channel", "")),
    ]
