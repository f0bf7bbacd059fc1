"""The API's routes that change touchpoints. Those that only ask are made of queries."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, ConfigDict, Field

from polku.journeys.touchpoints import store
from polku.journeys.touchpoints.known import Touchpoints
from polku.journeys.touchpoints.preview import Preview
from polku.journeys.touchpoints.queries import ShownTouchpoint, ShowTouchpoint
from polku.journeys.touchpoints.rules import USUAL_POSITION, Rule
from polku.journeys.touchpoints.spec import TouchpointSpec, check
from polku.web.visitor import require_analyst

router = APIRouter(prefix="/touchpoints", tags=["touchpoints"])


class RuleBody(BaseModel):
    """Conditions that an event must all meet. Capital letters never matter; `*` stands for any text."""

    model_config = ConfigDict(extra="forbid")

    source: str = Field("", description="Name of a source")
    type: str = Field("", description="track, page, screen, identify, group or alias")
    name: str = Field("", description="Name of the event, e.g. Order Completed or Order *")
    path: str = Field("", description="Path of the page, e.g. /cart or /guides/*")
    property: str = Field("", description="A property's key; a.b for key b of the object a")
    operator: str = Field("", description="equals, contains, exists, >= or <=")
    value: str = Field("", description="What the property is compared with")
    position: int = Field(USUAL_POSITION, description="Smaller is tried first")


class TouchpointBody(BaseModel):
    """A touchpoint with its rules."""

    model_config = ConfigDict(extra="forbid")

    name_fi: str
    name_en: str
    channel: str = Field(
        description="web, app, email, phone, chat, shop, delivery, survey, ad, social, other"
    )
    stage: str | None = Field(None, description="Key of a stage; null: not on the map")
    rules: list[RuleBody] = []
    position: int | None = Field(None, description="Place within its stage; null: as it is, or last")

    def spec(self, key: str) -> TouchpointSpec:
        rules = tuple(Rule(**r.model_dump()) for r in self.rules)
        return TouchpointSpec(key, self.name_fi, self.name_en, self.channel, self.stage, rules, self.position)


class NewTouchpointBody(TouchpointBody):
    """A new touchpoint with its rules."""

    key: str = Field(description="Its stable name: small letters, digits, - and _")


EDITORS = [Depends(require_analyst)]


@router.post("", status_code=201, dependencies=EDITORS)
def create(request: Request, body: NewTouchpointBody) -> ShownTouchpoint:
    """Add a touchpoint. The past follows as soon as the journey blocks are refreshed."""
    workspace = request.app.state.workspace
    with workspace.db.session() as session:
        store.add_touchpoint(session, body.spec(body.key))
    workspace.engine.soon()
    return ShowTouchpoint(key=body.key).answer(workspace)


@router.put("/{key}", dependencies=EDITORS)
def replace_(request: Request, key: str, body: TouchpointBody) -> ShownTouchpoint:
    """Make a touchpoint as described; what is left out is emptied."""
    workspace = request.app.state.workspace
    with workspace.db.session() as session:
        store.change_touchpoint(session, key, body.spec(key))
    workspace.engine.soon()
    return ShowTouchpoint(key=key).answer(workspace)


@router.delete("/{key}", status_code=204, dependencies=EDITORS)
def delete(request: Request, key: str) -> None:
    """Forget a touchpoint and its rules; events stay."""
    workspace = request.app.state.workspace
    with workspace.db.session() as session:
        store.delete_touchpoint(session, key)
    workspace.engine.soon()


@router.post("/preview", dependencies=EDITORS)
def try_out(
    request: Request, body: TouchpointBody, key: Annotated[str | None, "of one that exists"] = None
) -> Preview:
    """What these rules would match instead of those of touchpoint `key`; nothing is changed."""
    workspace = request.app.state.workspace
    touchpoints = workspace.part(Touchpoints)
    spec = body.spec(key or "draft")
    check(spec, [s.key for s in touchpoints.catalogue().stages])
    found: Preview = touchpoints.preview(replace(spec, key=key or ""))
    return found
