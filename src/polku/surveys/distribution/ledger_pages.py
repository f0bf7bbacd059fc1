"""The ledger as a file: who was asked, when, and what came of it, a row each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import pyarrow as pa
from fastapi import APIRouter, Request
from starlette.responses import Response, StreamingResponse

from polku.db import Database
from polku.surveys.distribution import store
from polku.surveys.inviting.ledger import in_order
from polku.surveys.inviting.tables import Invitation
from polku.surveys.store import survey as survey_of
from polku.web.files import as_csv
from polku.web.visitor import CurrentAnalyst
from polku.workspace import Workspace

router = APIRouter(include_in_schema=False)

A_PART: Final = 20_000
_TIME: Final = pa.timestamp("s", "UTC")
COLUMNS: Final = pa.schema(
    [
        ("customer", pa.string()),
        ("mailing", pa.string()),
        ("channel", pa.string()),
        ("touchpoint", pa.string()),
        ("language", pa.string()),
        ("state", pa.string()),
        ("reason", pa.string()),
        ("decided_at", _TIME),
        ("due_at", _TIME),
        ("sent_at", _TIME),
        ("reminders", pa.int16()),
        ("reminded_at", _TIME),
        ("opened_at", _TIME),
        ("answered_at", _TIME),
        ("answered_on", pa.date32()),
        ("refused_at", _TIME),
        ("expires_at", _TIME),
    ]
)
"""Of anonymous surveys neither when it was opened nor when it was answered is known."""


@router.get("/surveys/{key}/distribution/ledger.csv")
def export_ledger(request: Request, key: str, user: CurrentAnalyst) -> Response:
    """Made as it is sent, whatever its size. Addresses are not in it: the ledger has none."""
    workspace: Workspace = request.app.state.workspace
    with workspace.db.session(read_only=True) as session:
        survey_of(session, key)
        names = {m.id: m.name for m in store.mailings(session, key)}
    headers = {"Content-Disposition": f'attachment; filename="{key}-ledger.csv"'}
    return StreamingResponse(
        pieces(workspace.db, key, names), media_type="text/csv; charset=utf-8", headers=headers
    )


def pieces(db: Database, key: str, names: dict[int, str]) -> Iterator[bytes]:
    """The ledger of a survey as CSV, the oldest first; texts cannot be taken for formulas (`polku.web.files`)."""
    last, first = 0, True
    while True:
        with db.session(read_only=True) as session:
            rows = in_order(session, key, after=last, limit=A_PART)
            table = pa.Table.from_pylist([_row(r, names) for r in rows], schema=COLUMNS)
        content = as_csv(table)
        yield content if first else content.partition(b"\n")[2]
        if len(rows) < A_PART:
            return
        last, first = rows[-1].id, False


def _row(row: Invitation, names: dict[int, str]) -> dict[str, object]:
    told: dict[str, object] = {name: getattr(row, name, None) for name in COLUMNS.names}
    mailing = names.get(row.mailing, "") if row.mailing is not None else ""
    return told | {"customer": row.profile, "mailing": mailing}
