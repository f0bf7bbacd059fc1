"""The board: saved analyses side by side, each as it is today."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import Response

from polku.i18n import _l, gettext
from polku.journeys.analyses import analysis
from polku.journeys.saved import store
from polku.web import navigation
from polku.web.forms import FormData
from polku.web.rendering import STATIC, redirect, render
from polku.web.visitor import CurrentAnalyst, CurrentUser, visitor_of

PATH: Final = "/journeys/board"
SAVED: Final = "/journeys/saved"

router = APIRouter(include_in_schema=False)
analysis(PATH, _l("Board"), "overview", 5)


@router.get(PATH)
def show_board(request: Request, user: CurrentUser) -> Response:
    with request.app.state.workspace.db.session(read_only=True) as session:
        saved = store.saved_analyses(session)
    return render(
        request,
        "journeys/board.html",
        path=PATH,
        board=[s for s in saved if s.on_board],
        others=[s for s in saved if not s.on_board],
        may_change=visitor_of(request).may("analyst"),
        sheets=_sheets(),
    )


@router.post(SAVED)
def save(request: Request, user: CurrentAnalyst, data: FormData) -> Response:
    """Save an analysis and go back to it."""
    address = str(data.get("address", ""))
    with request.app.state.workspace.db.session() as session:
        store.save(
            session,
            name=str(data.get("name", "")),
            address=address,
            on_board="on_board" in data,
            saved_by=user.name,
            now=datetime.now(UTC),
        )
    return redirect(address, flash=gettext("Saved. You find it on the board."))


@router.post(f"{SAVED}/{{id}}")
def change(request: Request, id: int, user: CurrentAnalyst, data: FormData) -> Response:
    """Rename, move, put on the board, take off it or delete, by the pressed button."""
    does = str(data.get("do", "rename"))
    with request.app.state.workspace.db.session() as session:
        if does in ("up", "down"):
            store.move(session, id, -1 if does == "up" else 1)
        elif does in ("show", "hide"):
            store.put_on_board(session, id, does == "show")
        elif does == "delete":
            store.delete(session, id)
        else:
            store.rename(session, id, str(data.get("name", "")))
    return redirect(PATH, flash=gettext("Deleted.") if does == "delete" else gettext("Saved."))


def _sheets() -> list[str]:
    """The style sheets of the pages whose answers may stand on the board: each has its page's name."""
    pages = navigation.items(section="analyses", role="admin")
    names = (f"{item.path.rpartition('/')[2]}.css" for item in pages)
    return [name for name in names if (STATIC / name).is_file()]
