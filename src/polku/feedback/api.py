"""API: comments brought from elsewhere. What is read comes from queries.py."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, BinaryIO, Final, Literal, cast

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool

from polku.feedback import telling
from polku.feedback.corrections import Said, correct, undo
from polku.feedback.files import Brought, look, read
from polku.feedback.files.reading import check_length, nothing_in
from polku.feedback.models import ModelsTold, choose, models_told
from polku.feedback.sending import bring
from polku.feedback.staging import LARGEST_FILE, too_large
from polku.feedback.taxonomies import TaxonomyTold, save_taxonomy, taxonomy_told
from polku.feedback.wishing import FileWish
from polku.text import taxonomy_from
from polku.web.visitor import CurrentAnalyst
from polku.workspace import Workspace

router = APIRouter(prefix="/feedback", tags=["feedback"])
_IN_MEMORY: Final = 1 << 20


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
    for nth, one in enumerate(brought, start=1):
        check_length(one, nth)
    return Kept(await bring(workspace, brought))


@router.post("/files", status_code=201)
async def bring_file(
    request: Request, user: CurrentAnalyst, name: str, wished: Annotated[FileWish, Query()]
) -> Kept:
    """Bring the comments of a file (.docx, .vtt, .srt, .txt, .csv, .jsonl, .parquet, .eml, .mbox): the body is its
    bytes. Nothing is stored of a file that cannot be read to its end."""
    workspace: Workspace = request.app.state.workspace
    wish = wished.of(workspace)
    with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as spooled:
        size = 0
        async for piece in request.stream():
            size += len(piece)
            if size <= LARGEST_FILE:  # what is larger is read to its end, so that the answer is heard
                await run_in_threadpool(spooled.write, piece)
        if size > LARGEST_FILE:
            raise too_large()
        file = cast("BinaryIO", spooled)
        looked = await run_in_threadpool(look, file, name, wish)
        if not looked.comments:
            raise nothing_in(name)
        found = await run_in_threadpool(read, file, name, wish)
        return Kept(await bring(workspace, found.each))


class CorrectedComment(BaseModel):
    """What a person says of a comment; what is left out stays as it is told."""

    model_config = ConfigDict(extra="forbid")
    sentiment: Literal["negative", "neutral", "positive"] | None = None
    aspects: Annotated[
        dict[str, Literal["negative", "neutral", "positive"]] | None,
        Field(description="All that it speaks of, each with how it is felt"),
    ] = None
    touchpoint: Annotated[str | None, Field(max_length=80, description="Key; empty: of none")] = None


@router.put("/comments/{id}/correction")
def correct_comment(
    request: Request, user: CurrentAnalyst, id: int, said: CorrectedComment
) -> telling.Comment:
    """Correct what is told of a comment. Figures follow at once."""
    workspace: Workspace = request.app.state.workspace
    given = Said(said.sentiment, said.aspects, said.touchpoint)
    return correct(workspace, id, given, by=user.name, now=datetime.now(UTC))


@router.delete("/comments/{id}/correction")
def undo_correction(request: Request, user: CurrentAnalyst, id: int) -> telling.Comment:
    """Take the latest correction of a comment back."""
    return undo(request.app.state.workspace, id, by=user.name, now=datetime.now(UTC))


@router.put("/taxonomy")
def put_taxonomy(request: Request, user: CurrentAnalyst, given: dict[str, Any]) -> TaxonomyTold:
    """Have a taxonomy hold from now on, as GET tells it; comments are told anew in the background."""
    workspace: Workspace = request.app.state.workspace
    save_taxonomy(workspace, taxonomy_from(given), by=user.name, now=datetime.now(UTC))
    return taxonomy_told(workspace)


@router.put("/models/{language}/{choice}")
def choose_model(
    request: Request, user: CurrentAnalyst, language: str, choice: Literal["on", "off"]
) -> ModelsTold:
    """Use what was learned of a language, or the model that comes with Polku."""
    workspace: Workspace = request.app.state.workspace
    choose(workspace, language, is_on=choice == "on", by=user.name, now=datetime.now(UTC))
    return models_told(workspace)


def _utc(at: datetime | None) -> datetime | None:
    return at and (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
