"""Decisions about who is who, over the API."""

from __future__ import annotations

from typing import Final, Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from polku.profiles import judgement
from polku.profiles.decisions import DecisionKind
from polku.profiles.identity import Identities
from polku.profiles.judgement import DecisionMade, Preview
from polku.web.visitor import CurrentAnalyst
from polku.workspace import Workspace

PREFIX: Final = "/profiles"
router = APIRouter(prefix=PREFIX, tags=["profiles"])


class Split(BaseModel):
    """An identifier does not belong to a profile."""

    profile: str = Field(description="Any identifier of the profile")
    identifier: str = Field(description="The identifier that leaves: its value, 'type:value' or key")
    reason: str = Field("", max_length=500)


class Judgement(BaseModel):
    """Whether two profiles are the same person."""

    pair: str = Field(description="As in profiles/reviews")
    verdict: Literal["same", "different"]
    reason: str = Field("", max_length=500)


@router.post("/split/preview")
def preview_split(request: Request, user: CurrentAnalyst, asked: Split) -> Preview:
    """What would change if an identifier left its profile. Nothing is changed."""
    workspace: Workspace = request.app.state.workspace
    pairs = judgement.split_pairs(workspace, *judgement.keys_of(workspace, asked.profile, asked.identifier))
    return judgement.preview(workspace, DecisionKind.SPLIT, pairs)


@router.post("/split")
def split(request: Request, user: CurrentAnalyst, asked: Split) -> DecisionMade:
    """Take an identifier, and what hangs only on it, out of a profile. Can be undone."""
    workspace: Workspace = request.app.state.workspace
    pairs = judgement.split_pairs(workspace, *judgement.keys_of(workspace, asked.profile, asked.identifier))
    made = workspace.part(Identities).decide(DecisionKind.SPLIT, pairs, who=user.name, why=asked.reason)
    return DecisionMade(made.id)


@router.post("/reviews")
def judge(request: Request, user: CurrentAnalyst, asked: Judgement) -> DecisionMade:
    """Decide whether two known users are the same person. Can be undone."""
    workspace: Workspace = request.app.state.workspace
    return judgement.judge(workspace, asked.pair, asked.verdict, who=user.name, why=asked.reason)


@router.post("/decisions/{number}/undo")
def undo(request: Request, user: CurrentAnalyst, number: int) -> DecisionMade:
    """Take a decision back."""
    workspace: Workspace = request.app.state.workspace
    return DecisionMade(workspace.part(Identities).undo(number, who=user.name).id)
