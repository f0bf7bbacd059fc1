"""The API by which the command line works with the lake of a server that has the folder open."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Body, Depends, Request
from starlette.concurrency import run_in_threadpool

from polku.errors import NotAllowed
from polku.lake.work import Built, build, write
from polku.store.lake.place import Place
from polku.store.lake.writing import Written
from polku.web.visitor import require_admin, visitor_of

router = APIRouter(prefix="/lake", tags=["lake"], dependencies=[Depends(require_admin)])


@router.post("/write", summary="Write new events to the lake")
async def write_to_lake(request: Request, lake: Annotated[str, Body(embed=True)] = "") -> Written:
    """To the lake of the settings. Only the owner of the data folder, at the command line, may name another."""
    if lake and not visitor_of(request).is_owner:
        raise NotAllowed("Only the owner of the data folder may name a lake. Set POLKU_LAKE.")
    place = Place(lake) if lake else None
    return await run_in_threadpool(write, request.app.state.workspace, place)


@router.post("/build", summary="Build journey blocks of the whole lake")
async def build_blocks(request: Request, buckets: Annotated[int, Body(embed=True, ge=0)] = 0) -> Built:
    """On the cluster that the server asks."""
    return await run_in_threadpool(_build, request, buckets)


def _build(request: Request, buckets: int) -> Built:
    return build(request.app.state.workspace, buckets=buckets)
