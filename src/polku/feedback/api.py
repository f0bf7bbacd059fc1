"""API: comments brought from elsewhere. What is read comes from queries.py."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool

from polku.feedback.files import Brought
from polku.feedback.sending import LARGEST_FILE, append, event_rows, read_file
from polku.web.visitor import CurrentAnalyst
from polku.workspace import Workspace

router = APIRouter(prefix="/feedback", tags=["feedback"])


class GivenComment(BaseModel):
    """A comment, and what is known of it."""

    model_config = ConfigDict(extra="forbid")
    text: Annotated[str, Field(min_length=1)]
    at: datetime | None = Field(None, description="When it was said; default: now")
    user_id: Annotated[str | None, Field(max_length=200)] = None
    email: Annotated[str | None, Field(max_length=200)] = None
    score: Annotated[float | None, Field(ge=-100, le=100)] = None
    touchpoint: Annotated[str | None, Field(max_length=80, description="The key of what it is about")] = None
    kind: Literal["review", "email", "chat", "call", "social", "interview", "other"] | None = None
    language: Annotated[str | None, Field(max_length=10)] = None


class GivenComments(BaseModel):
    """Comments that are brought together."""

    model_config = ConfigDict(extra="forbid")
    comments: Annotated[list[GivenComment], Field(min_length=1, max_length=1000)]


@dataclass(frozen=True, slots=True)
class Kept:
    """How many comments were stored. One that came before in the same words, time and person is stored once."""

    comments: int


@router.post("/comments", status_code=201)
async def bring_comments(request: Request, user: CurrentAnalyst, given: GivenComments) -> Kept:
    """Bring comments from elsewhere; durable when this answers, told of a few seconds later."""
    workspace: Workspace = request.app.state.workspace
    brought = [Brought(**{**c.model_dump(), "at": _utc(c.at)}) for c in given.comments]
    rows = await run_in_threadpool(event_rows, workspace, brought)
    await append(workspace, rows)
    return Kept(len(rows))


@router.post("/files", status_code=201)
async def bring_file(request: Request, user: CurrentAnalyst, name: str, column: str = "") -> Kept:
    """Bring the comments of a file (.csv, .tsv, .parquet, .txt): the body is its bytes."""
    workspace: Workspace = request.app.state.workspace
    content = bytearray()
    async for piece in request.stream():
        if len(content) <= LARGEST_FILE:  # what is larger is read to its end, so that the answer is heard
            content += piece
    brought = await run_in_threadpool(read_file, workspace, bytes(content), name, column=column)
    rows = await run_in_threadpool(event_rows, workspace, brought)
    await append(workspace, rows)
    return Kept(len(rows))


def _utc(at: datetime | None) -> datetime | None:
    return at and (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
