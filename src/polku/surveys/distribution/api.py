"""API: inviting by a program, and who answered a text message with STOP."""

from __future__ import annotations

from datetime import UTC, datetime
from tempfile import SpooledTemporaryFile
from typing import Annotated, BinaryIO, cast

from fastapi import APIRouter, Request
from fastapi import Query as Given
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool

from polku.errors import InvalidInput, TooLarge
from polku.surveys.distribution.addresses import email_address, phone_number, rows_of
from polku.surveys.distribution.inviting import Invitations, Invite, invite
from polku.surveys.distribution.pages import UPLOADS
from polku.surveys.distribution.people import profiles_of
from polku.surveys.inviting import opt_out
from polku.web.visitor import CurrentAnalyst
from polku.workspace import Workspace

router = APIRouter(prefix="/surveys", tags=["surveys"])

LARGEST_LIST = max(UPLOADS.values())
_IN_MEMORY = 1 << 20


class GivenOptOut(BaseModel):
    """Somebody who does not want to be asked any more."""

    model_config = ConfigDict(extra="forbid")
    to: Annotated[str, Field(max_length=254, description="An e-mail address or a phone number")]


@router.post("/invite")
async def invite_by_program(
    request: Request, user: CurrentAnalyst, asked: Annotated[Invite, Given()]
) -> Invitations:
    """Ask a list, whose addresses are the body, or a segment; without `go` only what would come of it is told."""
    workspace: Workspace = request.app.state.workspace
    with SpooledTemporaryFile(_IN_MEMORY) as file:
        size = 0
        async for piece in request.stream():
            size += len(piece)
            if size <= LARGEST_LIST:  # what is larger is read to its end, so that the answer is heard
                file.write(piece)
        if size > LARGEST_LIST:
            raise TooLarge("A list holds at most %(most)s MB. Divide it.", most=LARGEST_LIST >> 20)
        rows = rows_of(cast(BinaryIO, file)) if size else None
        return await run_in_threadpool(invite, workspace, asked, rows, by=user.name)


@router.post("/opt-outs", status_code=204)
def opt_out_by_program(request: Request, user: CurrentAnalyst, given: GivenOptOut) -> None:
    """Ask somebody nothing any more: what a gateway tells of who answered STOP."""
    workspace: Workspace = request.app.state.workspace
    channel = "email" if "@" in given.to else "sms"
    address = email_address(given.to) if channel == "email" else phone_number(given.to)
    if address is None:
        raise InvalidInput("'%(to)s' is neither an e-mail address nor a phone number.", to=given.to)
    profile = profiles_of(workspace, [address], channel).get(address)
    with workspace.db.session() as session:
        opt_out(session, how="reply", now=datetime.now(UTC), profile=profile, address=address)
