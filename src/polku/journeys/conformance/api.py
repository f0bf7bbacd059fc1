"""The API's routes that change designed journeys. Those that only ask are made of queries."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field

from polku.journeys.conformance import store
from polku.journeys.conformance.queries import JourneyDesigns
from polku.journeys.conformance.results import ListedDesign
from polku.journeys.conformance.writing import read_steps
from polku.journeys.touchpoints.known import Touchpoints
from polku.web.visitor import CurrentAnalyst
from polku.workspace import Workspace

PATH: Final = "/journeys/designs"
router = APIRouter(prefix=PATH, tags=["journeys"])


class DesignBody(BaseModel):
    """A designed journey."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(description="What people call it, 1 to 120 characters")
    steps: list[str] = Field(
        description="In order, e.g. product, cart?, checkout<2h, phone|chat+, >delivery<5d: ? may be left out, + may "
        "be met again, | either, < within that of the step before, > right after it"
    )


@router.post("", status_code=201)
def create(request: Request, user: CurrentAnalyst, body: DesignBody) -> ListedDesign:
    """Save a designed journey."""
    workspace: Workspace = request.app.state.workspace
    steps = read_steps(body.steps, workspace.part(Touchpoints).catalogue())
    with workspace.db.session() as session:
        key = store.add(session, body.name, steps, by=user.name, now=datetime.now(UTC))
    return _listed(workspace, key)


@router.put("/{key}")
def replace(request: Request, user: CurrentAnalyst, key: str, body: DesignBody) -> ListedDesign:
    """Make a designed journey as described."""
    workspace: Workspace = request.app.state.workspace
    steps = read_steps(body.steps, workspace.part(Touchpoints).catalogue())
    with workspace.db.session() as session:
        store.change(session, key, body.name, steps, by=user.name, now=datetime.now(UTC))
    return _listed(workspace, key)


@router.delete("/{key}", status_code=204)
def delete(request: Request, user: CurrentAnalyst, key: str) -> None:
    """Forget a designed journey."""
    with request.app.state.workspace.db.session() as session:
        store.delete(session, key)


def _listed(workspace: Workspace, key: str) -> ListedDesign:
    return next(d for d in JourneyDesigns().answer(workspace).designs if d.key == key)
