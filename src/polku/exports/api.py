"""API: events as a file."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import StreamingResponse

from polku.exports.query import CUSTOMERS, EVENTS, FORMS, EventExport
from polku.web.visitor import CurrentAnalyst

router = APIRouter(tags=["exports"])


@router.get(
    "/exports/{form}", summary="Every event on customers' paths, as a file", response_class=StreamingResponse
)
def export(
    request: Request, user: CurrentAnalyst, form: str, asked: Annotated[EventExport, Query()]
) -> StreamingResponse:
    """`form` is parquet, xes or xes.gz. The file is made as it is sent, whatever its size."""
    made = asked.export(request.app.state.workspace, form)
    headers = {
        EVENTS: str(made.events),
        CUSTOMERS: str(made.customers),
        "Content-Disposition": f'attachment; filename="polku{FORMS[form]}"',
    }
    return StreamingResponse(made.pieces, media_type=made.media_type, headers=headers)
